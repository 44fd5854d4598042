"""The mains of devices inside a process: whoever plugs in first switches the device on, and it stays on as long as the event loop."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

from drivers.errors import DeviceUnavailable, Reason

Device = TypeVar("Device")


class Mains(Generic[Device]):
    """Runs what `make` gives, once per event loop. `make` and what it gives may raise OSError: a place that cannot be opened."""

    def __init__(self, name: str, make: Callable[[], AbstractAsyncContextManager[Device]]) -> None:
        self._name, self._make = name, make
        self._life: asyncio.Task[None] | None = None
        self._switched_on: asyncio.Future[Device] | None = None

    async def device(self) -> Device:
        """The device, switched on. Raises DeviceUnavailable (DEVICE_ABSENT) when one of its places cannot be opened."""
        if self._switched_on is None or self._life is None or self._life.done():
            self._switched_on = asyncio.get_running_loop().create_future()
            self._life = asyncio.create_task(self._live(self._switched_on), name=self._name)
        try:
            return await asyncio.shield(self._switched_on)
        except OSError as cause:
            raise DeviceUnavailable(Reason.DEVICE_ABSENT, self._name, str(cause)) from cause

    async def _live(self, switched_on: asyncio.Future[Device]) -> None:
        try:
            opened = self._make()
            device = await opened.__aenter__()
        except OSError as cause:
            switched_on.set_exception(cause)
            return
        switched_on.set_result(device)
        try:
            # The loop holds a task that sleeps; one that waits for what nobody can cause would be collected.
            await asyncio.sleep(math.inf)
        finally:
            await opened.__aexit__(None, None, None)
