"""Writing the replica: every real change gets the next position, a delete leaves a tombstone for those who come later."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import count

from branchgate.clock import Clock
from branchgate.sync.source import Entry, EntryId
from branchgate.sync.sqlite import transaction

TOMBSTONE_DAYS = 60
"""A register that was away for longer loads everything anew."""

_DAY_MS = 86_400_000

_PUT = """
INSERT INTO entries (type, key, value, position) VALUES (?, ?, ?, ?)
ON CONFLICT (type, key) DO UPDATE SET value = excluded.value, position = excluded.position, deleted_at_ms = NULL
WHERE entries.value IS NOT excluded.value
"""
_DELETE = """
UPDATE entries SET value = NULL, position = ?, deleted_at_ms = ? WHERE type = ? AND key = ? AND value IS NOT NULL
"""


class PositionedEntries:
    """The live set in catalogue.db. `told` hears, in the writing thread, which entries were put and deleted by each commit."""

    def __init__(self, clock: Clock, told: Callable[[Sequence[EntryId], Sequence[EntryId]], None]) -> None:
        self._clock = clock
        self._told = told

    def apply(self, connection: sqlite3.Connection, puts: Iterable[Entry], deletes: Iterable[EntryId]) -> None:
        """Writes changes; an entry that is put as it already is keeps its position."""
        (head,) = connection.execute("SELECT head FROM feed").fetchone()
        positions = count(head + 1)
        now_ms = self._clock.now_ms()
        connection.executemany(_PUT, ((*entry, next(positions)) for entry in puts))
        connection.executemany(_DELETE, ((next(positions), now_ms, *entry) for entry in deletes))
        connection.execute("UPDATE feed SET head = ?", (next(positions) - 1,))

    def committed(self, put: Sequence[EntryId], deleted: Sequence[EntryId]) -> None:
        """Passes on what was committed."""
        self._told(put, deleted)


def clear_tombstones(connection: sqlite3.Connection, now_ms: int) -> int:
    """Removes tombstones older than TOMBSTONE_DAYS; returns how many. Cursors before them are no longer served."""
    too_old = (now_ms - TOMBSTONE_DAYS * _DAY_MS,)
    with transaction(connection):
        (last,) = connection.execute("SELECT max(position) FROM entries WHERE deleted_at_ms < ?", too_old).fetchone()
        if last is None:
            return 0
        connection.execute("UPDATE feed SET oldest_position = max(oldest_position, ?)", (last,))
        return connection.execute("DELETE FROM entries WHERE deleted_at_ms < ?", too_old).rowcount
