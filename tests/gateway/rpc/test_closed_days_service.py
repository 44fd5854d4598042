"""ClosedDaysService over the operator's socket: months and years from closings, and what is told beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.errors.status import error_from
from branchgate.figures import add, figures_from_message
from branchgate.reports import csv_table, page, report_text
from branchgate.v1 import closed_days_pb2, closed_days_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from gateway.cli.year import report_of
from gateway.closing.branch import Branch
from gateway.closing.closed_days import ClosedDaysDesk
from gateway.closing.parked import NothingParked
from gateway.rpc.closed_days import ClosedDaysServicer
from tests.branchgate.receipt_strategies import NOON_MS
from tests.gateway.closing.shop import SETTINGS, Shop, closed, open_shop
from tests.gateway.sales.samples import sample_receipt

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, registers=["kasse-1", "kasse-2"]) as opened:
        yield opened


@pytest.fixture
async def stub(shop: Shop, tmp_path: Path) -> AsyncIterator[Any]:
    server = make_server(Guard(SystemClock()))
    branch = Branch(lambda: SETTINGS, lambda: ["kasse-1", "kasse-2"], lambda _: None, NothingParked())
    inside = shop.branch
    desk = ClosedDaysDesk(inside.journal, inside.reader.connection, shop.sales, inside.clock, branch)
    closed_days_pb2_grpc.add_ClosedDaysServiceServicer_to_server(ClosedDaysServicer(desk), server)
    listen_for_operator(server, tmp_path / "s")
    await server.start()
    async with operator_channel(tmp_path / "s") as channel:
        yield closed_days_pb2_grpc.ClosedDaysServiceStub(channel)
    await server.stop(None)


async def ask(stub: Any, **wanted: Any) -> closed_days_pb2.GetClosedDaysResponse:
    answer: closed_days_pb2.GetClosedDaysResponse = await stub.GetClosedDays(
        closed_days_pb2.GetClosedDaysRequest(**wanted)
    )
    return answer


async def test_a_year_is_the_sum_of_what_its_closings_printed(shop: Shop, stub: Any) -> None:
    """Thirty days from 16 October 2026 on, which end before the gateway's own clock: what lies beyond has the day on which it came."""
    printed = []
    for day in range(30):
        at_ms = NOON_MS + day * DAY_MS
        await shop.sell("kasse-1", sample_receipt(day + 1, at_ms, 100 + day))
        await shop.sell("kasse-2", sample_receipt(day + 1, at_ms + 1, 200 + day))
        printed += [step.closing for step in closed(await shop.close(day + 1))]
    await shop.sell("kasse-2", sample_receipt(31, NOON_MS + 30 * DAY_MS))
    answer = await ask(stub, from_day="2026-01-01", to_day="2026-12-31", parts=closed_days_pb2.CLOSED_DAYS_PARTS_MONTHS)
    plain = add([closing.figures for closing in printed])
    assert figures_from_message(answer.whole.figures) == plain
    assert (answer.whole.closings, answer.whole.first_day, answer.open_periods) == (60, "2026-10-16", 1)
    assert [(part.name, part.closings) for part in answer.parts] == [("2026-10", 32), ("2026-11", 28)]
    in_parts = add([figures_from_message(part.figures) for part in answer.parts])
    assert replace(in_parts, top_articles=()) == replace(plain, top_articles=())
    assert "Noch nicht abgeschlossen" in answer.text
    assert "10.2026" in answer.text
    report = report_of(answer)
    assert answer.text == report_text(report)
    for form in (page([report]), csv_table([report])):
        assert "2026" in form
    one = await ask(stub, register_id="kasse-1", parts=closed_days_pb2.CLOSED_DAYS_PARTS_DAYS)
    assert (one.whole.closings, len(one.parts), one.open_periods) == (30, 30, 0)


async def test_a_time_without_closings_is_an_empty_report(shop: Shop, stub: Any) -> None:
    answer = await ask(stub, from_day="2027-01-01")
    assert (answer.whole.closings, answer.whole.figures.receipt_count, list(answer.parts)) == (0, 0, [])
    assert "Keine Bons" in answer.text


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"from_day": "gestern"}, "from_day"),
        ({"from_day": "2026-02-01", "to_day": "2026-01-31"}, "to_day"),
        ({"parts": 9}, "parts"),
        ({"register_id": "kasse-9"}, "register_id"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_its_field(
    shop: Shop, stub: Any, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as told:
        await ask(stub, **wanted)
    error = error_from(told.value)
    assert isinstance(error, Refused)
    assert error.field == field
