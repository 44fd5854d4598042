"""Examining a journal from its first entry on: everything that is wrong is named, to the entry.

Besides the chain: registers' numbers without a gap that nobody recorded, bodies that can be read, closings without a gap whose printed
check mark agrees with the chain, event ids that stand once, the sales store's place, and SQLite's own view of its file. What follows
from a damaged entry that is named anyway is not told a second time.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from branchgate.chain_walk import ChainWalk, Damage, StoredEntry
from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.figures import decode_closing
from branchgate.receipts.codec import decode_receipt
from branchgate.records import decode_finding_record
from gateway.journal.entries import OWN
from gateway.journal.journal import read_journal_id
from gateway.journal.stored import hash_at, stored_at, stored_pages
from gateway.journal.verification import MOST_DAMAGES, step

_MOST_PAGES_TOLD = 20
_MOST_PAGES_LISTED = 1_000_000
_HARMLESS = re.compile(r"\*\*\* in database|Page \d+ is never used")
"""A headline; and pages that an index left behind which was made anew (`gateway.store.reindexing`): lost room, no damage."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with entries `sequence` to `last`, or with no entry in particular (0).

    `register_id`, `kind` and `recorded_at_ms` are as they stand in the entry, empty where they cannot be read. `damage` when the chain
    tells it.
    """

    reason: str
    sequence: int = 0
    last: int = 0
    value: str = ""
    rule: str = ""
    register_id: str = ""
    kind: str = ""
    recorded_at_ms: int = 0
    damage: Damage | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """So many entries are examined; the journal's newest was `head` when this began."""

    entries: int
    head: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it; `unproved` entries stand behind a hole, so nothing proves them."""

    entries: int
    faults: int
    unproved: int
    journal_id: bytes
    head: int
    chain_hash: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the journal and the beginning of the chain hash that it must have, in lower-case hexadecimal digits."""

    sequence: int
    hash_begins: str
    witness: str = ""
    """Who says so: empty for a printed closing."""


Found: TypeAlias = Progress | Fault | Verdict


def examine(connection: sqlite3.Connection, anchors: Sequence[Anchor] = (), *, faults: int = 0) -> Iterator[Found]:
    """Examines the journal that `connection` reads (see `open_for_verification`), a short read at a time; the last is the verdict.

    `faults` were found elsewhere before.
    """
    head = _head(connection)
    entries = EntriesExamination(lambda sequence: hash_at(connection, sequence))
    for found in _everything(connection, entries, anchors, head):
        faults += isinstance(found, Fault)
        yield found
        if faults > MOST_DAMAGES:
            break
    walk = entries.walk
    yield Verdict(walk.entries, faults, walk.unproved, _journal_id(connection), walk.sequence, walk.chain_hash)


def _everything(
    connection: sqlite3.Connection, entries: EntriesExamination, anchors: Sequence[Anchor], head: int
) -> Iterator[Progress | Fault]:
    for page in stored_pages(connection):
        for stored in page:
            damages = step(entries.walk, stored)
            yield from (_named(connection, damage) for damage in damages)
            if isinstance(stored, StoredEntry):
                yield from entries.take(stored)
            else:
                entries.lost(1)
        yield Progress(entries.walk.entries, max(head, entries.walk.sequence))
    yield from (_named(connection, damage) for damage in entries.walk.finish())
    for anchor in anchors:
        yield from _anchored(connection, anchor)
    yield from _ids_twice(connection)
    yield from _pages(connection)


class EntriesExamination:
    """What must hold from entry to entry, beside the chain. `hash_at` tells the chain hash of an entry before the present one."""

    def __init__(self, hash_at: Callable[[int], bytes | None]) -> None:
        self.walk = ChainWalk()
        self._hash_at = hash_at
        self._expected = 1
        self._lost = 0
        # Of each register: the number it stands at, and how many entries had been lost by then.
        self._numbers: dict[str, tuple[int, int]] = {}
        self._z_numbers: dict[str, tuple[int, int]] = {}

    def lost(self, entries: int) -> None:
        """So many entries are damaged and say nothing about their register."""
        self._lost += entries

    def take(self, entry: StoredEntry) -> Iterator[Fault]:
        """Examines an entry that the walk has just taken."""
        self.lost(max(0, entry.sequence - self._expected))
        self._expected = entry.sequence + 1
        if self.walk.doubts:
            self.lost(1)
            return
        register_id = entry.register_id.decode("utf-8", "replace")
        if register_id:
            yield from self._number(entry, register_id)
        try:
            yield from self._body(entry, register_id)
        except Refused as failure:
            yield about(entry, "BODY_UNREADABLE", failure.reason, failure.rule)

    def _number(self, entry: StoredEntry, register_id: str) -> Iterator[Fault]:
        number = entry.register_sequence
        if number == OWN:
            return
        last, lost_by_then = self._numbers.get(register_id, (0, 0))
        missing = number - last - 1
        if missing > self._lost - lost_by_then:
            yield about(entry, "REGISTER_NUMBERS_MISSING", _range(last + 1, number - 1), str(number))
        self._numbers[register_id] = max(last, number), self._lost

    def _body(self, entry: StoredEntry, register_id: str) -> Iterator[Fault]:
        match entry.kind:
            case EventKind.RECEIPT:
                decode_receipt(entry.body)
            case EventKind.FINDING:
                for finding in decode_finding_record(entry.body).findings:
                    if finding.reason == "EVENTS_MISSING" and register_id:
                        through = int(finding.value.rpartition(" ")[2])
                        self._numbers[register_id] = through, self._lost
                    if finding.reason == "Z_NUMBERS_CONTINUED" and not register_id:
                        self._z_numbers[finding.field] = int(finding.value), self._lost
            case EventKind.CLOSING:
                yield from self._closing(entry, register_id)
            case _:
                return

    def _closing(self, entry: StoredEntry, register_id: str) -> Iterator[Fault]:
        closing = decode_closing(entry.body)
        last, lost_by_then = self._z_numbers.get(register_id, (0, 0))
        if not 0 <= closing.z_number - last - 1 <= self._lost - lost_by_then:
            yield about(entry, "Z_NUMBERS_NOT_IN_ORDER", str(closing.z_number), str(last + 1))
        self._z_numbers[register_id] = closing.z_number, self._lost
        through = closing.through_journal_sequence
        if not 0 < through < entry.sequence or self._hash_at(through) != closing.chain_hash:
            yield about(entry, "CLOSING_ANCHOR_DIFFERS", str(closing.z_number), str(through))


def about(entry: StoredEntry, reason: str, value: str = "", rule: str = "") -> Fault:
    """A fault of an entry, with what can be read of it."""
    register_id = entry.register_id.decode("utf-8", "replace") if isinstance(entry.register_id, bytes) else ""
    recorded_at_ms = entry.recorded_at_ms if isinstance(entry.recorded_at_ms, int) else 0
    return Fault(
        reason, entry.sequence, entry.sequence, value, rule, register_id, kind_name(entry.kind), recorded_at_ms
    )


def kind_name(kind: object) -> str:
    """The name of an entry's kind; the number of one that has no name; empty for what is no number."""
    if not isinstance(kind, int):
        return ""
    return EventKind(kind).name if kind in frozenset(EventKind) else str(kind)


def _named(connection: sqlite3.Connection, damage: Damage) -> Fault:
    """Damage with what can be read of the entry."""
    places = _range(damage.sequence, damage.through)
    if damage.through == damage.sequence:
        stored = stored_at(connection, damage.sequence)
        if isinstance(stored, StoredEntry):
            return replace(about(stored, damage.kind.value, places, damage.detail), damage=damage)
    return Fault(damage.kind.value, damage.sequence, damage.through, places, damage.detail, damage=damage)


def _anchored(connection: sqlite3.Connection, anchor: Anchor) -> Iterator[Fault]:
    stored = stored_at(connection, anchor.sequence)
    found = stored.chain_hash.hex() if isinstance(stored, StoredEntry) and isinstance(stored.chain_hash, bytes) else ""
    if found and found.startswith(anchor.hash_begins):
        return
    reason = "SALES_STORE_DIFFERS" if anchor.witness else "ANCHOR_DIFFERS"
    if isinstance(stored, StoredEntry):
        yield about(stored, reason, anchor.hash_begins[:16], found[:16])
    else:
        yield Fault(reason, anchor.sequence, anchor.sequence, anchor.hash_begins[:16], "—")


def _ids_twice(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Asked of the table itself: an index that is damaged would not know."""
    try:
        rows = connection.execute(
            "SELECT max(sequence), min(sequence), event_id FROM journal NOT INDEXED GROUP BY event_id"
            f" HAVING count(*) > 1 LIMIT {MOST_DAMAGES}"
        ).fetchall()
    except sqlite3.DatabaseError:
        return  # the table cannot be read through, which is told by its entries and by its pages
    for sequence, first, event_id in rows:
        yield Fault("EVENT_ID_TWICE", sequence, sequence, event_id.hex(), str(first))


def _pages(connection: sqlite3.Connection) -> Iterator[Fault]:
    try:
        rows = connection.execute(f"PRAGMA integrity_check({_MOST_PAGES_LISTED})").fetchall()
    except sqlite3.DatabaseError as failure:
        rows = [(str(failure).encode(),)]
    lines = [line for (told,) in rows for line in told.decode("utf-8", "replace").splitlines()]
    wrong = [line for line in lines if line != "ok" and not _HARMLESS.match(line)]
    for line in wrong[:_MOST_PAGES_TOLD]:
        yield Fault("STORE_PAGES_DAMAGED", value=line)


def _head(connection: sqlite3.Connection) -> int:
    try:
        return connection.execute("SELECT max(sequence) FROM journal").fetchone()[0] or 0
    except sqlite3.DatabaseError:
        return 0


def _journal_id(connection: sqlite3.Connection) -> bytes:
    try:
        return read_journal_id(connection) or b""
    except sqlite3.DatabaseError:
        return b""


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"
