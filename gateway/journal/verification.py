"""Verifying the chain: is every entry as it was written, in its place, with none missing in between?

What is behind the last closing is checked before the gateway opens; the rest in the background, in short reads with long pauses,
because the sales of the moment come first. An end that was cut off cleanly cannot be seen from inside: see `recovery`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from branchgate.chain import EVENT_ID_BYTES, header, link
from gateway.journal.journal import EMPTY, Head
from gateway.store.connection import connect_read_only

LONGEST_TAIL = 50_000
"""More entries than this are not checked before the gateway opens: a second on a small machine."""

LAST_CLOSING = "SELECT max(sequence) FROM journal INDEXED BY journal_closings WHERE kind = 5"
"""Sequence of the newest closing of any register."""

_PAGE = 64
_PAUSE_FACTOR = 4
_BEFORE_ANY = -(1 << 63)


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain holds from behind the start up to `head`; `entries` were checked."""

    head: Head
    entries: int


@dataclass(frozen=True, slots=True)
class Damage:
    """The first entry that is not as it was written, and what is wrong with it. Nothing can be said about those behind it."""

    sequence: int
    what: str


class ChainCheck:
    """Checks rows as they come: (sequence, event_id, register_id as bytes, register_sequence, kind, recorded_at, body, chain_hash)."""

    def __init__(self, start: Head) -> None:
        self.head = start
        self.entries = 0

    def feed(self, row: tuple[Any, ...]) -> Damage | None:
        """Takes the next row; returns the damage if it is not the one that belongs there."""
        sequence, event_id, register_id, register_sequence, kind, recorded_at, body, chain_hash = row
        expected = self.head.sequence + 1
        if sequence < expected:
            return Damage(sequence, "stands before the first entry")
        if sequence > expected:
            return Damage(expected, "is missing")
        try:
            whole = len(event_id) == EVENT_ID_BYTES
            head = header(sequence, event_id, register_id, register_sequence, kind, recorded_at, len(body))
            computed = link(self.head.chain_hash, head, body)
        except (struct.error, TypeError):
            return Damage(sequence, "holds values that no entry has")
        if not whole or computed != chain_hash:
            return Damage(sequence, "differs from what was written")
        self.head = Head(sequence, computed)
        self.entries += 1
        return None


def open_for_verification(path: Path) -> sqlite3.Connection:
    """A read-only connection that hands out texts as the bytes that are on disk."""
    connection = connect_read_only(path)
    connection.text_factory = bytes
    return connection


def verify(
    connection: sqlite3.Connection,
    start: Head = EMPTY,
    *,
    pause: Callable[[], bool] = lambda: True,
) -> Verified | Damage:
    """Checks every entry behind `start` to the end, page by page; `pause` is called after each page and returns False to stop."""
    check = ChainCheck(start)
    after = start.sequence or _BEFORE_ANY
    while True:
        try:
            rows = _page(connection, after)
        except sqlite3.DatabaseError as failure:
            return Damage(check.head.sequence + 1, f"cannot be read: {failure}")
        for row in rows:
            if (damage := check.feed(row)) is not None:
                return damage
        if len(rows) < _PAGE or not pause():
            return Verified(check.head, check.entries)
        after = check.head.sequence


def verify_tail(path: Path) -> Verified | Damage:
    """Checks what stands behind the last closing, at most LONGEST_TAIL entries. For the start, before the gateway opens."""
    connection = open_for_verification(path)
    try:
        return verify(connection, _tail_start(connection))
    finally:
        connection.close()


async def verify_whole_chain(path: Path) -> Verified | Damage:
    """Checks the journal from its first entry in a thread that rests most of the time. Cancel it to stop."""
    stop = threading.Event()
    try:
        return await asyncio.to_thread(_verify_unhurried, path, stop)
    finally:
        stop.set()


def _verify_unhurried(path: Path, stop: threading.Event) -> Verified | Damage:
    connection = open_for_verification(path)
    began = time.perf_counter()

    def pause() -> bool:
        nonlocal began
        stopped = stop.wait(_PAUSE_FACTOR * (time.perf_counter() - began))
        began = time.perf_counter()
        return not stopped

    try:
        return verify(connection, pause=pause)
    finally:
        connection.close()


def _page(connection: sqlite3.Connection, after: int) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT sequence, event_id, register_id, register_sequence, kind, recorded_at, body, chain_hash"
        " FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?",
        (after, _PAGE),
    ).fetchall()


def _tail_start(connection: sqlite3.Connection) -> Head:
    # Left to itself SQLite walks back from the newest entry, through all of them where nothing was ever closed.
    (closing,) = connection.execute(LAST_CLOSING).fetchone()
    (head,) = connection.execute("SELECT max(sequence) FROM journal").fetchone()
    start = max(closing or 0, (head or 0) - LONGEST_TAIL)
    row = connection.execute("SELECT chain_hash FROM journal WHERE sequence = ?", (start,)).fetchone()
    return Head(start, row[0]) if row else EMPTY
