"""The door to the store: one thread writes, a few read, and the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from central.store.engine import for_reading, passing

T = TypeVar("T")

READERS = 4


class Database:
    """Runs works: functions of a connection that return what the caller needs and keep nothing else.

    A write is one transaction and returns after its commit is on disk; what it raises undoes it. A full disk or a busy database is
    TryAgain (DISK_FULL, STORE_BUSY). A caller that is cancelled meanwhile does not undo the work.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = for_reading(engine)
        self._writer = ThreadPoolExecutor(1, "central-writer")
        self._readers = ThreadPoolExecutor(READERS, "central-reader")

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs a work in a transaction of its own, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, _in_transaction, self._engine, work)

    def write_here(self, work: Callable[[Connection], T]) -> T:
        """The same for a caller that is on a thread of its own already; blocks."""
        return self._writer.submit(_in_transaction, self._engine, work).result()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs a work that only reads, on one consistent state, beside others."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_here, work)

    def read_here(self, work: Callable[[Connection], T]) -> T:
        """The same for a caller that is on a thread of its own already; blocks."""
        return _in_transaction(self._reading, work)

    async def on_reader(self, work: Callable[[], T]) -> T:
        """Runs what blocks on `read_here` on one of the reading threads."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def close(self) -> None:
        """Waits for the works that have begun and closes every connection."""
        await asyncio.to_thread(self.close_here)

    def close_here(self) -> None:
        """The same for a caller without an event loop; blocks."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._engine.dispose()


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    try:
        with engine.begin() as connection:
            return work(connection)
    except DBAPIError as failure:
        reason = passing(failure)
        if reason is None:
            raise
        raise reason from failure
