"""Following print jobs: those that are open, then every change. A slow watcher skips steps, never jobs."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from gateway.printing.job_store import JobStore
from gateway.printing.jobs import Job


async def watch_jobs(store: JobStore, register_id: str = "") -> AsyncGenerator[Job]:
    """Jobs of one register, or of all if empty. Keeps at most one entry per job, whatever the watcher's pace."""
    waiting: dict[bytes, Job] = {}
    arrived = asyncio.Event()

    def take(jobs: Sequence[Job]) -> None:
        waiting.update((job.job_id, job) for job in jobs if register_id in ("", job.register_id))
        arrived.set()

    stop = store.subscribe(take)
    try:
        take(store.open_jobs())
        while True:
            arrived.clear()
            while waiting:
                yield waiting.pop(next(iter(waiting)))
            await arrived.wait()
    finally:
        stop()
