"""Appending to the journal."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from branchgate.chain import EVENT_ID_BYTES, GENESIS, header, link
from branchgate.clock import Clock
from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from gateway.journal.entries import Entry, NewEntry
from gateway.store.writer import GroupWriter

MAY_USE_RESERVE = frozenset({EventKind.CLOSING, EventKind.CASH_COUNT})
"""What closing a day needs, and what a full disk therefore must not stop."""

_INSERT = (
    "INSERT INTO journal (sequence, event_id, register_id, register_sequence, kind, recorded_at, body, chain_hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: its sequence (0 in an empty journal) and chain hash."""

    sequence: int
    chain_hash: bytes


EMPTY = Head(0, GENESIS)
"""The head of a journal without entries."""


def read_head(connection: sqlite3.Connection) -> Head:
    """The newest entry of the file."""
    row = connection.execute("SELECT sequence, chain_hash FROM journal ORDER BY sequence DESC LIMIT 1").fetchone()
    return Head(*row) if row else EMPTY


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
        writer.attach(self)

    @classmethod
    async def open(cls, writer: GroupWriter, clock: Clock) -> "Journal":
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
        now_ms = self._clock.now_ms()
        tail = self._tail or read_head(connection)
        sequence, previous = tail.sequence, tail.chain_hash
        appended = []
        for new in entries:
            sequence += 1
            entry = _chained(new, sequence, previous, now_ms)
            previous = entry.chain_hash
            connection.execute(_INSERT, _row(entry))
            appended.append(entry)
        self._tail = Head(sequence, previous)
        return appended

    async def append(self, entry: NewEntry, *, only_if: Callable[[sqlite3.Connection], None] | None = None) -> Entry:
        """Appends one event and returns it once it is on disk. `only_if` raises to refuse it, in the same transaction."""

        def work(connection: sqlite3.Connection) -> Entry:
            if only_if is not None:
                only_if(connection)
            return self.append_in(connection, [entry])[0]

        return await self._writer.submit(work, urgent=entry.kind in MAY_USE_RESERVE)

    async def go_on_under(self, journal_id: bytes, note: NewEntry) -> Entry:
        """Appends `note` and goes on under another id, in one commit; cursors beyond the head come back to it."""

        def work(connection: sqlite3.Connection) -> Entry:
            head = (self._tail or read_head(connection)).sequence
            connection.execute("UPDATE cursors SET sequence = ? WHERE sequence > ?", (head, head))
            write_journal_id(connection, journal_id)
            return self.append_in(connection, [note])[0]

        entry = await self._writer.submit(work, urgent=True)
        self.journal_id = journal_id
        return entry

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

    def _announce(self, head: Head) -> None:
        self._committed = head
        for follower in self._followers:
            # Each on its own, so that one that fails does not keep the news from the others.
            self._loop.call_soon(follower, head.sequence)


def _chained(new: NewEntry, sequence: int, previous: bytes, now_ms: int) -> Entry:
    event_id, register_id, register_sequence, kind, body = (
        new.event_id,
        new.register_id,
        new.register_sequence,
        new.kind,
        new.body,
    )
    if len(event_id) != EVENT_ID_BYTES:
        raise Refused(
            "INVALID_VALUE", field="event_id", value=event_id.hex(), rule=f"{EVENT_ID_BYTES} bytes are needed"
        )
    head = header(sequence, event_id, register_id.encode(), register_sequence, kind, now_ms, len(body))
    return Entry(sequence, event_id, register_id, register_sequence, kind, now_ms, body, link(previous, head, body))


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.sequence,
        entry.event_id,
        entry.register_id,
        entry.register_sequence,
        # A plain int: sqlite3 looks for an adapter for everything that is a subclass.
        entry.kind.value,
        entry.recorded_at_ms,
        entry.body,
        entry.chain_hash,
    )
