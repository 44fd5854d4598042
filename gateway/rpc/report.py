"""ReportService: X, Z and their history, expected cash and counts, for registers of the branch and for operators."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import assert_never

from branchgate.catalogue import BranchSettings
from branchgate.errors import Refused, RefusedKind
from branchgate.errors.texts import sentence_for
from branchgate.figures import (
    CashCount,
    Denomination,
    SummaryColumns,
    cash_to_message,
    closing_to_message,
    count_to_message,
    figures_to_message,
)
from branchgate.v1 import catalogue_pb2, report_pb2, report_pb2_grpc
from branchgate.wire.callers import CallerKind, Context, caller
from gateway.closing.cash import CashDesk
from gateway.closing.desk import ClosingDesk
from gateway.closing.model import (
    BranchClosed,
    Closed,
    CloseDay,
    CountCash,
    ExpectedCash,
    PastClosings,
    Skipped,
    Started,
    Step,
)
from gateway.closing.paper import PrintReport, ReportPaper

DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 1000

_PARKED: dict[int, bool] = {
    report_pb2.PARKED_AT_CLOSING_UNSPECIFIED: False,
    report_pb2.PARKED_AT_CLOSING_REFUSE: False,
    report_pb2.PARKED_AT_CLOSING_CARRY_OVER: True,
}
"""Whether a closing carries over what is parked."""


class ReportServicer(report_pb2_grpc.ReportServiceServicer):
    """Translates; the desks decide."""

    def __init__(self, desk: ClosingDesk, cash: CashDesk, paper: ReportPaper) -> None:
        self._desk = desk
        self._cash = cash
        self._paper = paper

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
            settings=_shown_settings(self._desk.settings),
        )

    async def CloseDay(
        self, request: report_pb2.CloseDayRequest, context: Context
    ) -> AsyncIterator[report_pb2.CloseDayResponse]:
        register_id = _register(request.register_id, context)
        order = CloseDay(
            request.request_id,
            register_id,
            request.user_id,
            print=request.print,
            carry_parked=_carries_parked(request.parked),
            carry_float=request.carry_float,
        )
        async for step in self._desk.close_day(order):
            yield _step(step, self._desk.settings)

    async def ListClosings(
        self, request: report_pb2.ListClosingsRequest, context: Context
    ) -> report_pb2.ListClosingsResponse:
        first, last = _days(request.from_day, request.to_day)
        wanted = PastClosings(
            _register(request.register_id, context),
            _limit(request.limit),
            first,
            last,
            request.without_text,
        )
        closings = await self._desk.closings(wanted)
        shown = closings if request.with_details else [_without_details(closed) for closed in closings]
        return report_pb2.ListClosingsResponse(
            closings=[_done(closed) for closed in shown], settings=_shown_settings(self._desk.settings)
        )

    async def GetExpectedCash(
        self, request: report_pb2.GetExpectedCashRequest, context: Context
    ) -> report_pb2.GetExpectedCashResponse:
        drawers = await self._cash.expected(_register(request.register_id, context))
        return report_pb2.GetExpectedCashResponse(drawers=[_drawer(drawer) for drawer in drawers])

    async def CountCash(self, request: report_pb2.CountCashRequest, context: Context) -> report_pb2.CountCashResponse:
        order = CountCash(
            request_id=request.request_id,
            register_id=_own_register(request.register_id, context),
            user_id=request.user_id,
            denominations=tuple(Denomination(row.value_cents, row.pieces) for row in request.denominations),
            counted_cents=request.counted_cents,
            blind=request.blind,
            note=request.note,
        )
        counted = await self._cash.count(order)
        return report_pb2.CountCashResponse(
            event_id=counted.event_id, count=count_to_message(_shown(counted.count)), text=counted.text
        )

    async def PrintReport(
        self, request: report_pb2.PrintReportRequest, context: Context
    ) -> report_pb2.PrintReportResponse:
        register_id = _own_register(request.register_id, context)
        wish = PrintReport(request.request_id, register_id, request.user_id, request.closing_event_id)
        return report_pb2.PrintReportResponse(job_id=(await self._paper.print(wish)).job_id)


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


def _own_register(register_id: str, context: Context) -> str:
    """One register: the caller's own, or the one that an operator names. Raises Refused (INVALID_VALUE, NOT_YOUR_REGISTER)."""
    named = _register(register_id, context) or caller(context).register_id
    if not named:
        raise Refused("INVALID_VALUE", field="register_id", value="", rule="names a register")
    return named


def _carries_parked(choice: int) -> bool:
    if choice not in _PARKED:
        raise Refused("INVALID_VALUE", field="parked", value=choice, rule=", ".join(report_pb2.ParkedAtClosing.keys()))
    return _PARKED[choice]


def _days(first: str, last: str) -> tuple[str, str]:
    """A range of business days; empty is no bound. Raises Refused (INVALID_VALUE) for other spellings and for the wrong order."""
    for field, text in (("from_day", first), ("to_day", last)):
        if text and not _is_day(text):
            raise Refused("INVALID_VALUE", field=field, value=text, rule="a day as 2026-12-31")
    if last and first > last:
        raise Refused("INVALID_VALUE", field="to_day", value=last, rule=f">= {first}")
    return first, last


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _limit(limit: int) -> int:
    if not 0 <= limit <= HIGHEST_LIMIT:
        raise Refused("INVALID_VALUE", field="limit", value=limit, rule=f"0 to {HIGHEST_LIMIT}")
    return limit or DEFAULT_LIMIT


def _step(step: Step, settings: BranchSettings) -> report_pb2.CloseDayResponse:
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
                figures=figures_to_message(step.figures),
                closings=step.closings,
                text=step.text,
                settings=_shown_settings(settings),
            )
            return report_pb2.CloseDayResponse(branch=branch)
        case _:
            assert_never(step)


def _shown_settings(settings: BranchSettings) -> catalogue_pb2.BranchSettings:
    """What a report needs of them: a register has no business with the devices of the others."""
    return replace(settings, device_roles=()).to_message()


def _done(closed: Closed) -> report_pb2.ClosingDone:
    return report_pb2.ClosingDone(
        event_id=closed.event_id, closing=closing_to_message(closed.closing), text=closed.text
    )


def _skipped(step: Skipped) -> report_pb2.ClosingSkipped:
    return report_pb2.ClosingSkipped(
        register_id=step.register_id,
        reason=step.reason,
        text_de=sentence_for(step.reason, "de", field="register_id", value=step.register_id, rule=step.detail),
        text_en=sentence_for(step.reason, "en", field="register_id", value=step.register_id, rule=step.detail),
    )


def _without_details(closed: Closed) -> Closed:
    return replace(closed, closing=replace(closed.closing, columns=SummaryColumns(), articles=()))


def _drawer(drawer: ExpectedCash) -> report_pb2.ExpectedCash:
    return report_pb2.ExpectedCash(
        register_id=drawer.register_id,
        expected_cents=drawer.expected_cents,
        cash=[cash_to_message(row) for row in drawer.cash],
        last_count=None if drawer.last_count is None else count_to_message(drawer.last_count),
        at_ms=drawer.at_ms,
        through_journal_sequence=drawer.through,
    )


def _shown(count: CashCount) -> CashCount:
    """Whoever counts blind learns nothing of what should have been there; the journal has it."""
    return replace(count, expected_cents=0, difference_cents=0, difference_event_id=b"") if count.blind else count
