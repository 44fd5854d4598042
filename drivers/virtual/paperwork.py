"""Writes what comes out of a printer into its folder, in order and beside the event loop.

A thread of its own: drawing a slip takes some ten milliseconds, and whatever has come out is written even when the event loop
cancels everything that runs on it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

from drivers.virtual.events import PrinterEvent
from drivers.virtual.folder import PaperFolder


class Paperwork:
    """One folder and the thread that writes into it. Raises OSError when the folder cannot be made."""

    def __init__(self, folder: PaperFolder) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="paper")
        self._latest: Future[None] | None = None
        self._failed: list[Future[None]] = []

    def hand_in(self, event: PrinterEvent, time_ms: int) -> None:
        """Write it when what came before is written."""
        self._latest = self._thread.submit(self._folder.write, event, time_ms)
        self._latest.add_done_callback(self._look)

    async def written(self) -> None:
        """Wait until everything handed in so far is written, or cannot be."""
        if self._latest:
            await asyncio.wait([asyncio.wrap_future(self._latest)])

    async def finish(self) -> None:
        """Wait for the last write. Raises what the first one that failed raised."""
        await asyncio.to_thread(self._thread.shutdown)
        if self._failed:
            self._failed[0].result()

    def _look(self, write: Future[None]) -> None:
        if write.exception() is not None:
            self._failed.append(write)
