"""ClosedDaysService: sums over months and years, over the owner-only socket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from branchgate.errors import Refused
from branchgate.figures import SpanSum, figures_to_message
from branchgate.v1 import closed_days_pb2, closed_days_pb2_grpc
from branchgate.wire.callers import Context
from gateway.closing.closed_days import ClosedDays, ClosedDaysDesk, ClosedDaysReport
from gateway.sales.span import Span

_SPANS: Final[dict[int, Span]] = {
    closed_days_pb2.CLOSED_DAYS_PARTS_UNSPECIFIED: Span.WHOLE,
    closed_days_pb2.CLOSED_DAYS_PARTS_NONE: Span.WHOLE,
    closed_days_pb2.CLOSED_DAYS_PARTS_MONTHS: Span.MONTH,
    closed_days_pb2.CLOSED_DAYS_PARTS_DAYS: Span.DAY,
}


class ClosedDaysServicer(closed_days_pb2_grpc.ClosedDaysServiceServicer):
    """Translates; the desk asks the sales store."""

    def __init__(self, desk: ClosedDaysDesk) -> None:
        self._desk = desk

    async def GetClosedDays(
        self, request: closed_days_pb2.GetClosedDaysRequest, context: Context
    ) -> closed_days_pb2.GetClosedDaysResponse:
        del context
        wanted = ClosedDays(
            _day(request.from_day, "from_day"),
            _day(request.to_day, "to_day"),
            request.register_id or None,
            _span(request.parts),
        )
        return closed_days_message(await self._desk.report(wanted))


def closed_days_message(report: ClosedDaysReport) -> closed_days_pb2.GetClosedDaysResponse:
    """A report as a message."""
    return closed_days_pb2.GetClosedDaysResponse(
        whole=sum_message(report.whole),
        parts=[sum_message(part) for part in report.parts],
        open_periods=report.still_open,
        through_journal_sequence=report.through,
        at_ms=report.at_ms,
        text=report.text,
        settings=replace(report.settings, device_roles=()).to_message(),
    )


def sum_message(part: SpanSum) -> closed_days_pb2.ClosedDaysSum:
    """A sum as a message."""
    return closed_days_pb2.ClosedDaysSum(
        name=part.name,
        closings=part.closings,
        first_day=part.first_day,
        last_day=part.last_day,
        figures=figures_to_message(part.figures),
    )


def _span(parts: int) -> Span:
    if parts not in _SPANS:
        raise Refused(
            "INVALID_VALUE", field="parts", value=parts, rule=", ".join(closed_days_pb2.ClosedDaysParts.keys())
        )
    return _SPANS[parts]


def _day(text: str, field: str) -> str:
    """A business day, or no bound. Raises Refused (INVALID_VALUE)."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Refused("INVALID_VALUE", field=field, value=text, rule="a day as 2026-12-31") from None
