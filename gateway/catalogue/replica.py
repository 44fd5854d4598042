"""The branch's copy of the catalogue: the owner of catalogue.db, its two threads, and what the gateway asks while selling."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from branchgate.catalogue import SETTINGS_KEY, Article, BranchSettings, EntryType
from branchgate.clock import Clock
from branchgate.sync.damaged import open_or_begin_again
from branchgate.sync.source import EntryId
from branchgate.sync.sqlite import SqliteSink
from gateway.catalogue.feed import LocalFeed
from gateway.catalogue.positions import PositionedEntries, clear_tombstones
from gateway.catalogue.tables import open_for_reading, open_for_writing

FILE_NAME = "catalogue.db"
"""Name of the file inside the data folder."""

_SETTINGS_ID = EntryId(EntryType.BRANCH_SETTINGS, SETTINGS_KEY)

_T = TypeVar("_T")


class DatabaseThread:
    """One thread that owns one connection. A runner for sync sessions."""

    def __init__(self, name: str, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def __call__(self, work: Callable[[], _T]) -> _T:
        """Runs work there."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def close(self) -> None:
        """After the work that is under way."""
        await self(self.connection.close)
        self._executor.shutdown()


class Replica:
    """Articles, categories and settings as the branch has them. Made by `open`, in the event loop that uses it.

    `sink` is filled by sync, in the thread `writing`; `feed` is what registers are served from, in the thread `reading`.
    """

    def __init__(self, writing: DatabaseThread, reading: DatabaseThread, clock: Clock) -> None:
        self.writing = writing
        self.reading = reading
        self.sink = SqliteSink(writing.connection, PositionedEntries(clock, self._committed))
        self.feed = LocalFeed(reading.connection)
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._followers: list[Callable[[], None]] = []
        # Looked up for every line that is sold: a set answers at once, whatever the disk is doing.
        self._articles: set[str] = set()
        self._settings: BranchSettings | None = None
        self._filled = False

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Replica:
        """Opens or makes the file; a damaged one is set aside, and central sends everything again."""
        connection = await asyncio.to_thread(open_or_begin_again, path, open_for_writing, clock)
        replica = cls(
            DatabaseThread("catalogue-write", connection),
            DatabaseThread("catalogue-read", await asyncio.to_thread(open_for_reading, path)),
            clock,
        )
        await replica.writing(replica._load)
        return replica

    async def close(self) -> None:
        """Ends both threads."""
        await self.reading.close()
        await self.writing.close()

    def has_article(self, article_number: str) -> bool | None:
        """Whether the branch sells it; None while there has never been a catalogue to tell by."""
        return article_number in self._articles if self._filled else None

    def settings(self) -> BranchSettings | None:
        """What central has decided for the branch, None before the first sync."""
        return self._settings

    @property
    def article_count(self) -> int:
        """Articles in the branch's assortment."""
        return len(self._articles)

    async def article(self, article_number: str) -> Article | None:
        """An article as it is sold now."""
        value = await self.reading(lambda: _value(self.reading.connection, EntryId(EntryType.ARTICLE, article_number)))
        return None if value is None else Article.decode(value)

    async def clear_tombstones(self) -> int:
        """Removes what was deleted so long ago that no register may ask for it any more; to be called once a day."""
        return await self.writing(lambda: clear_tombstones(self.writing.connection, self._clock.now_ms()))

    def follow(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls `changed` in the event loop after each commit that changed something; returns how to end that."""
        self._followers.append(changed)
        return lambda: self._followers.remove(changed)

    def _load(self) -> None:
        rows = self.writing.connection.execute(
            "SELECT key FROM entries WHERE type = ? AND value IS NOT NULL", (EntryType.ARTICLE,)
        )
        self._articles = {key for (key,) in rows}
        self._load_settings()

    def _load_settings(self) -> None:
        value = _value(self.writing.connection, _SETTINGS_ID)
        self._settings = None if value is None else BranchSettings.decode(value)
        (head,) = self.writing.connection.execute("SELECT head FROM feed").fetchone()
        self._filled = head > 0

    def _committed(self, put: Sequence[EntryId], deleted: Sequence[EntryId]) -> None:
        """In the writing thread."""
        if not put and not deleted:
            return
        self._articles.update(entry.key for entry in put if entry.entry_type == EntryType.ARTICLE)
        self._articles.difference_update(entry.key for entry in deleted if entry.entry_type == EntryType.ARTICLE)
        if not self._filled or _SETTINGS_ID in put or _SETTINGS_ID in deleted:
            self._load_settings()
        self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        for changed in tuple(self._followers):
            changed()


def _value(connection: sqlite3.Connection, entry: EntryId) -> bytes | None:
    row = connection.execute("SELECT value FROM entries WHERE type = ? AND key = ?", entry).fetchone()
    return None if row is None else row[0]
