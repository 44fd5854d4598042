"""A branch with its sales store and closing desk, all real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, Figures
from branchgate.numbers import NumberRange
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Receipt
from gateway.closing.branch import Branch as ClosingBranch
from gateway.closing.cash import CashDesk
from gateway.closing.desk import ClosingDesk
from gateway.closing.model import (
    BranchClosed,
    Closed,
    CloseDay,
    CountCash,
    Counted,
    ExpectedCash,
    PastClosings,
    Skipped,
    Step,
)
from gateway.closing.parked import NothingParked, ParkedReceipts
from gateway.printing.jobs import Job
from gateway.recording import EventToRecord
from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.sales.opened import Tuning
from gateway.store.reserve import Reserve
from tests.gateway.branch import Branch, BranchRules, event_id, open_branch

SETTINGS = BranchSettings(
    "mitte", "Filiale Mitte", company="Käse & Co. KG", street="Markt 1", postcode="10115", town="Berlin"
)


@dataclass
class Shop:
    branch: Branch
    sales: SalesStore
    desk: ClosingDesk
    cash: CashDesk
    printed: list[tuple[bytes, str]]
    _sent: dict[str, int] = field(default_factory=dict)
    _minted: int = 0

    async def sell(self, register_id: str, *receipts: Receipt, paper: bool = False) -> None:
        """Hands receipts in as a register does."""
        events = []
        for receipt in receipts:
            self._minted += 1
            self._sent[register_id] = self._sent.get(register_id, 0) + 1
            wish = ("receipt", 60_000) if paper else ("", 0)
            sequence = self._sent[register_id]
            events.append(EventToRecord(event_id(self._minted), sequence, 1, encode_receipt(receipt), *wish))
        recorded = await self.branch.recorder.record(register_id, events)
        assert recorded.settled_register_sequence == self._sent[register_id]

    def resume(self, sent: dict[str, int], minted: int) -> None:
        """Goes on where another shop on the same folder stopped."""
        self._sent, self._minted = dict(sent), minted

    async def close(
        self,
        request: int,
        register_id: str | None = None,
        *,
        paper: bool = False,
        carry_parked: bool = False,
        carry_float: bool = False,
    ) -> list[Step]:
        """All steps of an order."""
        order = CloseDay(request.to_bytes(16, "big"), register_id, "anna", paper, carry_parked, carry_float)
        return [step async for step in self.desk.close_day(order)]

    async def print_receipt(
        self, request_id: bytes, event_id: bytes, role: str = "", user_id: str = "", register_id: str = ""
    ) -> Job:
        """There is no printer."""
        raise NotImplementedError

    async def print_x(self, request_id: bytes, report: Closing) -> Job:
        """There is no printer."""
        raise NotImplementedError

    async def past(self, register_id: str | None = None, limit: int = 10, **days: Any) -> list[Closed]:
        """Past closings."""
        return await self.desk.closings(PastClosings(register_id, limit, **days))

    async def count(self, request: int, register_id: str, cents: int, **changes: Any) -> Counted:
        """Counts a drawer by the sum."""
        order = CountCash(request.to_bytes(16, "big"), register_id, "bela", counted_cents=cents)
        return await self.cash.count(replace(order, **changes))

    async def expected(self, register_id: str) -> ExpectedCash:
        """What should be in one drawer."""
        (found,) = await self.cash.expected(register_id)
        return found

    async def figures(self, register_id: str | None, z_number: int | None = None) -> Figures:
        """From the sales store: of the open period, or of the one with that number."""
        head = self.branch.journal.head
        if z_number is None or register_id is None:
            return (await self.sales.figures(register_id, head)).figures
        return (await self.sales.figures_of([(register_id, z_number)], head)).figures


@asynccontextmanager
async def open_shop(
    folder: Path,
    settings: BranchSettings | None = SETTINGS,
    *,
    numbers: NumberRange | None = None,
    registers: Sequence[str] = (),
    parked: ParkedReceipts | None = None,
    reserve: Reserve | None = None,
) -> AsyncIterator[Shop]:
    async with open_branch(folder, rules=BranchRules(numbers=numbers), reserve=reserve) as branch:
        sales = SalesStore(SalesFiles(branch.path, folder / "sales.duckdb"), DayRule(), tuning=Tuning(threads=1))
        await sales.start()
        printed: list[tuple[bytes, str]] = []

        async def print_closing(closing: bytes, register_id: str) -> None:
            printed.append((closing, register_id))

        known = ClosingBranch(lambda: settings, lambda: list(registers), lambda _: numbers, parked or NothingParked())
        parts = (branch.writer, branch.journal, branch.reader.connection, sales, branch.clock, known)
        desk = ClosingDesk(*parts, print_closing=print_closing)
        try:
            yield Shop(branch, sales, desk, CashDesk(*parts), printed)
        finally:
            await sales.close()


def closed(steps: list[Step]) -> list[Closed]:
    return [step for step in steps if isinstance(step, Closed)]


def skipped(steps: list[Step]) -> list[tuple[str, str]]:
    return [(step.register_id, step.reason) for step in steps if isinstance(step, Skipped)]


def branch_sum(steps: list[Step]) -> BranchClosed:
    (last,) = [step for step in steps if isinstance(step, BranchClosed)]
    assert last is steps[-1]
    return last
