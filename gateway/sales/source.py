"""Short read-only reads of the journal, by a connection of the sales store's own."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from branchgate.events import EventKind
from gateway.store.connection import connect_read_only

_COLUMNS = "sequence, event_id, register_id, register_sequence, kind, recorded_at, body, chain_hash"


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
        """The chain hash of one entry, None when there is no such entry."""
        query = "SELECT chain_hash FROM journal WHERE sequence = ?"
        with closing(self._connection.execute(query, (sequence,))) as rows:
            found = rows.fetchone()
        return found[0] if found else None

    def read(self, after: int, limit: int) -> list[JournalRow]:
        """At most `limit` entries behind sequence `after`, in order."""
        query = f"SELECT {_COLUMNS} FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?"
        with closing(self._connection.execute(query, (after, limit))) as rows:
            return list(map(JournalRow._make, rows))

    def notes(self, through: int) -> list[JournalRow]:
        """The findings about the branch itself up to sequence `through`, in order: there are few, and an index of their own finds them."""
        query = (
            f"SELECT {_COLUMNS} FROM journal INDEXED BY journal_notes"
            f" WHERE kind = {int(EventKind.FINDING)} AND register_id = '' AND sequence <= ? ORDER BY sequence"
        )
        with closing(self._connection.execute(query, (through,))) as rows:
            return list(map(JournalRow._make, rows))

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()
