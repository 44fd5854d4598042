"""A printer's stand-in: what waits for a printer that is out goes to its fallback, and comes home when only home can print.

Only jobs of which nothing was sent move, and `JobStore.claim` decides every race with a printer that is just about to send: so the unmarked
original stays one. A job stands at its home or at its home's fallback, never farther: two printers may well stand in for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from gateway.config import Device
from gateway.devices import Devices
from gateway.printing.job_store import JobStore
from gateway.printing.jobs import Job

log = logging.getLogger(__name__)


class Fallbacks:
    """Looks after every change of a printer or a job, and when a printer has been out long enough. `run` it as a task."""

    def __init__(self, devices: Devices, store: JobStore) -> None:
        self._devices, self._store = devices, store
        self._homes = tuple(device for device in devices.configured if device.fallback)
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Moves jobs until cancelled."""
        stops = (
            self._devices.follow_printers(self._changed.set),
            self._store.subscribe(lambda _jobs: self._changed.set()),
        )
        try:
            while True:
                self._changed.clear()
                await self._wait(await self._look())
        finally:
            for stop in stops:
                stop()

    async def _look(self) -> float | None:
        """Moves what is to be moved. Returns when to look again, if nothing changes before."""
        waiting = self._store.unsent() if self._homes else ()
        due = [await self._serve(home, waiting) for home in self._homes if waiting]
        return min((time for time in due if time is not None), default=None)

    async def _serve(self, device: Device, waiting: Sequence[Job]) -> float | None:
        home, fallback = device.name, device.fallback
        at_home = any(job.home == job.printer == home for job in waiting)
        away = any((job.home, job.printer) == (home, fallback) for job in waiting)
        if away and self._is_ready(home) and not self._is_ready(fallback):
            await self._hand_over(home, fallback, home)
        out_since = self._devices.out_since(home)
        if not at_home or out_since is None:
            return None
        due = out_since + device.fallback_after_s
        if asyncio.get_running_loop().time() < due:
            return due
        if self._is_ready(fallback):
            await self._hand_over(home, home, fallback)
        return None

    def _is_ready(self, name: str) -> bool:
        """The printer says itself that it can print. Silence is no reason to send it more."""
        status = self._devices.status(name)
        return status.ready and status.paper_out is False

    async def _hand_over(self, home: str, source: str, target: str) -> None:
        moved = await self._store.hand_over(home, source, target)
        if moved:
            log.warning("print_jobs_moved", extra={"source": source, "target": target, "jobs": len(moved)})

    async def _wait(self, due: float | None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await self._changed.wait()
