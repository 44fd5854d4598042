"""The desk where the day is closed: X at any time, Z per register, the branch in one order.

Figures come from the sales store, which tells exactly up to which journal entry they reach; the closing is written only if nothing of
that register was journaled behind it. So a receipt is in exactly one Z, and two orders at once make one.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import structlog

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, RefusedKind, TryAgain
from branchgate.figures import Closing, add, decode_closing
from branchgate.reports import ReportHead, Reprint, branch_report, x_report, z_report
from gateway.closing.asked import TRIES, Sales
from gateway.closing.branch import Branch
from gateway.closing.model import (
    NOTHING_TO_CLOSE,
    PARKED_RECEIPTS,
    REGISTER_BUSY,
    REGISTER_UNKNOWN,
    Z_NUMBER_UNKNOWN,
    BranchClosed,
    Closed,
    CloseDay,
    PastClosings,
    Skipped,
    Started,
    Step,
    XReport,
)
from gateway.closing.parked import ParkedHere
from gateway.closing.settling import Blocked, Settled, Terms, cash_findings, closing_id, settle
from gateway.journal.awaited import numbers_awaited
from gateway.journal.entries import Entry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_of
from gateway.sales.client import BUSY
from gateway.sales.days import DayRule, Days
from gateway.sales.replies import OpenPeriod, OpenPeriodsReply
from gateway.short_texts import short_text
from gateway.store.writer import GroupWriter

TAXONOMY = "2.4"
"""TAXONOMIE_VERSION: the DSFinV-K in force."""

MOST_TITLES = 5
"""So many parked receipts are named when they stand in the way; of the others there is the number."""

PrintClosing = Callable[[bytes, str], Awaitable[None]]
"""Prints a closing: event id and register."""

_log = structlog.get_logger(__name__)


class ClosingDesk:
    """X reports and closings of one branch.

    `reading` is a read-only connection to the writer's store for the event loop. Raises TryAgain (SALES_STORE_BUSY) when there are no
    figures yet.
    """

    def __init__(
        self,
        writer: GroupWriter,
        journal: Journal,
        reading: sqlite3.Connection,
        sales: Sales,
        clock: Clock,
        branch: Branch,
        *,
        print_closing: PrintClosing | None = None,
    ) -> None:
        self._writer = writer
        self._journal = journal
        self._reading = reading
        self._sales = sales
        self._clock = clock
        self._branch = branch
        self._print_closing = print_closing

    @property
    def settings(self) -> BranchSettings:
        """Who reports, and in which language."""
        return self._branch.decided()

    async def x_report(self, register_id: str | None) -> XReport:
        """The open period of a register, or of all as one sum. Changes nothing. Raises Refused (REGISTER_UNKNOWN)."""
        if register_id is not None:
            self._branch.require(self._reading, register_id)
        reply = await self._sales.figures(register_id, self._journal.head)
        now_ms = self._clock.now_ms()
        head = ReportHead(register_id or "", now_ms, reply.covered.through)
        text = x_report(reply.figures, head, self._branch.decided())
        return XReport(register_id, reply.figures, reply.covered.through, now_ms, text)

    async def closings(self, wanted: PastClosings) -> list[Closed]:
        """Past closings as they were printed, newest first; their texts say that they are copies. Raises Refused (REGISTER_UNKNOWN)."""
        if wanted.register_id is not None:
            self._branch.require(self._reading, wanted.register_id)
        recorded = await self._sales.closings(
            wanted.register_id, wanted.limit, self._journal.head, from_day=wanted.from_day, to_day=wanted.to_day
        )
        if wanted.without_text:
            return [Closed(found.event_id, found.closing, "") for found in recorded]
        settings, reprint = self._branch.decided(), Reprint(self._clock.now_ms())
        # In a thread: a thousand texts would keep everybody else from an answer.
        texts = await asyncio.to_thread(
            lambda: [z_report(found.closing, settings, reprint=reprint) for found in recorded]
        )
        return [Closed(found.event_id, found.closing, text) for found, text in zip(recorded, texts, strict=True)]

    async def close_day(self, order: CloseDay) -> AsyncIterator[Step]:
        """Closes step by step; the last step is the sum.

        Raises Refused: INVALID_VALUE for a request id that is none or an endless user, REQUEST_ID_REUSED for one under which another user
        closed, or with another choice about the float.

        An order that broke off is finished by giving it again: what it has closed is found by its id.
        """
        if len(order.request_id) != 16:
            raise Refused("INVALID_VALUE", field="request_id", value=order.request_id.hex(), rule="16 bytes")
        short_text(order.user_id, "user_id")
        if order.register_id is not None and not self._branch.knows(self._reading, order.register_id):
            yield Skipped(order.register_id, REGISTER_UNKNOWN)
            yield await self._sum([])
            return
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
        """Whom the order is about: the register it names, else all that are open or that it has closed before.

        Where parked receipts stand in the way, also those that have nothing else: whoever closes the branch must hear of them.
        """
        if order.register_id is not None:
            return [order.register_id]
        known = self._reading.execute("SELECT register_id FROM register_state").fetchall()
        before = [name for (name,) in known if self._recorded(order, name) is not None]
        parked = () if order.carry_parked else self._branch.parked.parked_of(self._reading, None)
        return sorted(
            {
                *before,
                *(found.period.register_id for found in standing.periods),
                *(one.register_id for one in parked if one.register_id),
            }
        )

    async def _close(self, order: CloseDay, register_id: str, standing: OpenPeriodsReply) -> Step:
        for _ in range(TRIES):
            recorded = self._recorded(order, register_id)
            if recorded is not None:
                return self._closed_before(order, recorded)
            found = next((each for each in standing.periods if each.period.register_id == register_id), None)
            if found is None:
                return self._nothing_to_close(order, register_id)
            if numbers_awaited(self._reading, register_id):
                return Skipped(register_id, Z_NUMBER_UNKNOWN)
            try:
                closing = await self._closing_of(order, found, standing)
                terms = Terms(order.carry_parked, self._closed_until_ms(closing))
                event_id = closing_id(order.request_id, register_id)
                work = settle(self._journal, self._branch.parked, event_id, closing, terms)
                outcome = await self._writer.submit(work, urgent=True)
                if isinstance(outcome, Blocked):
                    return Skipped(register_id, PARKED_RECEIPTS, _titles(outcome.parked))
                if isinstance(outcome, Settled):
                    if outcome.new and order.print:
                        await self._print(outcome.entry)
                    return self._closed_before(order, outcome.entry)
                standing = await self._sales.open_periods(register_id, self._journal.head)
            except TryAgain as failure:
                if failure.reason != BUSY:
                    raise
                break
        return Skipped(register_id, REGISTER_BUSY)

    def _nothing_to_close(self, order: CloseDay, register_id: str) -> Skipped:
        parked = () if order.carry_parked else tuple(self._branch.parked.parked_of(self._reading, register_id))
        if parked:
            return Skipped(register_id, PARKED_RECEIPTS, _titles(parked))
        return Skipped(register_id, NOTHING_TO_CLOSE)

    async def _closing_of(self, order: CloseDay, found: OpenPeriod, standing: OpenPeriodsReply) -> Closing:
        """The closing of an open period. Its details may reach further than its figures; then it will not be settled."""
        name = found.period
        columns, articles = await self._sales.details(name.register_id, name.z_number, standing.covered.through)
        figures = found.figures
        # Less than nothing cannot stay in a drawer; the Z says that something was not booked.
        carried = max(0, figures.cash_cents) if order.carry_float else None
        return Closing(
            register_id=name.register_id,
            z_number=name.z_number,
            business_day=name.business_day,
            closed_at_ms=self._clock.now_ms(),
            through_journal_sequence=standing.covered.through,
            figures=replace(
                figures, finding_count=figures.finding_count + len(cash_findings(figures.cash_cents, carried))
            ),
            user_id=order.user_id,
            taxonomy_version=TAXONOMY,
            chain_hash=standing.covered.chain_hash,
            count=found.count,
            carried_float_cents=carried,
            master_data=self._branch.master_data(name.register_id),
            columns=columns,
            articles=articles,
        )

    def _closed_until_ms(self, closing: Closing) -> int:
        """A day that is closed before it ends is closed until then."""
        settings = self._branch.decided()
        days = Days(DayRule(settings.time_zone, settings.day_starts_at_minutes))
        return min(closing.closed_at_ms, days.ends_ms(closing.business_day))

    async def _sum(self, closed: list[Closed]) -> BranchClosed:
        """Adds the closings up as they were printed; only the best articles of all need the sales themselves."""
        closings = [step.closing for step in closed]
        figures = add([closing.figures for closing in closings])
        if len(closings) > 1:
            names = [(closing.register_id, closing.z_number) for closing in closings]
            whole = await self._sales.figures_of(names, self._journal.head)
            figures = replace(figures, top_articles=whole.figures.top_articles)
        text = branch_report(figures, closings, self._clock.now_ms(), self._branch.decided())
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

    def _closed_before(self, order: CloseDay, entry: Entry) -> Closed:
        closing = decode_closing(entry.body)
        carries = closing.carried_float_cents is not None
        if (order.user_id, order.carry_float) != (closing.user_id, carries):
            made = f"Z {closing.z_number} ({closing.register_id}), by {closing.user_id}"
            raise Refused(
                "REQUEST_ID_REUSED",
                field="request_id",
                value=order.request_id.hex(),
                rule=f"{made}, {'with' if carries else 'without'} a carried float",
                kind=RefusedKind.EXISTS,
            )
        return self._closed(entry.event_id, closing)

    def _closed(self, event_id: bytes, closing: Closing) -> Closed:
        return Closed(event_id, closing, z_report(closing, self._branch.decided()))


def _titles(parked: tuple[ParkedHere, ...]) -> str:
    shown = [one.title or one.parked_id.hex()[-8:] for one in parked[:MOST_TITLES]]
    more = len(parked) - len(shown)
    return ", ".join(shown) + (f" + {more}" if more else "")
