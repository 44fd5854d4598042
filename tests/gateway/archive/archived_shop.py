"""A branch that has sold and closed for some weeks, and its archive."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from branchgate.figures import Closing
from gateway.archive.order import Archived, ArchiveOrder, Progress, Task
from gateway.archive.process import archive
from gateway.sales.replies import ClosedReply
from gateway.sales.span import Span
from tests.branchgate.receipt_strategies import NOON_MS
from tests.gateway.closing.shop import Shop, closed, open_shop
from tests.gateway.sales.samples import sample_receipt

DAY_MS = 24 * 3600 * 1000
DECEMBER_MS = 1_796_200_000_000
"""2 December 2026."""


DAYS = 20
"""16 days of October and 4 of November."""


@dataclass(frozen=True)
class Weeks:
    """A branch's folder after some weeks, and what its sales store said of them."""

    folder: Path
    year: ClosedReply
    past: list[Closing]
    sent: dict[str, int]
    minted: int

    def copied(self, folder: Path) -> Path:
        """The folder, to do with as one likes."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return folder

    @asynccontextmanager
    async def going_on(self, folder: Path) -> AsyncIterator[Shop]:
        """The branch on a copy of its folder."""
        async with open_shop(self.copied(folder)) as shop:
            shop.resume(self.sent, self.minted)
            yield shop


async def made_weeks(folder: Path) -> Weeks:
    """Days of two registers from 16 October 2026 on, each closed in the evening."""
    async with open_shop(folder) as shop:
        await sell_days(shop, 0, DAYS)
        head = shop.branch.journal.head
        year = await shop.sales.closed(None, head, span=Span.MONTH)
        past = [step.closing for step in await shop.past(limit=1_000)]
        return Weeks(folder, year, past, dict(shop._sent), shop._minted)


async def sell_days(shop: Shop, first: int, count: int) -> None:
    """Days that are sold and closed; the second register sells every other day."""
    for day in range(first, first + count):
        at_ms = NOON_MS + day * DAY_MS
        await shop.sell(
            "kasse-1", sample_receipt(2 * day + 1, at_ms, 100 + day), sample_receipt(2 * day + 2, at_ms, 50)
        )
        if day % 2:
            await shop.sell("kasse-2", sample_receipt(day + 1, at_ms, 300 + day))
        assert closed(await shop.close(day + 1))


def task_of(folder: Path, now_ms: int = DECEMBER_MS, **order: str) -> Task:
    """What the child is told."""
    return Task(ArchiveOrder(**order), str(folder), str(folder / "archive"), "mitte", now_ms)


def archived(
    folder: Path, now_ms: int = DECEMBER_MS, told: list[Progress] | None = None, **order: str
) -> list[Archived]:
    """What the child does, in this process."""
    heard = told if told is not None else []
    return archive(task_of(folder, now_ms, **order), heard.append, lambda _: None)
