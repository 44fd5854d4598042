"""The replica as the registers' source: what `branchgate.sync` asks for, from catalogue.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from branchgate.errors import TryAgain
from branchgate.sync.digest import seal_of
from branchgate.sync.source import Change, ChangesPage, Entry, EntryId, FeedState, SnapshotPage

_BEFORE_ALL = EntryId(-1, "")


class LocalFeed:
    """A FeedSource over a reading connection, for the one thread that owns it. All registers of a branch see the same.

    Every question raises TryAgain (CATALOGUE_NOT_HERE_YET) before central's first set is complete: a new gateway, or one whose file was
    lost, knows nothing, which must not reach registers as "there are no articles any more".
    """

    filter_hash = b""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._counted = (-1, 0)  # head, entries

    def state(self) -> FeedState:
        """Where the replica stands."""
        with self._view():
            return self._state()

    def estimated_entries(self) -> int:
        """Entries with their tombstones, counted once per head: every register that connects asks."""
        with self._view():
            head = self._state().head
            if self._counted[0] != head:
                (entries,) = self._connection.execute("SELECT count(position) FROM entries").fetchone()
                self._counted = (head, entries)
        return self._counted[1]

    def snapshot_page(self, after: EntryId | None, limit: int) -> SnapshotPage:
        """Entries behind `after`."""
        with self._view():
            rows = self._connection.execute(
                "SELECT type, key, value FROM entries WHERE (type, key) > (?, ?) AND value IS NOT NULL"
                " ORDER BY type, key LIMIT ?",
                (*(after or _BEFORE_ALL), limit + 1),
            ).fetchall()
            return SnapshotPage(self._state(), [Entry(*row) for row in rows[:limit]], last=len(rows) <= limit)

    def changes(self, after_position: int, limit: int) -> ChangesPage:
        """Latest changes behind a position."""
        with self._view():
            return self._changes(after_position, limit)

    def closing(self, after_position: int, limit: int) -> ChangesPage:
        """The same, with the seal of everything at the head."""
        with self._view():
            page = self._changes(after_position, limit)
            if not page.at_head:
                return page
            everything = self._connection.execute(
                "SELECT type, key, value FROM entries WHERE value IS NOT NULL ORDER BY type, key"
            )
            return ChangesPage(page.state, page.changes, page.position, at_head=True, seal=seal_of(everything))

    def _changes(self, after_position: int, limit: int) -> ChangesPage:
        rows = self._connection.execute(
            "SELECT position, type, key, value FROM entries WHERE position > ? ORDER BY position LIMIT ?",
            (after_position, limit + 1),
        ).fetchall()
        state = self._state()
        changes = [Change(*row) for row in rows[:limit]]
        at_head = len(rows) <= limit
        return ChangesPage(state, changes, state.head if at_head else changes[-1].position, at_head)

    def _state(self) -> FeedState:
        epoch, head, oldest = self._connection.execute("SELECT epoch, head, oldest_position FROM feed").fetchone()
        if head == 0:
            raise TryAgain("CATALOGUE_NOT_HERE_YET", field="catalogue", rule="filled by central once")
        return FeedState(epoch, head, oldest)

    @contextmanager
    def _view(self) -> Iterator[None]:
        """One consistent view for several statements."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")
