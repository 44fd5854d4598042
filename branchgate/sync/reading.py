"""Pages for all readers of one source: read once, encoded once, kept for those who come to the same cursor a little later."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from branchgate.clock import Clock
from branchgate.sync.cursor import Cursor, Phase
from branchgate.sync.pages import Page, Read, make_page
from branchgate.sync.source import FeedSource

_T = TypeVar("_T")

SHELF_BYTES = 48 * 1024 * 1024
"""Holds a catalogue of 100,000 articles of 400 bytes. On a shelf that is smaller than the catalogue every load finds exactly the pages
gone that it comes to next.
"""
_SAME_LOAD_MS = 60 * 60_000
_SAME_LOAD_POSITIONS = 1_000
_UNUSED_MS = 10 * 60_000


class Runner(Protocol):
    """Runs blocking work where it may block, for example in the thread that owns a database connection."""

    async def __call__(self, work: Callable[[], _T]) -> _T:
        """The result of `work`, or what it raised."""


async def run_here(work: Callable[[], _T]) -> _T:
    """A runner for stores that answer at once, from memory."""
    return work()


class PageReader:
    """Reads pages of a source by way of `run`.

    Pages of full loads are kept up to `shelf_bytes`, the oldest leave first, and all when nobody has loaded for ten minutes. Readers
    that begin within an hour share the position at which their load began and hence every page, as long as little has changed; a kept
    page cannot be too old, since what changed after that position is replayed at the end of the load. Pages of the tail are only
    shared while they are being read: they are small, and a reader that comes later is better served with the latest change of
    each entry.
    """

    def __init__(self, source: FeedSource, run: Runner, clock: Clock, *, shelf_bytes: int = SHELF_BYTES) -> None:
        self._source = source
        self._run = run
        self._clock = clock
        self._shelf_bytes = shelf_bytes
        self._shelf: OrderedDict[Read, Page] = OrderedDict()
        self._shelved_bytes = 0
        self._flights: dict[Read, asyncio.Future[Page]] = {}
        self._load_began_at: Cursor | None = None
        self._load_began_ms = 0
        self._loaded_ms = 0

    async def read(self, read: Read) -> Page:
        """The page, shared with whoever asks for the same one meanwhile."""
        if _is_of_load(read):
            self._loaded_ms = self._clock.monotonic_ms()
        elif self._clock.monotonic_ms() - self._loaded_ms > _UNUSED_MS:
            self.clear()
        shelved = self._shelf.get(read)
        if shelved is not None:
            self._shelf.move_to_end(read)
            return shelved
        flight = self._flights.get(read)
        if flight is None:
            flight = self._flights[read] = asyncio.ensure_future(self._run(lambda: make_page(self._source, read)))
            flight.add_done_callback(lambda done: self._landed(read, done))
        page = await asyncio.shield(flight)
        return self._with_shared_beginning(page) if read.at is None else page

    def changed(self) -> None:
        """The source has something new: a read that has begun may have missed it, so nobody may join it any more."""
        for read in [read for read in self._flights if not _outlives_changes(read)]:
            del self._flights[read]
        for read in [read for read in self._shelf if not _outlives_changes(read)]:
            self._shelved_bytes -= self._shelf.pop(read).size

    def clear(self) -> None:
        """Gives back the memory of kept pages."""
        self._shelf.clear()
        self._shelved_bytes = 0
        self._load_began_at = None

    def _landed(self, read: Read, flight: asyncio.Future[Page]) -> None:
        still_valid = self._flights.get(read) is flight
        if still_valid:
            del self._flights[read]
        if flight.cancelled() or flight.exception() is not None:
            return
        if still_valid and _is_of_load(read):
            self._keep(read, flight.result())

    def _keep(self, read: Read, page: Page) -> None:
        self._shelf[read] = page
        self._shelved_bytes += page.size
        while self._shelved_bytes > self._shelf_bytes:
            _, oldest = self._shelf.popitem(last=False)
            self._shelved_bytes -= oldest.size

    def _with_shared_beginning(self, page: Page) -> Page:
        now_ms = self._clock.monotonic_ms()
        began_at = self._load_began_at
        if (
            began_at is None
            or now_ms - self._load_began_ms > _SAME_LOAD_MS
            or began_at.epoch != page.state.epoch
            or not page.state.oldest_position <= began_at.position <= page.state.head
            or page.state.head - began_at.position > _SAME_LOAD_POSITIONS
        ):
            self.clear()
            began_at = self._load_began_at = page.after
            self._load_began_ms = self._loaded_ms = now_ms
        return replace(page, after=began_at)


def _is_of_load(read: Read) -> bool:
    return read.at is not None and read.at.phase is not Phase.TAIL


def _outlives_changes(read: Read) -> bool:
    """A page of entries does: changes are replayed. The replay and the seal do not."""
    return read.at is not None and read.at.phase is Phase.SNAPSHOT
