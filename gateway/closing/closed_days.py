"""The desk for long times: sums over closed business days, as text for people."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Protocol

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from branchgate.errors import Refused
from branchgate.figures import SpanSum
from branchgate.reports import report_text
from branchgate.reports.spans import span_content
from branchgate.reports.text import USUAL
from gateway.closing.branch import Branch
from gateway.journal.journal import Journal
from gateway.sales.replies import ClosedReply
from gateway.sales.span import Span


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Which closings: business days (ISO 8601) from one to another, empty without a bound; of one register, or of all (None)."""

    from_day: str
    to_day: str
    register_id: str | None
    span: Span

    def __post_init__(self) -> None:
        if self.from_day and self.to_day and self.from_day > self.to_day:
            raise Refused("INVALID_VALUE", field="to_day", value=self.to_day, rule=f">= {self.from_day}")


@dataclass(frozen=True, slots=True)
class ClosedDaysReport:
    """The sums, made at `at_ms` (UTC) by the journal up to `through`. `still_open` periods of these days are missing in them."""

    whole: SpanSum
    parts: tuple[SpanSum, ...]
    still_open: int
    through: int
    at_ms: int
    text: str
    settings: BranchSettings


class ClosedSales(Protocol):
    """Raises TryAgain (SALES_STORE_BUSY) when there is no answer yet."""

    async def closed(
        self, register_id: str | None, through: int, *, from_day: str = "", to_day: str = "", span: Span = Span.WHOLE
    ) -> ClosedReply: ...


class ClosedDaysDesk:
    """Sums over closed days of one branch. `reading` is a read-only connection to the journal's store."""

    def __init__(
        self, journal: Journal, reading: sqlite3.Connection, sales: ClosedSales, clock: Clock, branch: Branch
    ) -> None:
        self._journal = journal
        self._reading = reading
        self._sales = sales
        self._clock = clock
        self._branch = branch

    async def report(self, wanted: ClosedDays) -> ClosedDaysReport:
        """Changes nothing. Raises Refused (REGISTER_UNKNOWN), TryAgain (SALES_STORE_BUSY)."""
        if wanted.register_id is not None:
            self._branch.require(self._reading, wanted.register_id)
        reply = await self._sales.closed(
            wanted.register_id, self._journal.head, from_day=wanted.from_day, to_day=wanted.to_day, span=wanted.span
        )
        settings, at_ms = self._branch.decided(), self._clock.now_ms()
        content = span_content(reply.whole, reply.parts, reply.still_open, at_ms, settings)
        return ClosedDaysReport(
            reply.whole,
            reply.parts,
            reply.still_open,
            reply.covered.through,
            at_ms,
            report_text(content, USUAL),
            settings,
        )
