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
from branchgate.v1 import report_pb2, report_pb2_grpc
from branchgate.wire.callers import Caller, CallerKind
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from gateway.rpc.report import ReportServicer
from tests.gateway.closing.shop import Shop, open_shop
from tests.gateway.sales.plain_figures import plain_figures
from tests.gateway.sales.samples import sample_receipt


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as opened:
        await opened.sell("kasse-1", sample_receipt(1), sample_receipt(2))
        await opened.sell("kasse-2", sample_receipt(1))
        yield opened


@pytest.fixture
async def stub(shop: Shop, tmp_path: Path) -> AsyncIterator[Any]:
    server = make_server(Guard(SystemClock()))
    report_pb2_grpc.add_ReportServiceServicer_to_server(ReportServicer(shop.desk), server)
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
