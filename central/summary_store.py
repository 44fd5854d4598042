"""Where summaries are kept: the newest revision of each period, and one open period per register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from branchgate.figures import Summary, SummaryColumns, encode_details, encode_figures
from central.store.engine import upsert
from central.store.schema import summaries

OPEN = 0
"""The z_number of a period that is still open."""


def store_summaries(
    connection: Connection, branch_id: str, journal_id: bytes, taken: Iterable[Summary], now: int
) -> None:
    """Stores summaries; one that a later pull has overtaken changes nothing.

    The revision is the journal sequence that the figures cover. Revisions of another journal do not compare: what comes now is newer.
    """
    for summary in taken:
        known = connection.execute(
            select(summaries).where(summaries.c.branch_id == branch_id, summaries.c.register_id == summary.register_id)
        ).all()
        if summary.through_journal_sequence < _reached(summary, [row for row in known if row.journal_id == journal_id]):
            continue
        _end_open_period(connection, branch_id, journal_id, summary)
        upsert(connection, summaries, [_row(branch_id, journal_id, summary, now)])


def _reached(summary: Summary, known: Iterable[Row[Any]]) -> int:
    """How far what is stored goes: an open period lies behind everything of its register, a closed one is only itself."""
    same = (summary.business_day, summary.z_number)
    return max(
        (row.through_sequence for row in known if summary.z_number == OPEN or (row.business_day, row.z_number) == same),
        default=0,
    )


def _end_open_period(connection: Connection, branch_id: str, journal_id: bytes, summary: Summary) -> None:
    """Removes the open period that this summary continues or closes; it may have stood under another day."""
    connection.execute(
        summaries.delete().where(
            summaries.c.branch_id == branch_id,
            summaries.c.register_id == summary.register_id,
            summaries.c.z_number == OPEN,
            or_(
                summaries.c.through_sequence <= summary.through_journal_sequence,
                summaries.c.journal_id != journal_id,
            ),
        )
    )


def _row(branch_id: str, journal_id: bytes, summary: Summary, now: int) -> dict[str, Any]:
    return {
        "branch_id": branch_id,
        "register_id": summary.register_id,
        "business_day": summary.business_day,
        "z_number": summary.z_number,
        "journal_id": journal_id,
        "through_sequence": summary.through_journal_sequence,
        "figures": encode_figures(summary.figures),
        "columns": asdict(summary.columns),
        "stored_at": now,
        "articles": encode_details(SummaryColumns(), summary.articles),
    }
