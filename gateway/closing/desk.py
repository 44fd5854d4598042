"""The desk where the day is closed: X at any time, Z per register, the branch in one order.

Figures come from the sales store, which tells exactly up to which journal entry they reach; the closing is written only if nothing of
that register was journaled behind it. So a receipt is in exactly one Z, and two orders at once make one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, TryAgain
from branchgate.figures import Closing, add, decode_closing
from branchgate.reports import ReportHead, branch_report, x_report, z_report
from gateway.closing.model import (
    NOTHING_TO_CLOSE,
    REGISTER_BUSY,
    BranchClosed,
    Closed,
    CloseDay,
    Skipped,
    Started,
    Step,
    XReport,
)
from gateway.closing.settling import closing_id, settle
from gateway.journal.entries import Entry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_of
from gateway.sales.replies import FiguresReply, OpenPeriodsReply, RecordedClosing
from gateway.short_texts import short_text
from gateway.store.writer import GroupWriter

TAXONOMY = "2.4"
"""TAXONOMIE_VERSION: the DSFinV-K in force."""

TRIES = 5
"""How often a register that goes on selling is counted anew before it is left to the next order."""

PrintClosing = Callable[[bytes, str], Awaitable[None]]
"""Prints a closing: event id and register."""

_log = structlog.get_logger(__name__)


class Sales(Protocol):
    """What closing asks of the sales store."""

    async def figures(self, register_id: str | None, through: int) -> FiguresReply: ...

    async def open_periods(self, register_id: str | None, through: int) -> OpenPeriodsReply: ...

    async def figures_of(self, periods: Sequence[tuple[str, int]], through: int) -> FiguresReply: ...

    async def closings(self, register_id: str | None, limit: int, through: int) -> tuple[RecordedClosing, ...]: ...


class ClosingDesk:
    """X reports and closings of one branch.

    `reading` is a read-only connection to the writer's store for the event loop. `settings` gives what central decided, None before the
    first sync. Raises TryAgain (SALES_STORE_BUSY) when there are no figures yet.
    """

    def __init__(
        self,
        writer: GroupWriter,
        journal: Journal,
        reading: sqlite3.Connection,
        sales: Sales,
        clock: Clock,
        settings: Callable[[], BranchSettings | None],
        *,
        print_closing: PrintClosing | None = None,
    ) -> None:
        self._writer = writer
        self._journal = journal
        self._reading = reading
        self._sales = sales
        self._clock = clock
        self._settings = settings
        self._print_closing = print_closing

    async def x_report(self, register_id: str | None) -> XReport:
        """The open period of a register, or of all as one sum. Changes nothing."""
        reply = await self._sales.figures(register_id, self._journal.head)
        now_ms = self._clock.now_ms()
        head = ReportHead(register_id or "", now_ms, reply.covered.through)
        text = x_report(reply.figures, head, self._branch())
        return XReport(register_id, reply.figures, reply.covered.through, now_ms, text)

    async def closings(self, register_id: str | None, limit: int) -> list[Closed]:
        """Past closings as they were printed, newest first; their texts say that they are copies."""
        recorded = await self._sales.closings(register_id, limit, self._journal.head)
        return [self._closed(found.event_id, found.closing, copy=True) for found in recorded]

    async def close_day(self, order: CloseDay) -> AsyncIterator[Step]:
        """Closes step by step; the last step is the sum. Raises Refused (INVALID_VALUE) for a request id that is none or an endless user.

        An order that broke off is finished by giving it again: what it has closed is found by its id.
        """
        if len(order.request_id) != 16:
            raise Refused("INVALID_VALUE", field="request_id", value=order.request_id.hex(), rule="16 bytes")
        short_text(order.user_id, "user_id")
        standing = await self._sales.open_periods(order.register_id, self._journal.head)
        registers = self._registers(order, standing)
        closed: list[Closed] = []
        for position, register_id in enumerate(registers, start=1):
            yield Started(register_id, position, len(registers))
            step = await self._close(order, register_id, standing)
            if isinstance(step, Closed):
                closed.append(step)
            yield step
        yield await self._sum(closed)

    def _registers(self, order: CloseDay, standing: OpenPeriodsReply) -> list[str]:
        """Whom the order is about: the register it names, else all that are open or that it has closed before."""
        if order.register_id is not None:
            return [order.register_id]
        known = self._reading.execute("SELECT register_id FROM register_state").fetchall()
        before = [name for (name,) in known if self._recorded(order, name) is not None]
        return sorted({*before, *(found.period.register_id for found in standing.periods)})

    async def _close(self, order: CloseDay, register_id: str, standing: OpenPeriodsReply) -> Step:
        for _ in range(TRIES):
            recorded = self._recorded(order, register_id)
            if recorded is not None:
                return self._closed(recorded.event_id, decode_closing(recorded.body))
            closing = self._closing_of(order, register_id, standing)
            if closing is None:
                return Skipped(register_id, NOTHING_TO_CLOSE)
            event_id = closing_id(order.request_id, register_id)
            settled = await self._writer.submit(settle(self._journal, event_id, closing), urgent=True)
            if settled is not None:
                entry, new = settled
                if new and order.print:
                    await self._print(entry)
                return self._closed(entry.event_id, decode_closing(entry.body))
            try:
                standing = await self._sales.open_periods(register_id, self._journal.head)
            except TryAgain:
                break
        return Skipped(register_id, REGISTER_BUSY)

    def _closing_of(self, order: CloseDay, register_id: str, standing: OpenPeriodsReply) -> Closing | None:
        for found in standing.periods:
            if found.period.register_id == register_id:
                return Closing(
                    register_id=register_id,
                    z_number=found.period.z_number,
                    business_day=found.period.business_day,
                    closed_at_ms=self._clock.now_ms(),
                    through_journal_sequence=standing.covered.through,
                    figures=found.figures,
                    user_id=order.user_id,
                    taxonomy_version=TAXONOMY,
                    chain_hash=standing.covered.chain_hash,
                )
        return None

    async def _sum(self, closed: list[Closed]) -> BranchClosed:
        """Adds the closings up as they were printed; only the best articles of all need the sales themselves."""
        closings = [step.closing for step in closed]
        figures = add([closing.figures for closing in closings])
        if len(closings) > 1:
            names = [(closing.register_id, closing.z_number) for closing in closings]
            whole = await self._sales.figures_of(names, self._journal.head)
            figures = replace(figures, top_articles=whole.figures.top_articles)
        text = branch_report(figures, closings, self._clock.now_ms(), self._branch())
        return BranchClosed(figures, len(closings), text)

    async def _print(self, entry: Entry) -> None:
        """Paper comes after the record: a printer that fails does not undo a closing, and a Z can be printed again as a copy."""
        if self._print_closing is None:
            return
        try:
            await self._print_closing(entry.event_id, entry.register_id)
        except BranchgateError as failure:
            _log.warning("closing_not_printed", register=entry.register_id, reason=failure.reason, rule=failure.rule)

    def _recorded(self, order: CloseDay, register_id: str) -> Entry | None:
        return entry_of(self._reading, closing_id(order.request_id, register_id))

    def _closed(self, event_id: bytes, closing: Closing, *, copy: bool = False) -> Closed:
        return Closed(event_id, closing, z_report(closing, self._branch(), copy=copy))

    def _branch(self) -> BranchSettings:
        return self._settings() or BranchSettings(branch_id="", name="")
