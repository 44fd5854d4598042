"""Appending to the journal."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain

from branchgate.chain import EVENT_ID_BYTES, GENESIS, header, link
from branchgate.chain_walk import stored_hash
from branchgate.clock import Clock
from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from gateway.journal.entries import Entry, NewEntry
from gateway.store.slices import marks, slices
from gateway.store.writer import GroupWriter

MAY_USE_RESERVE = frozenset({EventKind.CLOSING, EventKind.CASH_COUNT})
"""What closing a day needs, and what a full disk therefore must not stop."""

_COLUMNS = ("sequence", "event_id", "register_id", "register_sequence", "kind", "recorded_at", "body", "chain_hash")

_Row = tuple[int, bytes, str, int, int, int, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: its sequence (0 in an empty journal) and chain hash."""

    sequence: int
    chain_hash: bytes


EMPTY = Head(0, GENESIS)
"""The head of a journal without entries."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the gateway writes down about its journal itself; `journal_id` (16 bytes) when it goes on under another one."""

    entries: Sequence[NewEntry]
    journal_id: bytes | None = None


def read_head(connection: sqlite3.Connection) -> Head:
    """The newest entry of the file."""
    row = connection.execute("SELECT sequence, chain_hash FROM journal ORDER BY sequence DESC LIMIT 1").fetchone()
    return Head(row[0], stored_hash(row[1])) if row else EMPTY


def read_journal_id(connection: sqlite3.Connection) -> bytes | None:
    """The id under which the file's journal goes on (16 bytes), or None in a file that has none yet."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'journal_id'").fetchone()
    return bytes(row[0]) if row else None


def write_journal_id(connection: sqlite3.Connection, journal_id: bytes) -> None:
    """Sets the journal's id; belongs in a transaction."""
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('journal_id', ?)", (journal_id,))


class Journal:
    """The branch's journal. `append` for single events of the gateway, `append_in` for works that write more in the same commit.

    Attributes, as of the last commit: `journal_id` (16 bytes), `head` (newest sequence), `head_hash`.
    """

    def __init__(self, writer: GroupWriter, clock: Clock, journal_id: bytes, head: Head) -> None:
        self.journal_id = journal_id
        self._writer = writer
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._committed = head
        # Only the writer's thread touches these two.
        self._announced = head
        self._tail: Head | None = head
        self._followers: list[Callable[[int], None]] = []
        self._renamed: list[Callable[[], object]] = []
        writer.attach(self)

    @classmethod
    async def open(cls, writer: GroupWriter, clock: Clock) -> Journal:
        """Opens the journal of the writer's store; a new one gets its id."""

        def read(connection: sqlite3.Connection) -> tuple[bytes, Head]:
            journal_id = read_journal_id(connection)
            if journal_id is None:
                journal_id = new_event_id(clock.now_ms())
                write_journal_id(connection, journal_id)
            return journal_id, read_head(connection)

        return cls(writer, clock, *await writer.submit(read, urgent=True))

    @property
    def head(self) -> int:
        """Sequence of the newest entry; 0 while there is none."""
        return self._committed.sequence

    @property
    def head_hash(self) -> bytes:
        """Chain hash of the newest entry."""
        return self._committed.chain_hash

    def append_in(self, connection: sqlite3.Connection, entries: Sequence[NewEntry]) -> list[Entry]:
        """Appends in the transaction of a GroupWriter's work. Raises sqlite3.IntegrityError when an event id is there already."""
        rows = self.write_in(connection, entries)
        return [
            Entry(sequence, event_id, register_id, register_sequence, new.kind, recorded_at_ms, body, chain_hash)
            for new, (sequence, event_id, register_id, register_sequence, _, recorded_at_ms, body, chain_hash) in zip(
                entries, rows, strict=True
            )
        ]

    def write_in(self, connection: sqlite3.Connection, entries: Sequence[NewEntry]) -> list[_Row]:
        """Like `append_in`, for many; returns the rows as they were written."""
        rows = _chained(self._tail_in(connection), entries, self._clock.now_ms())
        for some in slices(rows):
            connection.execute(_insert(len(some)), list(chain.from_iterable(some)))
        if rows:
            self._tail = Head(rows[-1][0], rows[-1][-1])
        return rows

    def head_in(self, connection: sqlite3.Connection) -> int:
        """Sequence of the newest entry as the transaction of a GroupWriter's work sees it."""
        return self._tail_in(connection).sequence

    async def append(self, entry: NewEntry, *, only_if: Callable[[sqlite3.Connection], None] | None = None) -> Entry:
        """Appends one event and returns it once it is on disk. `only_if` raises to refuse it, in the same transaction."""

        def work(connection: sqlite3.Connection) -> Entry:
            if only_if is not None:
                only_if(connection)
            return self.append_in(connection, [entry])[0]

        return await self._writer.submit(work, urgent=entry.kind in MAY_USE_RESERVE)

    async def take_note(self, decide: Callable[[sqlite3.Connection, int], Note | None]) -> Note | None:
        """Appends what `decide` makes of the store and the head's sequence, in that same transaction; None changes nothing.

        A full disk's reserve may be used: what is noted here is told to people, and must not keep the gateway from opening. With a
        journal id the journal goes on under it, and cursors beyond the head come back to it.
        """

        def work(connection: sqlite3.Connection) -> Note | None:
            head = self.head_in(connection)
            note = decide(connection, head)
            if note is None:
                return None
            if note.journal_id is not None:
                connection.execute("UPDATE cursors SET sequence = ? WHERE sequence > ?", (head, head))
                write_journal_id(connection, note.journal_id)
            self.append_in(connection, note.entries)
            return note

        note = await self._writer.submit(work, urgent=True)
        if note is not None and note.journal_id is not None:
            self.journal_id = note.journal_id
            for renamed in list(self._renamed):
                renamed()
        return note

    def follow_id(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Calls back in the event loop when the journal goes on under another id. Returns what ends it."""
        self._renamed.append(callback)
        return partial(self._renamed.remove, callback)

    def follow(self, callback: Callable[[int], None]) -> Callable[[], None]:
        """Calls back in the event loop with the new head after each commit that moved it. Returns what ends it."""
        self._followers.append(callback)
        return partial(self._followers.remove, callback)

    def committed(self) -> Callable[[], None] | None:
        """Part of being the writer's participant."""
        if self._tail is None or self._tail == self._announced:
            return None
        self._announced = self._tail
        return partial(self._announce, self._tail)

    def rolled_back(self) -> None:
        """Part of being the writer's participant."""
        self._tail = None

    def _tail_in(self, connection: sqlite3.Connection) -> Head:
        return self._tail or read_head(connection)

    def _announce(self, head: Head) -> None:
        self._committed = head
        for follower in self._followers:
            # Each on its own, so that one that fails does not keep the news from the others.
            self._loop.call_soon(follower, head.sequence)


def _chained(tail: Head, entries: Sequence[NewEntry], now_ms: int) -> list[_Row]:
    """The rows that follow `tail`."""
    sequence, chain_hash = tail.sequence, tail.chain_hash
    rows = []
    for new in entries:
        sequence += 1
        event_id, register_id, register_sequence, body = new.event_id, new.register_id, new.register_sequence, new.body
        # A plain int: sqlite3 looks for an adapter for everything that is a subclass.
        kind = int(new.kind)
        if len(event_id) != EVENT_ID_BYTES:
            rule = f"{EVENT_ID_BYTES} bytes are needed"
            raise Refused("INVALID_VALUE", field="event_id", value=event_id.hex(), rule=rule)
        head = header(sequence, event_id, register_id.encode(), register_sequence, kind, now_ms, len(body))
        chain_hash = link(chain_hash, head, body)
        rows.append((sequence, event_id, register_id, register_sequence, kind, now_ms, body, chain_hash))
    return rows


@cache
def _insert(rows: int) -> str:
    return f"INSERT INTO journal ({', '.join(_COLUMNS)}) VALUES {marks(rows, len(_COLUMNS))}"
