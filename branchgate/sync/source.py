"""What a store must offer to be synced from: entries with positions in commit order, and tombstones for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class EntryId(NamedTuple):
    """What names an entry. Order: type, then the key by code points, which is the order of its UTF-8 bytes."""

    entry_type: int
    key: str


class Entry(NamedTuple):
    """An entry as it travels; the value is opaque here."""

    entry_type: int
    key: str
    value: bytes

    @property
    def id(self) -> EntryId:
        """Its name."""
        return EntryId(self.entry_type, self.key)


class Change(NamedTuple):
    """The latest change of an entry and where it stands in commit order; without a value it is gone."""

    position: int
    entry_type: int
    key: str
    value: bytes | None

    @property
    def id(self) -> EntryId:
        """The name of the entry."""
        return EntryId(self.entry_type, self.key)


@dataclass(frozen=True, slots=True)
class FeedState:
    """A source at one moment.

    `epoch` (up to 16 bytes) names one incarnation: it changes when positions may have been given twice, after a restore. `head` is the
    last position given. Tombstones at or below `oldest_position` have been cleared away, so a reader that stands before it would miss
    deletes.
    """

    epoch: bytes
    head: int
    oldest_position: int


@dataclass(frozen=True, slots=True)
class Seal:
    """Digest and number of all entries that exist at a position (see `branchgate.sync.digest`)."""

    digest: bytes
    entries: int


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Entries that exist, ascending by name; `last` if there is none behind them."""

    state: FeedState
    entries: Sequence[Entry]
    last: bool


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes ascending by position, each entry at most once.

    A reader that has applied them stands at `position`: that of the last change, or the head when `at_head`, so that it also moves
    past positions that do not concern it. `seal` belongs to the head and comes only with `closing`.
    """

    state: FeedState
    changes: Sequence[Change]
    position: int
    at_head: bool
    seal: Seal | None = None


class FeedSource(Protocol):
    """A store as one reader may see it.

    Every method reads one consistent view, state included. Positions are positive, strictly ascending in the order in which changes
    become visible (a lower one never appears after a higher one), given only when a value really changes, and never given twice
    within an epoch, power loss included. Values stay below 1 MiB. Methods are called in a thread of the caller's choice.
    """

    @property
    def filter_hash(self) -> bytes:
        """Up to 16 bytes that name whose view this is; a cursor of another view is not accepted. May be empty."""

    def state(self) -> FeedState:
        """Where the store stands."""

    def estimated_entries(self) -> int:
        """About how many entries exist, for a progress bar."""

    def snapshot_page(self, after: EntryId | None, limit: int) -> SnapshotPage:
        """At most `limit` of the entries that exist, behind `after`."""

    def changes(self, after_position: int, limit: int) -> ChangesPage:
        """At most `limit` changes behind a position: the latest one of each entry, tombstones included."""

    def closing(self, after_position: int, limit: int) -> ChangesPage:
        """The same, and if these are all the changes there are, the seal of everything at the head."""
