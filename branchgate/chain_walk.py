"""Walking along a chain that may be damaged: every entry that is not as it was written is named, and the walk goes on behind it.

An entry's stored hash covers what was before it, so the entry behind a damaged one tells which of two things was changed: if it follows
from the stored hash, the damaged entry's content was; if it follows from the hash that the content has, only the stored hash was. Behind
a hole nothing tells: the first entry there cannot be proved, the ones behind it can.

The gateway checks its journal with this, and anybody an exported one: one definition for both.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from branchgate.chain import EVENT_ID_BYTES, GENESIS, header, link


class DamageKind(StrEnum):
    """What is wrong with an entry; each is a reason with sentences."""

    CHANGED = "JOURNAL_ENTRY_CHANGED"
    """It does not follow from the entry before it."""
    HASH_CHANGED = "JOURNAL_ENTRY_HASH_CHANGED"
    """Its content is as it was written, proved by the entry behind it; its stored hash is not."""
    IMPOSSIBLE = "JOURNAL_ENTRY_IMPOSSIBLE"
    """It holds values that no entry has."""
    MISSING = "JOURNAL_ENTRY_MISSING"
    """It is not there, though entries behind it are."""
    UNREADABLE = "JOURNAL_ENTRY_UNREADABLE"
    """The disk or the database does not give it out."""
    UNPROVED = "JOURNAL_ENTRY_UNPROVED"
    """It stands right behind a hole: it may be as it was written, and nothing proves it. What is behind it is proved by its hash."""
    OUT_OF_PLACE = "JOURNAL_ENTRY_OUT_OF_PLACE"
    """It stands where no entry can be: before the first one."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Entries `sequence` to `last` are not as they were written.

    `goes_on_from` is the hash that the entry behind them is chained to; None when nobody knows, because a hole is before it.
    """

    sequence: int
    kind: DamageKind
    last: int = 0
    goes_on_from: bytes | None = None
    detail: str = ""

    @property
    def through(self) -> int:
        """The last of the entries."""
        return max(self.sequence, self.last)


class StoredEntry(NamedTuple):
    """An entry as it was found: any value may be of any type. `register_id` is UTF-8 bytes."""

    sequence: int
    event_id: Any
    register_id: Any
    register_sequence: Any
    kind: Any
    recorded_at_ms: Any
    body: Any
    chain_hash: Any


class ChainWalk:
    """Takes entries in order of their sequence; `feed`, `unreadable` and `finish` return the damage that is certain by then.

    `sequence` and `chain_hash` are the place reached, `entries` how many were there, `unproved` how many of them stand behind a hole.
    """

    def __init__(self, sequence: int = 0, chain_hash: bytes = GENESIS) -> None:
        self.sequence = sequence
        self.chain_hash = chain_hash
        self.entries = 0
        self.unproved = 0
        # What the next entry may be chained to, the likeliest first; None when a hole is before it.
        self._anchors: tuple[bytes, ...] | None = (chain_hash,)
        self._doubted: Damage | None = None

    @property
    def doubts(self) -> bool:
        """The entry taken last is not as it was written; what it says must not be believed."""
        return self._doubted is not None

    def feed(self, entry: StoredEntry) -> list[Damage]:
        """Takes the next entry that is there."""
        if entry.sequence <= self.sequence:
            return [*self._settle(0), Damage(entry.sequence, DamageKind.OUT_OF_PLACE)]
        found = self._hole_before(entry.sequence)
        self.entries += 1
        anchors = self._anchors
        computed = _hashes(entry, anchors or ())
        if computed is None:
            found += self._doubt(Damage(entry.sequence, DamageKind.IMPOSSIBLE))
        elif anchors is None:
            self.unproved += 1
            found += self._settle(0)
            found.append(Damage(entry.sequence, DamageKind.UNPROVED, goes_on_from=stored_hash(entry.chain_hash)))
        elif entry.chain_hash in computed:
            found += self._settle(computed.index(entry.chain_hash))
            computed = ()
        else:
            found += self._doubt(Damage(entry.sequence, DamageKind.CHANGED))
        self.sequence, self.chain_hash = entry.sequence, stored_hash(entry.chain_hash)
        self._anchors = (self.chain_hash, *(computed or ())[:1])
        return found

    def unreadable(self, sequence: int, detail: str) -> list[Damage]:
        """There is an entry at `sequence`, or was, and it cannot be read."""
        found = self._hole_before(sequence)
        doubted = self._doubted
        if doubted is not None and doubted.kind is DamageKind.UNREADABLE and doubted.through == sequence - 1:
            self._doubted = replace(doubted, last=sequence)
        else:
            found += self._doubt(Damage(sequence, DamageKind.UNREADABLE, sequence, None, detail))
        self.sequence = sequence
        self._anchors = None
        return found

    def finish(self) -> list[Damage]:
        """There is nothing more."""
        return self._settle(0)

    def _hole_before(self, sequence: int) -> list[Damage]:
        expected = self.sequence + 1
        if sequence == expected:
            return []
        found = [*self._settle(0), Damage(expected, DamageKind.MISSING, sequence - 1)]
        self._anchors = None
        return found

    def _doubt(self, damage: Damage) -> list[Damage]:
        found = self._settle(0)
        self._doubted = damage
        return found

    def _settle(self, anchor: int) -> list[Damage]:
        """What stands behind a doubted entry has shown to which of its anchors it is chained."""
        doubted, self._doubted = self._doubted, None
        if doubted is None:
            return []
        if self._anchors is None:
            return [doubted]
        kind = DamageKind.HASH_CHANGED if anchor else doubted.kind
        return [replace(doubted, kind=kind, goes_on_from=self._anchors[anchor])]


def stored_hash(value: Any) -> bytes:
    """What a stored hash counts as for the entry behind it: its bytes; a value that is none counts as no bytes."""
    return value if isinstance(value, bytes) else b""


def _hashes(entry: StoredEntry, anchors: tuple[bytes, ...]) -> tuple[bytes, ...] | None:
    """The hash that the entry should have behind each anchor; None for values that no entry has."""
    try:
        if len(entry.event_id) != EVENT_ID_BYTES:
            return None
        head = header(
            entry.sequence,
            entry.event_id,
            entry.register_id,
            entry.register_sequence,
            entry.kind,
            entry.recorded_at_ms,
            len(entry.body),
        )
        return tuple(link(anchor, head, entry.body) for anchor in anchors)
    except (struct.error, TypeError):
        return None
