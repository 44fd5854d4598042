"""The desk where cash is asked for and counted: what should be in each drawer at any moment, and what somebody found there."""

from __future__ import annotations

import sqlite3

from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind, TryAgain
from branchgate.figures import CashCount, CashFigure, decode_count
from branchgate.money import euros
from branchgate.receipts.model import BusinessCase
from branchgate.reports.counts import count_report
from gateway.closing.asked import TRIES, Sales
from gateway.closing.branch import Branch
from gateway.closing.counting import count_id, counted_cents, settle_count
from gateway.closing.model import REGISTER_BUSY, CountCash, Counted, ExpectedCash
from gateway.journal.entries import Entry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_of
from gateway.sales.replies import Drawer, DrawersReply
from gateway.store.writer import GroupWriter

BUSY_RETRY_MS = 2_000
"""A register that sells is not counted; so long the caller should wait for a pause."""


class CashDesk:
    """Expected cash and cash counts of one branch.

    `reading` is a read-only connection to the writer's store for the event loop. Raises TryAgain (SALES_STORE_BUSY) when there are no
    figures yet, Refused (REGISTER_UNKNOWN) for a register that the branch does not have.
    """

    def __init__(
        self,
        writer: GroupWriter,
        journal: Journal,
        reading: sqlite3.Connection,
        sales: Sales,
        clock: Clock,
        branch: Branch,
    ) -> None:
        self._writer = writer
        self._journal = journal
        self._reading = reading
        self._sales = sales
        self._clock = clock
        self._branch = branch

    async def expected(self, register_id: str | None) -> list[ExpectedCash]:
        """What should be in a register's drawer, or in each of the branch's, by register."""
        if register_id is not None:
            self._branch.require(self._reading, register_id)
        reply = await self._sales.drawers(register_id, self._journal.head)
        found = {drawer.register_id: drawer for drawer in reply.drawers}
        names = [register_id] if register_id is not None else sorted({*found, *self._branch.registers()})
        return [self._expected(found.get(name, Drawer(name)), reply) for name in names]

    async def count(self, order: CountCash) -> Counted:
        """Records a count, and its difference as a receipt. The same request id gives the same count.

        Raises Refused (INVALID_VALUE, REGISTER_UNKNOWN, REQUEST_ID_REUSED when that one said something else), TryAgain (REGISTER_BUSY) for a register that goes on selling.
        """
        counted = counted_cents(order)
        self._branch.require(self._reading, order.register_id)
        event_id = count_id(order.request_id, order.register_id)
        known = entry_of(self._reading, event_id)
        entry = known if known is not None else await self._record(order, counted, event_id)
        _require_same(order, counted, decode_count(entry.body))
        return self._counted(entry)

    async def _record(self, order: CountCash, counted: int, event_id: bytes) -> Entry:
        numbers = self._branch.number_range(order.register_id)
        for _ in range(TRIES):
            reply = await self._sales.drawers(order.register_id, self._journal.head)
            expected = sum(drawer.expected_cents for drawer in reply.drawers)
            count = CashCount(
                register_id=order.register_id,
                counted_at_ms=self._clock.now_ms(),
                user_id=order.user_id,
                counted_cents=counted,
                expected_cents=expected,
                difference_cents=counted - expected,
                denominations=tuple(row for row in order.denominations if row.pieces),
                blind=order.blind,
                note=order.note,
            )
            work = settle_count(self._journal, event_id, count, reply.covered.through, numbers)
            entry = await self._writer.submit(work, urgent=True)
            if entry is not None:
                return entry
        raise TryAgain(REGISTER_BUSY, field="register_id", value=order.register_id, retry_after_ms=BUSY_RETRY_MS)

    def _expected(self, drawer: Drawer, reply: DrawersReply) -> ExpectedCash:
        carried = drawer.carried_cents
        float_row = (CashFigure(BusinessCase.ANFANGSBESTAND.dsfinvk, 1, carried),) if carried else ()
        return ExpectedCash(
            drawer.register_id,
            drawer.expected_cents,
            (*float_row, *drawer.cash),
            drawer.last_count,
            self._clock.now_ms(),
            reply.covered.through,
        )

    def _counted(self, entry: Entry) -> Counted:
        count = decode_count(entry.body)
        return Counted(entry.event_id, count, count_report(count, self._branch.decided()))


def _require_same(order: CountCash, counted: int, count: CashCount) -> None:
    """Whoever counted something else under the same id must hear that it was not taken."""
    pieces = tuple(row for row in order.denominations if row.pieces)
    asked = (order.user_id, counted, pieces, order.blind, order.note)
    if asked != (count.user_id, count.counted_cents, count.denominations, count.blind, count.note):
        raise Refused(
            "REQUEST_ID_REUSED",
            field="request_id",
            value=order.request_id.hex(),
            rule=f"counted {euros(count.counted_cents)} EUR, by {count.user_id}",
            kind=RefusedKind.EXISTS,
        )
