"""What an archive answers: its closings as they were printed, and sums over them, by the sales store's own tables and statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from branchgate.events import EventKind
from branchgate.figures import Closing, Figures, SpanSum, decode_closing
from gateway.archive.reading import ArchivedJournal
from gateway.sales.closed import closed_sums
from gateway.sales.database import open_in_memory
from gateway.sales.days import DayRule
from gateway.sales.filler import Filler
from gateway.sales.opened import Tuning
from gateway.sales.span import Span

_BATCH = 200
"""Closings at once: they are large."""


class ArchivedSales:
    """Closings of an archive, decoded from its entries as a sales store decodes the journal's."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, journal: ArchivedJournal) -> None:
        self._connection = connection
        self._journal = journal

    def closings(self, register_id: str | None, limit: int, from_day: str = "", to_day: str = "") -> list[Closing]:
        """Newest first; of business days (ISO 8601) from one to another, empty without a bound."""
        rows = self._connection.execute(
            "SELECT sequence FROM closings WHERE (? OR register_id = ?) AND business_day >= ? AND (? OR business_day <= ?)"
            " ORDER BY sequence DESC LIMIT ?",
            [register_id is None, register_id or "", from_day, not to_day, to_day, limit],
        )
        bodies = [self._journal.body(sequence) for (sequence,) in rows.fetchall()]
        return [decode_closing(body) for body in bodies if body is not None]

    def closed(self, register_id: str | None, from_day: str, to_day: str, span: Span) -> tuple[SpanSum, list[SpanSum]]:
        """The sum over closed days, and its parts by month or day."""
        whole = closed_sums(self._connection, register_id, from_day, to_day, Span.WHOLE)
        parts = [] if span is Span.WHOLE else closed_sums(self._connection, register_id, from_day, to_day, span)
        return (whole[0] if whole else SpanSum("", 0, "", "", Figures())), parts


@contextmanager
def archived_sales(archive: Path) -> Iterator[ArchivedSales]:
    """Reads the closings of an archive. Raises Refused (ARCHIVE_...)."""
    journal = ArchivedJournal(archive, [EventKind.CLOSING])
    connection, _ = open_in_memory(journal, Tuning(threads=1))
    with TemporaryDirectory(prefix="branchgate-archive-") as folder:
        filler = Filler(connection, journal, Path(folder), DayRule())
        try:
            while filler.fill(_BATCH):
                pass
            yield ArchivedSales(connection, journal)
        finally:
            filler.close()
            connection.close()
            journal.close()
