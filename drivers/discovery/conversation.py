"""A few questions to a device that nobody owns yet, over a transport of its own; jobs are for `drivers.printing`.

What was said before a question is thrown away, because a late answer would pass for the answer to the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from drivers.errors import LinkLost
from drivers.escpos.replies import Reply, ReplyParser
from drivers.transport.contract import OpenTransport, Transport

CONNECT_S: Final = 5.0
SEND_S: Final = 2.0
CLOSE_S: Final = 2.0
PAUSE_S: Final = 0.15
"""A silence of this length ends an answer: printers say theirs in one go."""
MOST_SAID: Final = 4096
STALE_S: Final = 0.02
"""How long to look for what was said before: a deadline that has passed already reads nothing at all."""


class Conversation:
    """One opened link, used by one task, one question at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def exchange(self, request: bytes, patience: float) -> bytes:
        """Ask and return everything that is said until it pauses; b"" when nothing came within `patience` seconds.

        Raises LinkLost when the link ended before anything was said.
        """
        await self._clear()
        await self.tell(request)
        return await self.listen(patience)

    async def listen(self, patience: float) -> bytes:
        """What is said without having been asked, up to the first pause. LinkLost as in `exchange`."""
        said, deadline = bytearray(), _now() + patience
        try:
            while len(said) < MOST_SAID and (data := await self._transport.read(deadline)):
                said += data
                deadline = min(deadline, _now() + PAUSE_S)
        except LinkLost:
            if not said:
                raise
        return bytes(said)

    async def ask(self, request: bytes, answers: Callable[[Reply], bool], patience: float) -> Reply | None:
        """The first reply that `answers`; None when it stays out. LinkLost as usual."""
        await self._clear()
        await self.tell(request)
        parser, deadline = ReplyParser(), _now() + patience
        while data := await self._transport.read(deadline):
            found = next((reply for reply in parser.feed(data) if answers(reply)), None)
            if found is not None:
                return found
        return None

    async def tell(self, data: bytes) -> None:
        """Send something that has no answer. Raises LinkLost when the device does not take it."""
        if await self._transport.send(data, _now() + SEND_S) < len(data):
            raise LinkLost(self._transport.address, "stopped reading")

    async def _clear(self) -> None:
        left = MOST_SAID
        while left > 0 and (data := await self._transport.read(_now() + STALE_S)):
            left -= len(data)


@asynccontextmanager
async def conversation(open_transport: OpenTransport) -> AsyncIterator[Conversation]:
    """Open a link for a conversation and close it afterwards. Raises DeviceUnavailable or DeviceRefused when there is none."""
    transport = open_transport()
    await transport.open(_now() + CONNECT_S)
    try:
        yield Conversation(transport)
    finally:
        await transport.close(_now() + CLOSE_S)


def _now() -> float:
    return asyncio.get_running_loop().time()
