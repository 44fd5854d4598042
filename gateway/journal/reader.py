"""Reading the journal while it grows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from branchgate.events import EventKind
from gateway.journal.entries import Entry
from gateway.store.connection import connect_read_only
from gateway.store.slices import marks, slices

READ_BYTES = 8 * 1024 * 1024
"""Of bodies in one read. Events of a shop are far smaller; a few hundred of the largest that are recorded would not fit into memory."""

_LAST = (1 << 63) - 1
_KINDS = frozenset(EventKind)
_COLUMNS = (
    "sequence, CAST(event_id AS BLOB), register_id, register_sequence, kind, recorded_at,"
    " CAST(body AS BLOB), CAST(chain_hash AS BLOB)"
)
"""Bytes also where a hand has stored them as text: whether they are the right ones is for the chain to say, and reading must not fail."""


class JournalReader:
    """Reads with a connection of its own, which never makes the writer wait. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.connection = connect_read_only(path)

    def head(self) -> int:
        """Sequence of the newest committed entry; 0 while there is none."""
        row = self.connection.execute("SELECT max(sequence) FROM journal").fetchone()
        return row[0] or 0

    def read(self, after_sequence: int, limit: int, *, through: int | None = None) -> list[Entry]:
        """At most `limit` entries behind `after_sequence` and not behind `through`, in order. One short read: it ends before this returns.

        Fewer, but at least one, when their bodies come to READ_BYTES: ask again behind the last.
        """
        rows = self.connection.execute(
            f"SELECT {_COLUMNS} FROM journal WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
            (after_sequence, _LAST if through is None else through, limit),
        )
        with closing(rows):
            return _entries(rows)

    def by_event_id(self, event_id: bytes) -> Entry | None:
        """The entry of an event, or None."""
        return entry_of(self.connection, event_id)

    def last_closing(self, register_id: str) -> Entry | None:
        """The newest CLOSING of a register, or None."""
        row = self.connection.execute(
            f"SELECT {_COLUMNS} FROM journal WHERE kind = 5 AND register_id = ? ORDER BY sequence DESC LIMIT 1",
            (register_id,),
        ).fetchone()
        return _entry(row) if row else None

    def close(self) -> None:
        """Closes the connection."""
        self.connection.close()


def entry_of(connection: sqlite3.Connection, event_id: bytes) -> Entry | None:
    """The entry of an event as `connection` sees it, or None."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM journal WHERE event_id = ?", (event_id,)).fetchone()
    return _entry(row) if row else None


def present_in(connection: sqlite3.Connection, event_ids: Sequence[bytes]) -> set[bytes]:
    """Which of these events have an entry as `connection` sees it."""
    present: set[bytes] = set()
    for some in slices(event_ids):
        rows = connection.execute(f"SELECT event_id FROM journal WHERE event_id IN ({marks(len(some))})", some)
        present.update(row[0] for row in rows)
    return present


def entry_at(connection: sqlite3.Connection, sequence: int) -> Entry | None:
    """The entry at a place in the journal as `connection` sees it, or None."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    return _entry(row) if row else None


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry(row[0], row[1], row[2], row[3], _kind(row[4]), row[5], row[6], row[7])


def _kind(value: Any) -> EventKind:
    """The kind; a damaged entry's may be anything, and whoever reads past it must not fail for that."""
    return EventKind(value) if value in _KINDS else cast(EventKind, value)


def _entries(rows: Iterable[tuple[Any, ...]]) -> list[Entry]:
    entries = []
    size = 0
    for row in rows:
        entry = _entry(row)
        entries.append(entry)
        size += len(entry.body)
        if size >= READ_BYTES:
            break
    return entries
