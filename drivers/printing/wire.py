"""An open link to a printer whose return channel is always being read.

A printer holds back or drops what nobody reads (128 bytes on USB), and unread bytes make a TCP close lose the job.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from drivers.errors import LinkLost
from drivers.escpos.replies import Reply, ReplyParser
from drivers.transport.contract import Transport

READ_PATIENCE_S: Final = 60.0
MOST_SAID: Final = 16 * 1024
"""Bytes within WINDOW_S. A printer says some dozen at a time; what says more is none, and hearing it out would leave no time for others."""
WINDOW_S: Final = 1.0


class Wire:
    """Owns an opened transport. Every reply goes to `heard`, in order; then to whoever asked for it."""

    def __init__(self, transport: Transport, heard: Callable[[Reply], None], stir: Callable[[], None]) -> None:
        self._transport = transport
        self._heard, self._stir = heard, stir
        self._parser = ReplyParser()
        self._question: tuple[Callable[[Reply], bool], asyncio.Future[Reply]] | None = None
        self._lost: LinkLost | None = None
        self._reader = asyncio.create_task(self._drain(), name=f"drain {transport.address}")
        self._reader.add_done_callback(lambda _task: stir())

    @property
    def address(self) -> str:
        """Where it leads."""
        return self._transport.address

    def check(self) -> None:
        """Raise LinkLost once the link is gone."""
        if self._lost is not None:
            raise LinkLost(self._lost.device, self._lost.detail)
        if self._reader.done():
            self._reader.result()  # a listener failed: let its owner see it

    async def send(self, data: bytes, deadline: float) -> int:
        """Like `Transport.send`."""
        self.check()
        return await self._transport.send(data, deadline)

    async def send_whole(self, command: bytes, deadline: float) -> bool:
        """Send a command whole, or not at all (False). LinkLost when it broke off inside: the stream is spoilt then."""
        count = await self.send(command, deadline)
        if 0 < count < len(command):
            raise LinkLost(self._transport.address, f"stopped reading after {count} bytes of a command")
        return count == len(command)

    async def ask(self, request: bytes, answers: Callable[[Reply], bool], deadline: float) -> Reply | None:
        """Send a request and wait for the first reply that `answers` it; None when it stays out. LinkLost as usual."""
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._question = (answers, waiting)
        try:
            if not await self.send_whole(request, deadline):
                return None
            async with asyncio.timeout_at(deadline):
                return await waiting
        except TimeoutError:
            return None
        finally:
            self._question = None

    async def close(self, deadline: float) -> None:
        """Let the printer finish reading and speaking; what it says is still heard."""
        self._reader.cancel()
        try:
            (ending,) = await asyncio.gather(self._reader, return_exceptions=True)
        finally:  # also when the owner is cancelled right here: an unclosed port stays locked
            last_words = await self._transport.close(deadline)
            # Of one that says too much nothing is believed; to hear it out could take longer than anybody waits.
            self._take(last_words if len(last_words) <= MOST_SAID else b"")
        if isinstance(ending, Exception):
            raise ending  # a listener failed: let its owner see it

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        window_ends, said = 0.0, 0
        try:
            while True:
                data = await self._transport.read(loop.time() + READ_PATIENCE_S)
                if loop.time() >= window_ends:
                    window_ends, said = loop.time() + WINDOW_S, 0
                said += len(data)
                if said > MOST_SAID:
                    raise LinkLost(self._transport.address, "says more than a printer does: is this its address?")
                self._take(data)
        except LinkLost as lost:
            self._end(lost)

    def _take(self, data: bytes) -> None:
        for reply in self._parser.feed(data):
            self._heard(reply)
            if self._question is not None and not self._question[1].done() and self._question[0](reply):
                self._question[1].set_result(reply)

    def _end(self, lost: LinkLost) -> None:
        self._lost = lost
        for reply in self._parser.cut():
            self._heard(reply)
        if self._question is not None and not self._question[1].done():
            self._question[1].set_exception(LinkLost(lost.device, lost.detail))
        self._stir()
