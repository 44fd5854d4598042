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

    def __call__(self) -> _Link:
        """A new transport, not opened yet."""
        self.links += 1
        return _Link(self.printer, next(self._breaks, None))


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
        self._take(self._printer.receive(taken, self._now()))
        if self._left is not None:
            self._left -= len(taken)
            if self._left == 0:
                self._said.clear()  # on its way when the cable came out
                self._printer.disconnected(self._now())
                self._stirred.set()
        return len(taken)

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
            self._take(self._printer.disconnected(self._now()))
        return bytes(self._said)

    @property
    def _broken(self) -> bool:
        return self._left == 0

    def _take(self, output: Output) -> None:
        if output.write and not self._broken:
            self._said += output.write
            self._stirred.set()

    @staticmethod
    def _now() -> int:
        return int(asyncio.get_running_loop().time() * 1000)
