"""The journal, or an archive of it, as an export reads it: read-only, in short reads, so that the writer's log can be copied home in between."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from branchgate.events import EventKind
from gateway.archive.reading import ArchiveConnection
from gateway.store.connection import FILE_NAME, connect_read_only

WINDOW: Final = 2_000
"""Entries that one read looks at."""

READ_BYTES: Final = 8 * 1024 * 1024
"""Of bodies in one read; a few of the largest that are recorded would not fit into memory beside each other."""


class Row(NamedTuple):
    """One entry."""

    sequence: int
    event_id: bytes
    register_id: str
    recorded_at_ms: int
    body: bytes


_COLUMNS = "sequence, event_id, register_id, recorded_at, body"


class ExportSource:
    """Reads what an export needs. For one thread."""

    def __init__(self, connection: sqlite3.Connection | ArchiveConnection) -> None:
        self._connection = connection

    def head(self) -> int:
        """Sequence of the newest entry; 0 without any."""
        return int(self._one("SELECT coalesce(max(sequence), 0) FROM journal")[0])

    def recorded_at_ms(self, sequence: int) -> int:
        """When an entry was journaled."""
        return int(self._one("SELECT recorded_at FROM journal WHERE sequence = ?", sequence)[0])

    def entry(self, sequence: int) -> bytes:
        """The body of an entry that is there."""
        body: bytes = self._one("SELECT body FROM journal WHERE sequence = ?", sequence)[0]
        return body

    def registers(self) -> list[str]:
        """Every register that has sent something or been paired."""
        query = (
            "SELECT register_id FROM register_state"
            " UNION SELECT register_id FROM journal WHERE kind = 5 ORDER BY register_id"
        )
        return [row[0] for row in self._all(query)]

    def open_since(self, register_id: str) -> int:
        """Sequence of the first receipt behind the register's last closing; 0 if there is none."""
        rows = self._all("SELECT period_first_sequence FROM register_state WHERE register_id = ?", register_id)
        return int(rows[0][0]) if rows else 0

    def closings(self, register_id: str) -> Iterator[Row]:
        """A register's closings in order, one short read each: their bodies are large."""
        after = 0
        query = f"SELECT {_COLUMNS} FROM journal WHERE kind = 5 AND register_id = ? AND sequence > ? ORDER BY sequence LIMIT 1"
        while rows := self._all(query, register_id, after):
            row = Row(*rows[0])
            yield row
            after = row.sequence

    def weigh(self, after: int, through: int) -> Iterator[tuple[int, int]]:
        """How many receipts there are behind `after` up to `through`, and how many bytes, piece by piece."""
        query = (
            "SELECT count(*), coalesce(sum(length(body)), 0) FROM journal"
            " WHERE sequence > ? AND sequence <= ? AND kind = 1"
        )
        for first in range(after, through, WINDOW):
            yield self._one(query, first, min(through, first + WINDOW))

    def receipts(self, after: int, through: int) -> Iterator[list[Row]]:
        """The receipts of all registers behind `after` up to `through`, in order, in batches that fit into memory."""
        query = f"SELECT {_COLUMNS} FROM journal WHERE sequence > ? AND sequence <= ? AND kind = 1 ORDER BY sequence"
        while after < through:
            end = min(through, after + WINDOW)
            batch = self._some(query, after, end)
            if batch.cut:
                end = batch.rows[-1].sequence
            if batch.rows:
                yield batch.rows
            after = end

    def backwards(self, kind: EventKind, before: int) -> Iterator[list[Row]]:
        """Entries of one kind from `before` to the journal's beginning, newest first."""
        query = (
            f"SELECT {_COLUMNS} FROM journal WHERE sequence > ? AND sequence <= ? AND kind = ? ORDER BY sequence DESC"
        )
        through = before
        while through > 0:
            first = max(0, through - WINDOW)
            batch = self._some(query, first, through, int(kind))
            if batch.cut:
                first = batch.rows[-1].sequence - 1
            if batch.rows:
                yield batch.rows
            through = first

    def place_of(self, event_id: bytes) -> tuple[int, str] | None:
        """Sequence and register of a receipt, by its event."""
        rows = self._all("SELECT sequence, register_id FROM journal WHERE event_id = ? AND kind = 1", event_id)
        return (rows[0][0], rows[0][1]) if rows else None

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()

    def _one(self, query: str, *values: Any) -> tuple[Any, ...]:
        return self._all(query, *values)[0]

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(self._connection.execute(query, values)) as rows:
            return rows.fetchall()

    def _some(self, query: str, *values: Any) -> _Batch:
        found: list[Row] = []
        size = 0
        with closing(self._connection.execute(query, values)) as rows:
            for row in map(Row._make, rows):
                found.append(row)
                size += len(row.body)
                if size >= READ_BYTES:
                    return _Batch(found, cut=True)
        return _Batch(found, cut=False)


def open_source(folder: Path, archive: str) -> ExportSource:
    """The journal of a data folder or, if one is named, of an archive. Raises Refused (ARCHIVE_...) and sqlite3.Error."""
    return ExportSource(ArchiveConnection(Path(archive)) if archive else connect_read_only(folder / FILE_NAME))


class _Batch(NamedTuple):
    rows: list[Row]
    cut: bool


def settings_of(path: Path) -> bytes | None:
    """What central last decided for the branch, as it was synced; None without a catalogue. Raises sqlite3.Error."""
    if not path.exists():
        return None
    with closing(connect_read_only(path)) as connection:
        rows: list[tuple[bytes | None]] = connection.execute(
            "SELECT value FROM entries WHERE type = 3 AND key = 'branch'"
        ).fetchall()
        return rows[0][0] if rows else None
