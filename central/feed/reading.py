"""One branch's feed, read from the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from heapq import merge
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, tuple_

from branchgate.catalogue import SETTINGS_KEY, EntryType
from branchgate.sync.digest import seal_of
from branchgate.sync.source import Change, ChangesPage, Entry, EntryId, FeedState, SnapshotPage
from central.feed.definition import filter_hash
from central.feed.writing import EPOCH_KEY, OLDEST_KEY, read_mark
from central.store import Database
from central.store.positions import last_position
from central.store.schema import branches, catalogue, members

_SETTINGS = EntryId(EntryType.BRANCH_SETTINGS, SETTINGS_KEY)
_SAME_ENTRY = and_(catalogue.c.type == members.c.type, catalogue.c.key == members.c.key)


class BranchFeed:
    """What a branch sees (a FeedSource). Its methods block and are called on threads; each reads one consistent state."""

    def __init__(self, database: Database, branch_id: str) -> None:
        self._database = database
        self._of_branch = members.c.branch_id == branch_id
        self._own_settings = branches.c.branch_id == branch_id
        self._filter_hash = filter_hash(branch_id)

    @property
    def filter_hash(self) -> bytes:
        return self._filter_hash

    def state(self) -> FeedState:
        return self._database.read_here(_state)

    def estimated_entries(self) -> int:
        counted = select(func.count()).select_from(members).where(self._of_branch, members.c.present)
        # The settings are one more.
        return 1 + self._database.read_here(lambda connection: connection.scalar(counted) or 0)

    def snapshot_page(self, after: EntryId | None, limit: int) -> SnapshotPage:
        def work(connection: Connection) -> SnapshotPage:
            rows = [_entry(row) for row in connection.execute(self._existing(after).limit(limit + 1))]
            behind = [entry for entry in self._settings(connection) if after is None or entry.id > after]
            found = list(merge(rows, behind, key=_id))
            return SnapshotPage(_state(connection), found[:limit], len(found) <= limit)

        return self._database.read_here(work)

    def changes(self, after_position: int, limit: int) -> ChangesPage:
        return self._database.read_here(lambda connection: self._changes(connection, after_position, limit))

    def closing(self, after_position: int, limit: int) -> ChangesPage:
        def work(connection: Connection) -> ChangesPage:
            page = self._changes(connection, after_position, limit)
            return replace(page, seal=seal_of(self._everything(connection))) if page.at_head else page

        return self._database.read_here(work)

    def _existing(self, after: EntryId | None) -> Select[Any]:
        found = (
            select(members.c.type, members.c.key, catalogue.c.value)
            .join(catalogue, _SAME_ENTRY)
            .where(self._of_branch, members.c.present)
            .order_by(members.c.type, members.c.key)
        )
        return found if after is None else found.where(tuple_(members.c.type, members.c.key) > tuple_(*after))

    def _settings(self, connection: Connection) -> list[Entry]:
        value = connection.scalar(select(branches.c.settings).where(self._own_settings))
        return [] if value is None else [Entry(*_SETTINGS, value)]

    def _everything(self, connection: Connection) -> Iterator[Entry]:
        rows = (_entry(row) for row in connection.execute(self._existing(None)))
        return merge(rows, self._settings(connection), key=_id)

    def _changes(self, connection: Connection, after_position: int, limit: int) -> ChangesPage:
        state = _state(connection)
        parts = (self._of_members(after_position), self._of_values(after_position))
        # Each change stands in exactly one part, by ascending position, so the first of all are among the first of each.
        lists = [[_change(row) for row in connection.execute(part.limit(limit + 1))] for part in parts]
        found = list(merge(*lists, self._of_settings(connection, after_position)))
        if len(found) > limit:
            return ChangesPage(state, found[:limit], found[limit - 1].position, at_head=False)
        return ChangesPage(state, found, state.head, at_head=True)

    def _of_members(self, after_position: int) -> Select[Any]:
        """Entries that left, and those that came after their value last changed."""
        return (
            select(members.c.position, members.c.type, members.c.key, members.c.present, catalogue.c.value)
            .outerjoin(catalogue, _SAME_ENTRY)
            .where(
                self._of_branch,
                members.c.position > after_position,
                or_(members.c.present.is_(False), catalogue.c.position < members.c.position),
            )
            .order_by(members.c.position)
        )

    def _of_values(self, after_position: int) -> Select[Any]:
        """Entries whose value changed after they came."""
        return (
            select(catalogue.c.position, members.c.type, members.c.key, members.c.present, catalogue.c.value)
            .join(members, _SAME_ENTRY)
            .where(
                self._of_branch,
                members.c.present,
                catalogue.c.position > after_position,
                catalogue.c.position > members.c.position,
            )
            .order_by(catalogue.c.position)
        )

    def _of_settings(self, connection: Connection, after_position: int) -> list[Change]:
        found = select(branches.c.position, branches.c.settings).where(
            self._own_settings, branches.c.position > after_position
        )
        return [Change(row.position, *_SETTINGS, row.settings) for row in connection.execute(found)]


def _state(connection: Connection) -> FeedState:
    epoch = bytes.fromhex(read_mark(connection, EPOCH_KEY) or "")
    return FeedState(epoch, last_position(connection), int(read_mark(connection, OLDEST_KEY) or 0))


def _id(entry: Entry) -> EntryId:
    return entry.id


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.type, row.key, row.value)


def _change(row: Row[Any]) -> Change:
    return Change(row.position, row.type, row.key, row.value if row.present else None)
