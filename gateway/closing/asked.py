"""What closing and counting ask of the sales store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from branchgate.figures import ArticleFigure, SummaryColumns
from gateway.sales.replies import DrawersReply, FiguresReply, OpenPeriodsReply, RecordedClosing

TRIES = 5
"""How often a register that goes on selling is looked at anew before it is left to the next order."""


class Sales(Protocol):
    """Every question raises TryAgain (SALES_STORE_BUSY) when there is no answer yet."""

    async def figures(self, register_id: str | None, through: int) -> FiguresReply: ...

    async def open_periods(self, register_id: str | None, through: int) -> OpenPeriodsReply: ...

    async def figures_of(self, periods: Sequence[tuple[str, int]], through: int) -> FiguresReply: ...

    async def details(
        self, register_id: str, z_number: int, through: int
    ) -> tuple[SummaryColumns, tuple[ArticleFigure, ...]]: ...

    async def drawers(self, register_id: str | None, through: int) -> DrawersReply: ...

    async def closings(
        self, register_id: str | None, limit: int, through: int, *, from_day: str = "", to_day: str = ""
    ) -> tuple[RecordedClosing, ...]: ...
