"""From a listening thread to the event loop: what a device said, in order, until its link is lost."""

from __future__ import annotations

import asyncio
from typing import Final

from drivers.errors import LinkLost

MOST_UNREAD: Final = 64 * 1024


class Inbox:
    """The thread puts, the loop takes; only the loop ever touches what is inside."""

    def __init__(self) -> None:
        """Made on the loop that will take."""
        self._loop = asyncio.get_running_loop()
        self._heard = bytearray()
        self._lost: LinkLost | None = None
        self._stirred = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether the thread had better wait: nobody takes what it puts."""
        return len(self._heard) >= MOST_UNREAD

    def put(self, data: bytes) -> None:
        """Hand over what was heard. From the thread."""
        self._loop.call_soon_threadsafe(self._add, data)

    def end(self, lost: LinkLost) -> None:
        """Say that nothing will come any more. From the thread."""
        self._loop.call_soon_threadsafe(self._finish, lost)

    def check(self) -> None:
        """Raise LinkLost once the link is gone."""
        if self._lost is not None:
            raise LinkLost(self._lost.device, self._lost.detail)

    async def take(self, deadline: float) -> bytes:
        """What was heard, b"" at the deadline. LinkLost when all was taken and the link is gone."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._stirred.wait()
        except TimeoutError:
            return b""
        if not self._heard:
            self.check()
        return self.take_rest()

    def take_rest(self) -> bytes:
        """What was heard, without waiting."""
        heard = bytes(self._heard)
        self._heard.clear()
        if self._lost is None:
            self._stirred.clear()
        return heard

    def _add(self, data: bytes) -> None:
        self._heard += data
        self._stirred.set()

    def _finish(self, lost: LinkLost) -> None:
        self._lost = lost
        self._stirred.set()
