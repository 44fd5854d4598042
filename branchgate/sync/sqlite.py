"""A ReplicaSink in SQLite: the shadow set and the cursor are kept here, the live set is the room's own.

Whoever uses it has a table `entries(type, key, value, ...)` of its own, in which rows without a value count as absent. A swap is the
difference between the shadow and that table, in one transaction, so that only what really changed is touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from branchgate.errors import TryAgain
from branchgate.sync.digest import Digest, value_hash
from branchgate.sync.server import SCHEMA_VERSION
from branchgate.sync.source import Entry, EntryId, Seal

SINK_TABLES = """
CREATE TABLE IF NOT EXISTS shadow (
    type INTEGER NOT NULL, key TEXT NOT NULL, value BLOB, rejected_hash BLOB, PRIMARY KEY (type, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_state (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
"""`shadow`: a full load while it is collected; a rejected entry has no value, only the hash of the one that came."""

_CHANGED = """
SELECT s.type, s.key, s.value FROM shadow s LEFT JOIN entries e ON e.type = s.type AND e.key = s.key
WHERE (s.type, s.key) > (?, ?) AND s.value IS NOT NULL AND e.value IS NOT s.value ORDER BY s.type, s.key LIMIT 5000
"""
_GONE = """
SELECT e.type, e.key FROM entries e LEFT JOIN shadow s ON s.type = e.type AND s.key = e.key
WHERE e.value IS NOT NULL AND s.type IS NULL
"""


class LiveSet(Protocol):
    """The set that is in use."""

    def apply(self, connection: sqlite3.Connection, puts: Iterable[Entry], deletes: Iterable[EntryId]) -> None:
        """Writes changes, inside a transaction that may still be rolled back."""

    def committed(self, put: Sequence[EntryId], deleted: Sequence[EntryId]) -> None:
        """What was applied in one transaction is on disk."""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A write transaction on a connection in autocommit mode: all or nothing.

    Raises TryAgain (CATALOGUE_NOT_WRITABLE) when the disk is full or fails.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except sqlite3.OperationalError as failure:
        _roll_back(connection)
        raise TryAgain("CATALOGUE_NOT_WRITABLE", rule=str(failure)) from failure
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    # A full disk may have ended the transaction already; rolling back twice would hide the reason.
    if connection.in_transaction:
        connection.execute("ROLLBACK")


class SqliteSink:
    """Fills a live set from sync. Used by one thread, the owner of the connection (autocommit mode).

    A store that an older version filled starts from nothing: that version may have rejected what this one can read.
    """

    def __init__(self, connection: sqlite3.Connection, live: LiveSet, *, schema_version: int = SCHEMA_VERSION) -> None:
        self._connection = connection
        self._live = live
        self._puts: list[Entry] = []
        self._deletes: list[EntryId] = []
        self._rejected: list[Entry] = []
        with transaction(connection):
            if self._get("schema_version") != str(schema_version).encode():
                self._forget("cursor")
                self._clear_shadow()
                self._set("schema_version", str(schema_version).encode())
        self.in_snapshot = bool(self._get("shadow_begun"))

    def cursor(self) -> bytes:
        """Where the store stands, empty if nowhere."""
        return self._get("shadow_cursor" if self.in_snapshot else "cursor")

    def begin_snapshot(self) -> None:
        """Empties the shadow; what comes next goes there."""
        with transaction(self._connection):
            self._clear_shadow()
            self._set("shadow_begun", b"1")
        self.in_snapshot = True

    def put(self, entry_type: int, key: str, value: bytes) -> None:
        """Collects a new or changed entry."""
        self._puts.append(Entry(entry_type, key, value))

    def delete(self, entry_type: int, key: str) -> None:
        """Collects an entry that is gone."""
        self._deletes.append(EntryId(entry_type, key))

    def reject(self, entry_type: int, key: str, value: bytes) -> None:
        """Collects an entry that cannot be used."""
        self._rejected.append(Entry(entry_type, key, value))

    def commit(self, cursor: bytes) -> None:
        """Commits what was collected, with the cursor."""
        puts, deletes, rejected = self._puts, self._deletes, self._rejected
        self._puts, self._deletes, self._rejected = [], [], []
        with transaction(self._connection):
            if self.in_snapshot:
                self._apply_to_shadow(puts, deletes, rejected)
                self._set("shadow_cursor", cursor)
            else:
                self._live.apply(self._connection, puts, deletes)
                self._set("cursor", cursor)
        if not self.in_snapshot:
            self._live.committed([entry.id for entry in puts], deletes)

    def seal(self) -> Seal:
        """The seal of the shadow, from the values as stored."""
        digest = Digest()
        for entry_type, key, value, rejected_hash in self._connection.execute(
            "SELECT type, key, value, rejected_hash FROM shadow ORDER BY type, key"
        ):
            digest.add(entry_type, key, rejected_hash or value_hash(value))
        return digest.seal()

    def swap(self, cursor: bytes) -> None:
        """Makes the live set equal to the shadow; rejected entries keep their last good value."""
        put: list[EntryId] = []
        with transaction(self._connection):
            gone = [EntryId(*row) for row in self._connection.execute(_GONE)]
            self._live.apply(self._connection, (), gone)
            after: EntryId | None = EntryId(-1, "")
            while after is not None:
                changed = [Entry(*row) for row in self._connection.execute(_CHANGED, after)]
                self._live.apply(self._connection, changed, ())
                put += [entry.id for entry in changed]
                after = changed[-1].id if changed else None
            self._clear_shadow()
            self._set("cursor", cursor)
        self.in_snapshot = False
        self._live.committed(put, gone)

    def abandon(self) -> None:
        """Forgets cursor and shadow; the live set stays."""
        self._puts, self._deletes, self._rejected = [], [], []
        with transaction(self._connection):
            self._clear_shadow()
            self._forget("cursor")
        self.in_snapshot = False

    def _apply_to_shadow(self, puts: list[Entry], deletes: list[EntryId], rejected: list[Entry]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO shadow (type, key, value) VALUES (?, ?, ?)", puts)
        self._connection.executemany(
            "INSERT OR REPLACE INTO shadow (type, key, rejected_hash) VALUES (?, ?, ?)",
            [(entry.entry_type, entry.key, value_hash(entry.value)) for entry in rejected],
        )
        self._connection.executemany("DELETE FROM shadow WHERE type = ? AND key = ?", deletes)

    def _clear_shadow(self) -> None:
        self._connection.execute("DELETE FROM shadow")
        self._forget("shadow_begun")
        self._forget("shadow_cursor")

    def _get(self, name: str) -> bytes:
        row = self._connection.execute("SELECT value FROM sync_state WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else b""

    def _set(self, name: str, value: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO sync_state (name, value) VALUES (?, ?)", (name, value))

    def _forget(self, name: str) -> None:
        self._connection.execute("DELETE FROM sync_state WHERE name = ?", (name,))
