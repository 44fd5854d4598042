"""A wire inside one process: the printer's end is a `Link`, the host's end a transport.

It keeps every promise of `drivers.transport.contract`: what it accepts is counted, it holds a host whose printer does not read,
and a broken one is `LinkLost`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from drivers.errors import LinkLost

WINDOW: Final = 4096
"""Bytes on their way in each direction, as in a network interface: what the printer has not taken waits at the host."""


class Cable:
    """One plugged-in wire. Both ends live on the same event loop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.hold = True
        self._to_printer = bytearray()
        self._to_host = bytearray()
        self._host_left = False
        self._printer_left = False
        self._changed = asyncio.Event()

    # The printer's end: `drivers.virtual.links.Link`.

    async def read(self, limit: int) -> bytes:
        """Up to `limit` bytes; none when the host has left or the cable was pulled."""
        while not self._to_printer and not self._host_left and not self._printer_left:
            await self._change()
        return b"" if self._printer_left else self._taken(self._to_printer, limit)

    def write(self, data: bytes) -> int:
        """Send a reply; return how many bytes were lost."""
        room = 0 if self._printer_left else WINDOW - len(self._to_host)
        self._to_host += data[:room]
        self._changed.set()
        return max(0, len(data) - room)

    def hang_up(self) -> None:
        """Say no more; what the host still says can be read."""
        self._printer_left = True
        self._changed.set()

    def close(self, *, abrupt: bool) -> None:
        """Pull the cable. It makes no difference to a host whether it was pulled or put away."""
        self.hang_up()

    # The host's end.

    async def send(self, data: bytes) -> int:
        """Put what fits on the cable, waiting for room; 0 when it was pulled."""
        while not self._printer_left and len(self._to_printer) >= WINDOW:
            await self._change()
        room = 0 if self._printer_left else WINDOW - len(self._to_printer)
        self._to_printer += data[:room]
        self._changed.set()
        return min(room, len(data))

    async def hear(self) -> bytes:
        """What the printer said, as soon as it says something; none when the cable was pulled."""
        while not self._to_host and not self._printer_left:
            await self._change()
        return self._taken(self._to_host, len(self._to_host))

    async def leave(self) -> None:
        """Say that no more will come, and wait until the printer has taken everything and let go."""
        self._host_left = True
        self._changed.set()
        while not self._printer_left:
            await self._change()

    def last_words(self) -> bytes:
        """What has been said and not heard."""
        return self._taken(self._to_host, len(self._to_host))

    async def _change(self) -> None:
        # Everybody looks again before waiting, so one event serves all of them.
        self._changed.clear()
        await self._changed.wait()

    def _taken(self, waiting: bytearray, limit: int) -> bytes:
        data = bytes(waiting[:limit])
        del waiting[:limit]
        self._changed.set()
        return data


class CableTransport:
    """The host's end of a cable, as every other transport; `plug_in` gives a fresh cable or raises DeviceUnavailable."""

    def __init__(self, address: str, plug_in: Callable[[], Awaitable[Cable]]) -> None:
        self._address = address
        self._plug_in = plug_in
        self._cable: Cable | None = None

    @property
    def address(self) -> str:
        """The address as configured."""
        return self._address

    async def open(self, deadline: float) -> None:
        """Plug the cable in; nothing here takes long enough to watch the deadline."""
        self._cable = await self._plug_in()

    async def send(self, data: bytes, deadline: float) -> int:
        """Write what the printer takes until the deadline."""
        cable, accepted = self._plugged(), 0
        try:
            async with asyncio.timeout_at(deadline):
                while accepted < len(data):
                    count = await cable.send(data[accepted:])
                    if not count:
                        break
                    accepted += count
        except TimeoutError:
            return accepted
        if data and not accepted:
            raise LinkLost(self._address, "the virtual cable was pulled")
        return accepted

    async def read(self, deadline: float) -> bytes:
        """What the printer said, none when it was silent."""
        cable = self._plugged()
        try:
            async with asyncio.timeout_at(deadline):
                heard = await cable.hear()
        except TimeoutError:
            return b""
        if not heard:
            raise LinkLost(self._address, "the virtual cable was pulled")
        return heard

    async def close(self, deadline: float) -> bytes:
        """Let the printer take what is on the cable; what it has not taken at the deadline it still can later."""
        cable, self._cable = self._cable, None
        if cable is None:
            return b""
        try:
            async with asyncio.timeout_at(deadline):
                await cable.leave()
        except TimeoutError:
            return cable.last_words()
        return cable.last_words()

    def _plugged(self) -> Cable:
        if self._cable is None:
            raise LinkLost(self._address, "not open")
        return self._cable
