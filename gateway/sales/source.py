"""Short read-only reads of the journal, by a connection of the sales store's own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from branchgate.events import EventKind
from gateway.store.connection import connect_read_only

_COLUMNS = (
    "sequence, CAST(event_id AS BLOB), register_id, register_sequence, kind, recorded_at,"
    " CAST(body AS BLOB), CAST(chain_hash AS BLOB)"
)
"""Bytes also where a hand has stored them as text: SQLite would not give out a text that is none."""

UNREADABLE = b"\xff"
"""In place of a body that the disk does not give out: no message can be read from it."""

_HEAD_COLUMNS = "sequence, event_id, register_id, register_sequence, kind, recorded_at, x'ff', x''"
"""What stands before a long body, on another page of the file than its end."""

_UNREADABLE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_PRIMARY_CODE = 0xFF


class JournalRow(NamedTuple):
    """One entry of the journal as the sales store needs it."""

    sequence: int
    event_id: bytes
    register_id: str
    register_sequence: int
    kind: int
    recorded_at_ms: int
    body: bytes
    chain_hash: bytes


@dataclass(frozen=True, slots=True)
class JournalEnd:
    """Where the journal stands: its id, its last sequence, 0 when it is empty."""

    journal_id: bytes
    head: int


class JournalSource:
    """Reads entries in order. Each read is a transaction of its own, so that the writer's log can be checkpointed in between."""

    def __init__(self, path: Path) -> None:
        self._connection = connect_read_only(path)

    def end(self) -> JournalEnd:
        """The journal's id and head."""
        with closing(self._connection.execute("SELECT value FROM meta WHERE key = 'journal_id'")) as rows:
            (journal_id,) = rows.fetchone()
        with closing(self._connection.execute("SELECT coalesce(max(sequence), 0) FROM journal")) as rows:
            (head,) = rows.fetchone()
        return JournalEnd(journal_id, head)

    def chain_hash(self, sequence: int) -> bytes | None:
        """The chain hash of one entry, None when there is no such entry, or it cannot be read."""
        row = self._at(sequence)
        return row.chain_hash if row is not None and row.chain_hash else None

    def body(self, sequence: int) -> bytes | None:
        """The body of one entry, None when there is no such entry, or it cannot be read."""
        row = self._at(sequence)
        return None if row is None or row.body == UNREADABLE else row.body

    def read(self, after: int, limit: int) -> list[JournalRow]:
        """At most `limit` entries behind sequence `after`, in order; a few more where the disk does not give all of them out.

        Of an entry that cannot be read there is what can: with an empty chain hash, and UNREADABLE as its body. It is never the last, so
        that what is filled ends at an entry that proves it.
        """
        try:
            return self._read(after, limit)
        except sqlite3.DatabaseError as failure:
            _require_damage(failure)
            return self._around_damage(after, limit)

    def _read(self, after: int, limit: int) -> list[JournalRow]:
        query = f"SELECT {_COLUMNS} FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?"
        with closing(self._connection.execute(query, (after, limit))) as rows:
            return list(map(JournalRow._make, rows))

    def notes(self, through: int) -> list[JournalRow]:
        """The findings about the branch itself up to sequence `through`, in order: there are few, and an index of their own finds them."""
        query = (
            "SELECT sequence FROM journal INDEXED BY journal_notes"
            f" WHERE kind = {int(EventKind.FINDING)} AND register_id = '' AND sequence <= ? ORDER BY sequence"
        )
        with closing(self._connection.execute(query, (through,))) as rows:
            sequences = [sequence for (sequence,) in rows]
        return [row for row in map(self._at, sequences) if row is not None]

    def _around_damage(self, after: int, limit: int) -> list[JournalRow]:
        """One by one, because a read over several entries ends at the first that is damaged."""
        rows: list[JournalRow] = []
        for sequence in range(after + 1, self.end().head + 1):
            row = self._at(sequence)
            if row is not None:
                rows.append(row)
            if len(rows) >= limit and rows[-1].chain_hash:
                break
        while rows and not rows[-1].chain_hash:
            rows.pop()
        return rows

    def _at(self, sequence: int) -> JournalRow | None:
        """One entry, as much of it as can be read; None when there is none."""
        for columns in (_COLUMNS, _HEAD_COLUMNS):
            try:
                with closing(
                    self._connection.execute(f"SELECT {columns} FROM journal WHERE sequence = ?", (sequence,))
                ) as rows:
                    found = rows.fetchone()
                return JournalRow._make(found) if found else None
            except sqlite3.DatabaseError as failure:
                _require_damage(failure)
        return JournalRow(sequence, b"", "", 0, 0, 0, UNREADABLE, b"")

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()


def _require_damage(failure: sqlite3.DatabaseError) -> None:
    """Raises again what tells nothing about the content, such as a locked file."""
    if getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE not in _UNREADABLE:
        raise failure
