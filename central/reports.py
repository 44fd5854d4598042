"""Reports over branches: the stored summaries side by side and their sum, by the one definition of a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, select

from branchgate.errors import Refused
from branchgate.figures import ArticleFigure, Figures, add, best_articles, decode_details, decode_figures
from central.branch_settings import settings_of
from central.store import Database
from central.store.schema import summaries
from central.summaries import checked_day


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One register's period; `z_number` is 0 while it is open."""

    branch_id: str
    register_id: str
    business_day: str
    z_number: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """Rows by day, branch, register and closing, and the sum of them all."""

    rows: tuple[ReportRow, ...]
    total: Figures


def _articles(connection: Connection, wanted: Select[Any]) -> Iterator[tuple[ArticleFigure, ...]]:
    """What each summary sold, one after the other; the best of it where it did not bring everything."""
    for row in connection.execute(wanted.with_only_columns(summaries.c.figures, summaries.c.articles)):
        _, articles = decode_details(row.articles or b"")
        yield articles or decode_figures(row.figures).top_articles


@dataclass(frozen=True, slots=True)
class Reports:
    """Sums over what has been pulled."""

    database: Database

    async def report(self, branch_id: str, from_day: str, to_day: str) -> Report:
        """The report of one branch (empty: all) over days, both included (ISO 8601; empty: without limit).

        Raises Refused: NOT_FOUND for the branch, INVALID_VALUE for days that are none or in the wrong order.
        """
        first, last = checked_day(from_day, "from_day"), checked_day(to_day, "to_day")
        if first and last and first > last:
            raise Refused("INVALID_VALUE", field="from_day", value=first, rule=f"not after {last}")

        def work(connection: Connection) -> Report:
            wanted = select(summaries).order_by(
                summaries.c.business_day, summaries.c.branch_id, summaries.c.register_id, summaries.c.z_number
            )
            if branch_id:
                settings_of(connection, branch_id)
                wanted = wanted.where(summaries.c.branch_id == branch_id)
            if first:
                wanted = wanted.where(summaries.c.business_day >= first)
            if last:
                wanted = wanted.where(summaries.c.business_day <= last)
            rows = tuple(
                ReportRow(row.branch_id, row.register_id, row.business_day, row.z_number, decode_figures(row.figures))
                for row in connection.execute(wanted)
            )
            total = add([row.figures for row in rows])
            return Report(rows, replace(total, top_articles=best_articles(_articles(connection, wanted))))

        return await self.database.read(work)
