"""Verifying the chain: is every entry as it was written, in its place, with none missing in between?

What is behind the last closing is checked before the gateway opens; the rest in the background, in short reads with long pauses,
because the sales of the moment come first. An end that was cut off cleanly cannot be seen from inside: see `recovery`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from branchgate.chain_walk import ChainWalk, Damage, StoredEntry
from gateway.journal.journal import EMPTY, Head
from gateway.journal.stored import Stored, open_for_verification, stored_pages

LONGEST_TAIL = 50_000
"""More entries than this are not checked before the gateway opens: a second on a small machine."""

LAST_CLOSING = "SELECT max(sequence) FROM journal INDEXED BY journal_closings WHERE kind = 5"
"""Sequence of the newest closing of any register."""

MOST_DAMAGES = 1_000
"""After so many a journal is not looked at any further: somebody else's, or a disk to throw away."""

_PAUSE_FACTOR = 4


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What stands behind the start: `entries` were there, up to `head`; `unproved` of them stand behind a hole, so nothing proves them."""

    head: Head
    entries: int
    unproved: int = 0
    damages: tuple[Damage, ...] = ()

    @property
    def whole(self) -> bool:
        """Every entry is as it was written."""
        return not self.damages


def step(walk: ChainWalk, stored: Stored) -> list[Damage]:
    """Takes the walk one place on."""
    return walk.feed(stored) if isinstance(stored, StoredEntry) else walk.unreadable(stored.sequence, stored.detail)


def verify(
    connection: sqlite3.Connection,
    start: Head = EMPTY,
    *,
    pause: Callable[[], bool] = lambda: True,
) -> ChainReport:
    """Checks every entry behind `start` to the end, page by page; `pause` is called after each page and returns False to stop."""
    walk = ChainWalk(start.sequence, start.chain_hash)
    damages: list[Damage] = []
    for page in stored_pages(connection, start.sequence):
        for stored in page:
            damages += step(walk, stored)
        if len(damages) > MOST_DAMAGES or not pause():
            break
    damages += walk.finish()
    return ChainReport(Head(walk.sequence, walk.chain_hash), walk.entries, walk.unproved, tuple(damages))


def verify_tail(path: Path) -> ChainReport:
    """Checks what stands behind the last closing, at most LONGEST_TAIL entries. For the start, before the gateway opens."""
    connection = open_for_verification(path)
    try:
        return verify(connection, _tail_start(connection))
    finally:
        connection.close()


async def verify_whole_chain(path: Path) -> ChainReport:
    """Checks the journal from its first entry in a thread that rests most of the time. Cancel it to stop."""
    stop = threading.Event()
    try:
        return await asyncio.to_thread(_verify_unhurried, path, stop)
    finally:
        stop.set()


def _verify_unhurried(path: Path, stop: threading.Event) -> ChainReport:
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


def _tail_start(connection: sqlite3.Connection) -> Head:
    """Where the check of the tail begins; from the first entry on where even finding that out meets damage."""
    try:
        # Left to itself SQLite walks back from the newest entry, through all of them where nothing was ever closed.
        (closing,) = connection.execute(LAST_CLOSING).fetchone()
        (head,) = connection.execute("SELECT max(sequence) FROM journal").fetchone()
        start = max(closing or 0, (head or 0) - LONGEST_TAIL)
        row = connection.execute("SELECT chain_hash FROM journal WHERE sequence = ?", (start,)).fetchone()
    except sqlite3.DatabaseError:
        return EMPTY
    return Head(start, row[0]) if row else EMPTY
