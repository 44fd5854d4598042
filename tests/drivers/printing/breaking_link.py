"""A link to the virtual printer, without sockets, that breaks after any number of bytes; as often as told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from drivers.errors import LinkLost
from drivers.virtual.events import Output
from drivers.virtual.printer import VirtualPrinter


class BreakingLink:
    """Makes transports to one printer. `breaks` says after how many bytes each of the first links dies.

    What a broken link took has reached the printer; the printer keeps it, as one that stays under power does.
    """

    def __init__(self, printer: VirtualPrinter, breaks: Iterator[int]) -> None:
        self.printer = printer
        self.links = 0
        self._breaks = breaks
        self._link: _Link | None = None

    def __call__(self) -> _Link:
        """A new transport, not opened yet."""
        self.links += 1
        self._link = _Link(self.printer, next(self._breaks, None))
        return self._link

    def switch(self, fault: str, value: object) -> None:
        """Somebody does something to the printer, which may report it."""
        output = self.printer.switch(fault, value, _now())
        if self._link is not None:
            self._link.hears(output)

    def breaks(self) -> None:
        """The cable comes out."""
        self.printer.disconnected(_now())
        if self._link is not None:
            self._link.breaks()

    def power_cycle(self) -> None:
        """Off and on: whoever is linked loses the link."""
        self.printer.power_cycle(_now())
        if self._link is not None:
            self._link.breaks()


class _Link:
    address = "memory://printer"

    def __init__(self, printer: VirtualPrinter, left: int | None) -> None:
        self._printer = printer
        self._left = left
        self._said = bytearray()
        self._stirred = asyncio.Event()

    async def open(self, deadline: float) -> None:
        """Nothing to do."""

    async def send(self, data: bytes, deadline: float) -> int:
        if self._left == 0:
            raise LinkLost(self.address, "broken")
        taken = data[: self._left]
        self._take(self._printer.receive(taken, _now()))
        if self._left is not None:
            self._left -= len(taken)
            if self._left == 0:
                self._printer.disconnected(_now())
                self.breaks()
        return len(taken)

    def breaks(self) -> None:
        """From now on nothing passes."""
        self._left = 0
        self._said.clear()  # on its way when the cable came out
        self._stirred.set()

    def hears(self, output: Output) -> None:
        """The printer says something by itself."""
        self._take(output)

    async def read(self, deadline: float) -> bytes:
        try:
            async with asyncio.timeout_at(deadline):
                await self._stirred.wait()
        except TimeoutError:
            return b""
        if self._broken:
            raise LinkLost(self.address, "broken")
        self._stirred.clear()
        said, self._said = bytes(self._said), bytearray()
        return said

    async def close(self, deadline: float) -> bytes:
        if not self._broken:
            self._take(self._printer.disconnected(_now()))
        return bytes(self._said)

    @property
    def _broken(self) -> bool:
        return self._left == 0

    def _take(self, output: Output) -> None:
        if output.write and not self._broken:
            self._said += output.write
            self._stirred.set()


def _now() -> int:
    return int(asyncio.get_running_loop().time() * 1000)
