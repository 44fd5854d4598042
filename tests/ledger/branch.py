"""A whole branch in this process: recorder, parked receipts, sales store, both desks, on real files; it can be stopped and torn off."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from branchgate.catalogue import BranchSettings
from branchgate.numbers import NumberRange
from gateway.closing.branch import Branch as ClosingBranch
from gateway.closing.cash import CashDesk
from gateway.closing.desk import ClosingDesk
from gateway.parked import ParkedAtClosing, ParkedDesk
from gateway.recording import EventToRecord, Recorded
from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.sales.opened import Tuning
from tests.gateway.branch import Branch, BranchRules, open_branch

SETTINGS = BranchSettings(
    "mitte",
    "Filiale Mitte",
    company="Käse & Co. KG",
    street="Markt 1",
    postcode="10115",
    town="Berlin",
    tax_id="DE123456789",
)


class Numbers(BranchRules):
    """The number ranges of a branch; every article is known."""

    def __init__(self, ranges: Mapping[str, NumberRange]) -> None:
        super().__init__()
        self.ranges = ranges

    def number_range(self, register_id: str) -> NumberRange | None:
        return self.ranges.get(register_id)

    def register_of(self, receipt_number: str) -> str | None:
        return next((name for name, one in self.ranges.items() if one.running(receipt_number) is not None), None)


@dataclass
class Desks:
    """What runs between two starts."""

    branch: Branch
    sales: SalesStore
    closing: ClosingDesk
    cash: CashDesk
    parked: ParkedDesk


@asynccontextmanager
async def open_desks(
    folder: Path, numbers: Mapping[str, NumberRange], now_ms: int, settings: BranchSettings
) -> AsyncIterator[Desks]:
    """Everything on the files in the folder; they are made when there are none."""
    async with open_branch(folder, rules=Numbers(numbers)) as branch:
        branch.clock.wall_ms = now_ms
        rule = DayRule(settings.time_zone, settings.day_starts_at_minutes)
        files = SalesFiles(branch.path, folder / "sales.duckdb")
        sales = SalesStore(files, rule, tuning=Tuning(threads=1))
        await sales.start()
        at_closing = ParkedAtClosing(branch.journal, branch.clock)
        known = ClosingBranch(lambda: settings, lambda: list(numbers), numbers.get, at_closing)
        parts = (branch.writer, branch.journal, branch.reader.connection, sales, branch.clock, known)
        parked = ParkedDesk(branch.writer, branch.journal, branch.reader.connection, branch.clock)
        try:
            yield Desks(branch, sales, ClosingDesk(*parts), CashDesk(*parts), parked)
        finally:
            await sales.close()


class LedgerBranch:
    """The branch over several lives. `stop` ends it in order; `tear_off` goes on with the files as they were in the middle of it."""

    def __init__(self, folder: Path, numbers: Mapping[str, NumberRange], now_ms: int, day_starts_at: int = 0) -> None:
        self._root, self._lives, self._numbers = folder, 0, numbers
        self._settings = replace(SETTINGS, day_starts_at_minutes=day_starts_at)
        self._now_ms = now_ms
        self._stack = AsyncExitStack()
        self.folder = folder / "0"
        self.folder.mkdir()

    desks: Desks

    async def start(self) -> None:
        """Opens the stores."""
        self._stack = AsyncExitStack()
        opened = open_desks(self.folder, self._numbers, self._now_ms, self._settings)
        self.desks = await self._stack.enter_async_context(opened)

    async def stop(self) -> None:
        """Closes them."""
        self._now_ms = self.now_ms
        await self._stack.aclose()

    async def tear_off(self, *, without_sales: bool = False) -> None:
        """What a killed gateway leaves: the files as they are while it works; the one that made them never writes to them again."""
        self._lives += 1
        torn = self._root / str(self._lives)
        shutil.copytree(self.folder, torn)
        await self.stop()
        self.folder = torn
        if without_sales:
            torn.joinpath("sales.duckdb").unlink()
            torn.joinpath("sales.duckdb.wal").unlink(missing_ok=True)
        await self.start()

    @property
    def now_ms(self) -> int:
        """The gateway's clock."""
        return self.desks.branch.clock.wall_ms

    def wait(self, milliseconds: int) -> None:
        """Time passes."""
        self.desks.branch.clock.advance(milliseconds)

    async def record(self, register_id: str, events: list[EventToRecord]) -> Recorded:
        """Hands events in as a register does."""
        return await self.desks.branch.recorder.record(register_id, events)
