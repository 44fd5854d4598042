"""Following print jobs: those that are open, then every change. A slow watcher skips steps, never jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway.printing.job_store import JobStore
from gateway.printing.jobs import Job


class JobWatch:
    """Watches the jobs of one register, or of all if empty, from its making until `close`.

    It keeps at most one entry per job, whatever the watcher's pace.
    """

    def __init__(self, store: JobStore, register_id: str = "") -> None:
        self._register_id = register_id
        self._waiting: dict[bytes, Job] = {}
        self._arrived = asyncio.Event()
        self._stop = store.subscribe(self._take)
        self._take(store.open_jobs())

    async def next(self) -> Job:
        """The next job that is open or has changed, as it stands."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.pop(next(iter(self._waiting)))

    def close(self) -> None:
        """Ends the watch."""
        self._stop()

    def _take(self, jobs: Sequence[Job]) -> None:
        self._waiting.update((job.job_id, job) for job in jobs if self._register_id in ("", job.register_id))
        self._arrived.set()
