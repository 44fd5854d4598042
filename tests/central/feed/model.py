"""central's feeds in memory, by the definition and nothing else: the model that tests compare with."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.sync.digest import seal_of
from branchgate.sync.source import Change, ChangesPage, Entry, EntryId, FeedState, SnapshotPage
from central.feed.definition import filter_hash

SETTINGS_ID = EntryId(3, "branch")


@dataclass(frozen=True, slots=True)
class Membership:
    present: bool
    position: int


class ModelFeeds:
    """A World of the contract."""

    def __init__(self) -> None:
        self.epoch_number = 1
        self.head = 0
        self.oldest_position = 0
        self.catalogue: dict[EntryId, tuple[int, bytes]] = {}
        self.members: dict[str, dict[EntryId, Membership]] = {}
        self.own: dict[str, tuple[int, bytes]] = {}

    @property
    def epoch(self) -> bytes:
        return self.epoch_number.to_bytes(8, "big")

    def put(self, entry_type: int, key: str, value: bytes) -> None:
        entry = EntryId(entry_type, key)
        if self.catalogue.get(entry, (0, None))[1] != value:
            self.catalogue[entry] = (self._next(), value)

    def delete(self, entry_type: int, key: str) -> None:
        if self.catalogue.pop(EntryId(entry_type, key), None) is not None:
            for branch_id in self.members:
                self.withdraw(branch_id, entry_type, key)

    def admit(self, branch_id: str, entry_type: int, key: str) -> None:
        entry = EntryId(entry_type, key)
        known = self.members.setdefault(branch_id, {}).get(entry)
        if entry in self.catalogue and (known is None or not known.present):
            self.members[branch_id][entry] = Membership(True, self._next())

    def withdraw(self, branch_id: str, entry_type: int, key: str) -> None:
        entry = EntryId(entry_type, key)
        known = self.members.setdefault(branch_id, {}).get(entry)
        if known is not None and known.present:
            self.members[branch_id][entry] = Membership(False, self._next())

    def settings(self, branch_id: str, value: bytes) -> None:
        if self.own.get(branch_id, (0, None))[1] != value:
            self.own[branch_id] = (self._next(), value)

    def begin_epoch(self) -> None:
        self.epoch_number += 1

    def clear_tombstones(self, up_to_position: int) -> None:
        self.oldest_position = max(self.oldest_position, min(up_to_position, self.head))
        for members in self.members.values():
            for entry in [e for e, m in members.items() if not m.present and m.position <= up_to_position]:
                del members[entry]

    def feed(self, branch_id: str) -> ModelFeed:
        return ModelFeed(self, branch_id)

    def _next(self) -> int:
        self.head += 1
        return self.head


class ModelFeed:
    """A branch's FeedSource."""

    def __init__(self, feeds: ModelFeeds, branch_id: str) -> None:
        self._feeds = feeds
        self._branch_id = branch_id
        self.filter_hash = filter_hash(branch_id)

    def state(self) -> FeedState:
        return FeedState(self._feeds.epoch, self._feeds.head, self._feeds.oldest_position)

    def estimated_entries(self) -> int:
        return len(self.entries())

    def entries(self) -> dict[EntryId, bytes]:
        """Everything that exists for the branch."""
        return {change.id: change.value for change in self._all() if change.value is not None}

    def snapshot_page(self, after: EntryId | None, limit: int) -> SnapshotPage:
        found = sorted(
            Entry(*entry, value) for entry, value in self.entries().items() if after is None or entry > after
        )
        return SnapshotPage(self.state(), found[:limit], last=len(found) <= limit)

    def changes(self, after_position: int, limit: int) -> ChangesPage:
        found = sorted(change for change in self._all() if change.position > after_position)
        at_head = len(found) <= limit
        position = self._feeds.head if at_head else found[limit - 1].position
        return ChangesPage(self.state(), found[:limit], position, at_head)

    def closing(self, after_position: int, limit: int) -> ChangesPage:
        page = self.changes(after_position, limit)
        if not page.at_head:
            return page
        seal = seal_of((*entry, value) for entry, value in sorted(self.entries().items()))
        return ChangesPage(page.state, page.changes, page.position, page.at_head, seal)

    def _all(self) -> list[Change]:
        found = []
        for entry, membership in self._feeds.members.get(self._branch_id, {}).items():
            position, value = self._feeds.catalogue.get(entry, (0, None))
            found.append(
                Change(max(position, membership.position), *entry, value)
                if membership.present and value is not None
                else Change(membership.position, *entry, None)
            )
        if self._branch_id in self._feeds.own:
            position, value = self._feeds.own[self._branch_id]
            found.append(Change(position, *SETTINGS_ID, value))
        return found
