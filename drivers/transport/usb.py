"""USB printers through libusb, for what the kernel's `usblp` does not bind (Epson's vendor mode) or no kernel driver is wanted.

libusb blocks, so a transport has two threads while it is open: one listens all the time, because a printer keeps 128 bytes
for a host that does not and drops the rest (Epson EU-m30 guide, p. 16); one opens, writes and closes.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final

from drivers.errors import DeviceUnavailable, LinkLost, Reason
from drivers.transport.address import UsbAddress
from drivers.transport.inbox import Inbox
from drivers.transport.usb_link import UsbLink, open_link

LISTEN_S: Final = 0.05
"""Length of one look for answers; closing waits at most so long for the last."""
LAST_WORDS_S: Final = 0.02
GIVE_BACK_S: Final = 1.0
"""Closing takes this long even after its deadline, if it must: who opens anew before the printer is free finds it in use."""
PAUSE_S: Final = 0.01
"""Between looks at a printer that answers "nothing" at once, and while nobody takes what was heard."""


class UsbTransport:
    """One claimed USB printer."""

    def __init__(self, address: UsbAddress) -> None:
        self._address = address
        self._opened: _Opened | None = None

    @property
    def address(self) -> str:
        """The address as configured."""
        return str(self._address)

    async def open(self, deadline: float) -> None:
        """Look for the printer anew, as it has another device number after a replug, and claim it."""
        worker = ThreadPoolExecutor(1, thread_name_prefix=f"write {self.address}")
        opening = worker.submit(open_link, self._address.identity, self.address)
        try:
            async with asyncio.timeout_at(deadline):
                link = await asyncio.shield(asyncio.wrap_future(opening))
        except TimeoutError as error:
            opening.add_done_callback(_close_late)
            raise DeviceUnavailable(Reason.CONNECTION_TIMEOUT, self.address) from error
        except asyncio.CancelledError:
            opening.add_done_callback(_close_late)
            raise
        else:
            self._opened = _Opened(link, worker, Inbox())
            self._opened.listen(self.address)
        finally:
            if self._opened is None:
                worker.shutdown(wait=False)

    async def send(self, data: bytes, deadline: float) -> int:
        """Write as fast as the printer takes it; what it did not take by the deadline is called back."""
        opened = self._link()
        opened.inbox.check()
        return await opened.write(data, deadline)

    async def read(self, deadline: float) -> bytes:
        """What the listening thread has heard."""
        return await self._link().inbox.take(deadline)

    async def close(self, deadline: float) -> bytes:
        """Hear the printer out and give it back. It has taken what it accepted: the host buffers nothing on USB."""
        opened, self._opened = self._opened, None
        return b"" if opened is None else await opened.close(deadline)

    def _link(self) -> _Opened:
        if self._opened is None:
            raise LinkLost(self.address, "not open")
        return self._opened


@dataclass
class _Opened:
    """What exists while a printer is open. The worker's calls come one after the other, closing last."""

    link: UsbLink
    worker: ThreadPoolExecutor
    inbox: Inbox
    stop: Event = field(default_factory=Event)
    listener: Thread | None = None

    def listen(self, device: str) -> None:
        # A daemon: a program that forgot to close can still end.
        self.listener = Thread(target=self._listen, name=f"listen {device}", daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        try:
            while not self.stop.is_set():
                if self.inbox.full or not self._hear(LISTEN_S):
                    self.stop.wait(PAUSE_S)
            while self._hear(LAST_WORDS_S) and not self.inbox.full:
                pass
        except LinkLost as lost:
            self.inbox.end(lost)

    def _hear(self, patience_s: float) -> bool:
        data = self.link.read(patience_s)
        if data:
            self.inbox.put(data)
        return bool(data)

    async def write(self, data: bytes, deadline: float) -> int:
        loop = asyncio.get_running_loop()
        until = time.monotonic() + deadline - loop.time()
        return await loop.run_in_executor(self.worker, self.link.write, data, until, self.stop)

    async def close(self, deadline: float) -> bytes:
        self.stop.set()
        closing = asyncio.wrap_future(self.worker.submit(self._give_back))
        self.worker.shutdown(wait=False)
        patience = max(GIVE_BACK_S, deadline - asyncio.get_running_loop().time())
        ended = asyncio.ensure_future(asyncio.wait({closing}, timeout=patience))
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError:
            await ended  # who starts over after the owner was cancelled right here must not find the printer in use
            raise
        return self.inbox.take_rest()

    def _give_back(self) -> None:
        if self.listener is not None:
            self.listener.join()
        self.link.close()


def _close_late(opening: Future[UsbLink]) -> None:
    """Nobody waits any more for what was opened."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
