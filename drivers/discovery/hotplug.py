"""Plugged in and pulled out, as it happens: udev's events where udevd runs, else a look every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final, Protocol

from drivers.discovery.device import FoundDevice
from drivers.discovery.inventory import found
from drivers.discovery.settling import MISSES, TELLING, Change, Debounce, Roster

UDEVD: Final = Path("/run/udev/control")
QUIET_S: Final = 1.0
AT_MOST_S: Final = 5.0
POLL_S: Final = 2.0


class Monitor(Protocol):
    """The source of the kernel's events."""

    def fileno(self) -> int:
        """Readable when there is an event."""
        ...

    def events(self) -> list[tuple[str, str]]:
        """Take what has come, as (subsystem, action), without waiting."""
        ...


class UdevMonitor:
    """Events after udevd has named the nodes and set their permissions. Raises ImportError without libudev."""

    def __init__(self) -> None:
        import pyudev

        self._monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        for subsystem in TELLING:
            self._monitor.filter_by(subsystem)
        self._monitor.start()

    def fileno(self) -> int:
        return int(self._monitor.fileno())

    def events(self) -> list[tuple[str, str]]:
        return [(device.subsystem, device.action) for device in iter(lambda: self._monitor.poll(timeout=0), None)]


def udev_monitor() -> Monitor | None:
    """A monitor, or None where no udevd runs (many containers) or libudev is missing."""
    if not UDEVD.exists():
        return None
    try:
        return UdevMonitor()
    except ImportError:
        return None


class Hotplug:
    """Tells what comes and goes. `look` is called in a thread.

    Use it as a context manager, then iterate over `changes()` in one task; leaving the context or cancelling that task stops it.
    Devices that are there at the beginning are `present` and no change.
    """

    def __init__(
        self,
        look: Callable[[], list[FoundDevice]] = found,
        *,
        monitor: Callable[[], Monitor | None] = udev_monitor,
        quiet: float = QUIET_S,
        poll: float = POLL_S,
    ) -> None:
        self._look, self._open_monitor = look, monitor
        self._poll = poll
        self._debounce = Debounce(quiet, max(quiet, AT_MOST_S))
        self._monitor: Monitor | None = None
        self._stirred = asyncio.Event()
        self._roster = Roster(())

    @property
    def present(self) -> list[FoundDevice]:
        """What was there at the last look."""
        return self._roster.present

    async def __aenter__(self) -> Hotplug:
        # Listening begins before the first look: what comes in between would be missed for ever.
        self._monitor = self._open_monitor()
        if self._monitor is not None:
            asyncio.get_running_loop().add_reader(self._monitor.fileno(), self._readable, self._monitor)
        self._roster = Roster(await asyncio.to_thread(self._look))
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._monitor is not None:
            asyncio.get_running_loop().remove_reader(self._monitor.fileno())
            self._monitor = None

    async def changes(self) -> AsyncIterator[Change]:
        """Every change from now on, without end."""
        while True:
            misses = await self._due()
            for change in self._roster.seen(await asyncio.to_thread(self._look), misses):
                yield change

    async def _due(self) -> int:
        """Wait until it is time to look; returns how many looks without a device mean that it is gone."""
        if self._monitor is None:
            await asyncio.sleep(self._poll)  # nobody tells: a look now and then is all there is
            return MISSES
        loop = asyncio.get_running_loop()
        while self._debounce.due is None or loop.time() < self._debounce.due:
            self._stirred.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(self._debounce.due):
                    await self._stirred.wait()
        self._debounce.looked()
        return 1

    def _readable(self, monitor: Monitor) -> None:
        now = asyncio.get_running_loop().time()
        for subsystem, action in monitor.events():
            self._debounce.heard(subsystem, action, now)
        self._stirred.set()
