"""ReportService: X, Z and their history, for registers of the branch and for operators."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import assert_never

from branchgate.errors import Refused, RefusedKind
from branchgate.errors.texts import sentence_for
from branchgate.figures import closing_to_message, figures_to_message
from branchgate.v1 import report_pb2, report_pb2_grpc
from branchgate.wire.callers import CallerKind, Context, caller
from gateway.closing.desk import ClosingDesk
from gateway.closing.model import BranchClosed, Closed, CloseDay, Skipped, Started, Step

DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 1000


class ReportServicer(report_pb2_grpc.ReportServiceServicer):
    """Translates; the desk decides."""

    def __init__(self, desk: ClosingDesk) -> None:
        self._desk = desk

    async def GetXReport(
        self, request: report_pb2.GetXReportRequest, context: Context
    ) -> report_pb2.GetXReportResponse:
        report = await self._desk.x_report(_register(request.register_id, context))
        return report_pb2.GetXReportResponse(
            register_id=report.register_id or "",
            figures=figures_to_message(report.figures),
            through_journal_sequence=report.through,
            at_ms=report.at_ms,
            text=report.text,
        )

    async def CloseDay(
        self, request: report_pb2.CloseDayRequest, context: Context
    ) -> AsyncIterator[report_pb2.CloseDayResponse]:
        register_id = _register(request.register_id, context)
        order = CloseDay(request.request_id, register_id, request.user_id, request.print)
        async for step in self._desk.close_day(order):
            yield _step(step)

    async def ListClosings(
        self, request: report_pb2.ListClosingsRequest, context: Context
    ) -> report_pb2.ListClosingsResponse:
        closings = await self._desk.closings(_register(request.register_id, context), _limit(request.limit))
        return report_pb2.ListClosingsResponse(closings=[_done(closed) for closed in closings])


def _register(register_id: str, context: Context) -> str | None:
    """The register asked about, None for the branch. Raises Refused (NOT_YOUR_REGISTER) for another register's."""
    asking = caller(context)
    if register_id and asking.kind is CallerKind.REGISTER and register_id != asking.register_id:
        raise Refused(
            "NOT_YOUR_REGISTER",
            field="register_id",
            value=register_id,
            rule=f"the caller is {asking.register_id}",
            kind=RefusedKind.NOT_ALLOWED,
        )
    return register_id or None


def _limit(limit: int) -> int:
    if not 0 <= limit <= HIGHEST_LIMIT:
        raise Refused("INVALID_VALUE", field="limit", value=limit, rule=f"0 to {HIGHEST_LIMIT}")
    return limit or DEFAULT_LIMIT


def _step(step: Step) -> report_pb2.CloseDayResponse:
    match step:
        case Started():
            started = report_pb2.ClosingStarted(register_id=step.register_id, position=step.position, total=step.total)
            return report_pb2.CloseDayResponse(started=started)
        case Closed():
            return report_pb2.CloseDayResponse(done=_done(step))
        case Skipped():
            return report_pb2.CloseDayResponse(skipped=_skipped(step))
        case BranchClosed():
            branch = report_pb2.BranchClosed(
                figures=figures_to_message(step.figures), closings=step.closings, text=step.text
            )
            return report_pb2.CloseDayResponse(branch=branch)
        case _:
            assert_never(step)


def _done(closed: Closed) -> report_pb2.ClosingDone:
    return report_pb2.ClosingDone(
        event_id=closed.event_id, closing=closing_to_message(closed.closing), text=closed.text
    )


def _skipped(step: Skipped) -> report_pb2.ClosingSkipped:
    return report_pb2.ClosingSkipped(
        register_id=step.register_id,
        reason=step.reason,
        text_de=sentence_for(step.reason, "de", field="register_id", value=step.register_id),
        text_en=sentence_for(step.reason, "en", field="register_id", value=step.register_id),
    )
