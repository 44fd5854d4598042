"""What one transaction adds to the journal: numbered at once, inserted together, found by those who look for it meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from gateway.journal.entries import Entry, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_of, present_in


class Additions:
    """Entries that wait for `write`. `event_ids` are those that will be asked for, all looked up at once."""

    def __init__(self, connection: sqlite3.Connection, journal: Journal, event_ids: Sequence[bytes]) -> None:
        self._connection = connection
        self._journal = journal
        self._known = present_in(connection, event_ids)
        self._head = journal.head_in(connection)
        self._waiting: list[NewEntry] = []

    def add(self, entry: NewEntry) -> int:
        """Appends an entry; returns the sequence it will have."""
        self._waiting.append(entry)
        self._known.add(entry.event_id)
        return self._head + len(self._waiting)

    def find(self, event_id: bytes) -> Entry | None:
        """The entry of one of the events that were asked for or added, or None."""
        if event_id not in self._known:
            return None
        return self.look_up(event_id)

    def look_up(self, event_id: bytes) -> Entry | None:
        """The entry of any event, or None."""
        self.write()
        return entry_of(self._connection, event_id)

    def write(self) -> None:
        """Inserts what waits: before the transaction ends, and before anybody else uses the connection in it."""
        if self._waiting:
            self._journal.write_in(self._connection, self._waiting)
            self._waiting = []
        self._head = self._journal.head_in(self._connection)
