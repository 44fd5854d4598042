"""ReportService over the operator's socket, and what a register may ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused, RefusedKind
from branchgate.errors.status import error_from
from branchgate.figures import figures_from_message
from branchgate.v1 import figures_pb2, report_pb2, report_pb2_grpc
from branchgate.wire.callers import Caller, CallerKind
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from gateway.closing.paper import ReportPaper
from gateway.rpc.report import ReportServicer
from tests.gateway.closing.shop import Shop, open_shop
from tests.gateway.sales.plain_figures import plain_figures
from tests.gateway.sales.samples import sample_receipt


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, registers=["kasse-1", "kasse-2", "kasse-9"]) as opened:
        await opened.sell("kasse-1", sample_receipt(1), sample_receipt(2))
        await opened.sell("kasse-2", sample_receipt(1))
        yield opened


@pytest.fixture
async def stub(shop: Shop, tmp_path: Path) -> AsyncIterator[Any]:
    server = make_server(Guard(SystemClock()))
    report_pb2_grpc.add_ReportServiceServicer_to_server(
        ReportServicer(shop.desk, shop.cash, ReportPaper(shop.desk, shop)), server
    )
    listen_for_operator(server, tmp_path / "s")
    await server.start()
    async with operator_channel(tmp_path / "s") as channel:
        yield report_pb2_grpc.ReportServiceStub(channel)
    await server.stop(None)


async def refusal(call: Any) -> Refused:
    with pytest.raises(grpc.aio.AioRpcError) as told:
        await call
    error = error_from(told.value)
    assert isinstance(error, Refused)
    return error


def called_by(monkeypatch: pytest.MonkeyPatch, register_id: str) -> None:
    register = Caller(CallerKind.REGISTER, branch_id="mitte", register_id=register_id)
    monkeypatch.setattr("gateway.rpc.report.caller", lambda context: register)


async def test_an_x_report_travels_with_figures_and_text(stub: Any) -> None:
    answer = await stub.GetXReport(report_pb2.GetXReportRequest(register_id="kasse-1"))
    assert figures_from_message(answer.figures) == plain_figures([sample_receipt(1), sample_receipt(2)])
    assert (answer.register_id, answer.through_journal_sequence) == ("kasse-1", 3)
    assert "X-BERICHT" in answer.text


async def test_closing_a_branch_streams_each_register_and_then_the_sum(stub: Any) -> None:
    order = report_pb2.CloseDayRequest(request_id=bytes(16), user_id="anna")
    steps = [step async for step in stub.CloseDay(order)]
    assert [step.WhichOneof("step") for step in steps] == ["started", "done", "started", "done", "branch"]
    assert [step.done.closing.z_number for step in steps if step.HasField("done")] == [1, 1]
    assert steps[-1].branch.closings == 2
    assert steps[-1].branch.figures.receipt_count == 3
    listed = await stub.ListClosings(report_pb2.ListClosingsRequest())
    assert [done.event_id for done in listed.closings] == [steps[3].done.event_id, steps[1].done.event_id]


async def test_a_skipped_register_says_why_in_both_languages(stub: Any) -> None:
    order = report_pb2.CloseDayRequest(request_id=bytes(16), register_id="kasse-9")
    steps = [step async for step in stub.CloseDay(order)]
    skipped = steps[1].skipped
    assert (skipped.register_id, skipped.reason) == ("kasse-9", "NOTHING_TO_CLOSE")
    assert "kasse-9" in skipped.text_de
    assert "nothing to close" in skipped.text_en


async def test_a_register_sees_and_closes_itself_or_the_branch(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    called_by(monkeypatch, "kasse-1")
    other = await refusal(stub.GetXReport(report_pb2.GetXReportRequest(register_id="kasse-2")))
    assert (other.reason, other.kind) == ("NOT_YOUR_REGISTER", RefusedKind.NOT_ALLOWED)
    await refusal(stub.CloseDay(report_pb2.CloseDayRequest(request_id=bytes(16), register_id="kasse-2")).read())
    own = await stub.GetXReport(report_pb2.GetXReportRequest(register_id="kasse-1"))
    whole = await stub.GetXReport(report_pb2.GetXReportRequest())
    assert (own.figures.receipt_count, whole.figures.receipt_count) == (2, 3)


@pytest.mark.parametrize("limit", [-1, 1001])
async def test_a_limit_out_of_bounds_is_refused(stub: Any, limit: int) -> None:
    assert (await refusal(stub.ListClosings(report_pb2.ListClosingsRequest(limit=limit)))).field == "limit"


async def test_a_request_id_of_the_wrong_length_is_refused(stub: Any) -> None:
    assert (await refusal(stub.CloseDay(report_pb2.CloseDayRequest()).read())).field == "request_id"


async def test_a_register_that_the_branch_does_not_have_is_refused_and_when_closing_skipped(stub: Any) -> None:
    """`x --register nix` answered as if there were such a register, without a sale."""
    for call in (
        stub.GetXReport(report_pb2.GetXReportRequest(register_id="nix")),
        stub.GetExpectedCash(report_pb2.GetExpectedCashRequest(register_id="nix")),
        stub.ListClosings(report_pb2.ListClosingsRequest(register_id="nix")),
        stub.CountCash(report_pb2.CountCashRequest(request_id=bytes(16), register_id="nix", counted_cents=1)),
    ):
        error = await refusal(call)
        assert (error.reason, error.kind) == ("REGISTER_UNKNOWN", RefusedKind.NOT_FOUND)
    steps = [step async for step in stub.CloseDay(report_pb2.CloseDayRequest(request_id=bytes(16), register_id="nix"))]
    assert [step.WhichOneof("step") for step in steps] == ["skipped", "branch"]
    assert steps[0].skipped.reason == "REGISTER_UNKNOWN"
    assert "nix" in steps[0].skipped.text_de


async def test_expected_cash_of_the_branch_is_told_by_register(stub: Any) -> None:
    answer = await stub.GetExpectedCash(report_pb2.GetExpectedCashRequest())
    told = [(drawer.register_id, drawer.expected_cents) for drawer in answer.drawers]
    assert told == [("kasse-1", 2380), ("kasse-2", 1190), ("kasse-9", 0)]
    assert [row.business_case for row in answer.drawers[0].cash] == ["Umsatz"]


async def test_a_blind_count_tells_neither_what_was_expected_nor_the_difference(stub: Any) -> None:
    request = report_pb2.CountCashRequest(
        request_id=b"c" * 16,
        register_id="kasse-1",
        user_id="bela",
        denominations=[figures_pb2.Denomination(value_cents=2000, pieces=1)],
        blind=True,
    )
    answer = await stub.CountCash(request)
    count = answer.count
    assert (count.counted_cents, count.expected_cents, count.difference_cents, count.difference_event_id) == (
        2000,
        0,
        0,
        b"",
    )
    assert "23,80" not in answer.text
    assert "3,80" not in answer.text
    request.blind = False
    asked_again = await refusal(stub.CountCash(request))
    assert asked_again.reason == "REQUEST_ID_REUSED", "asked again it tells no more"
    assert "3,80" not in str(asked_again)
    drawer = (await stub.GetExpectedCash(report_pb2.GetExpectedCashRequest(register_id="kasse-1"))).drawers[0]
    assert (drawer.expected_cents, drawer.last_count.difference_cents) == (2000, -380)


async def test_a_register_counts_its_own_drawer_and_no_other(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    called_by(monkeypatch, "kasse-1")
    answer = await stub.CountCash(report_pb2.CountCashRequest(request_id=bytes(16), counted_cents=2380))
    assert answer.count.register_id == "kasse-1"
    error = await refusal(stub.CountCash(report_pb2.CountCashRequest(request_id=bytes(16), register_id="kasse-2")))
    assert error.reason == "NOT_YOUR_REGISTER"


async def test_an_operator_says_whose_drawer_was_counted_and_whose_report_is_printed(stub: Any) -> None:
    assert (await refusal(stub.CountCash(report_pb2.CountCashRequest(request_id=bytes(16))))).field == "register_id"
    assert (await refusal(stub.PrintReport(report_pb2.PrintReportRequest(request_id=bytes(16))))).field == "register_id"


@pytest.mark.parametrize("day", ["heute", "2026-13-01", "01.12.2026", "20261101", "2026-W47-1"])
async def test_a_day_that_is_none_is_refused(stub: Any, day: str) -> None:
    error = await refusal(stub.ListClosings(report_pb2.ListClosingsRequest(from_day=day)))
    assert (error.reason, error.field) == ("INVALID_VALUE", "from_day")


async def test_days_in_the_wrong_order_are_refused(stub: Any) -> None:
    wanted = report_pb2.ListClosingsRequest(from_day="2026-12-01", to_day="2026-01-01")
    error = await refusal(stub.ListClosings(wanted))
    assert (error.reason, error.field) == ("INVALID_VALUE", "to_day")


async def test_past_closings_come_without_their_articles_unless_asked_for(stub: Any) -> None:
    [step async for step in stub.CloseDay(report_pb2.CloseDayRequest(request_id=bytes(16), register_id="kasse-1"))]
    (short,) = (await stub.ListClosings(report_pb2.ListClosingsRequest())).closings
    (long,) = (await stub.ListClosings(report_pb2.ListClosingsRequest(with_details=True))).closings
    assert not short.closing.articles
    assert [row.article_number for row in long.closing.articles] == ["K1"]
    assert list(long.closing.columns.gross_cents) == [2380]


async def test_what_happens_to_parked_receipts_is_one_of_three_words(stub: Any) -> None:
    call = stub.CloseDay(report_pb2.CloseDayRequest(request_id=bytes(16), parked=7))  # type: ignore[arg-type]
    with pytest.raises(grpc.aio.AioRpcError):
        [step async for step in call]
