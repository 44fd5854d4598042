"""The link to a small device, a display or a scale: opened, listened to, and opened again after it broke.

One task owns it. A printer's link is `drivers.printing.wire`, which has replies to match and jobs to account for.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from drivers.errors import DeviceRefused, DeviceUnavailable, LinkLost, Reason
from drivers.transport.contract import OpenTransport, Transport

READ_PATIENCE_S: Final = 60.0
MOST_SAID: Final = 16 * 1024
"""Bytes within WINDOW_S; whoever says more is no display and no scale, and hearing it out would leave no time for others."""
WINDOW_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What is known of a device. `online` None: unknown, because nothing has been heard from it; `detail` is for logs."""

    online: bool | None = None
    reason: Reason | None = Reason.NOT_CONNECTED
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LineLimits:
    """Seconds: to connect, to hand over one message, to close, and between attempts (doubling from the first to the most)."""

    connect: float = 5.0
    send: float = 2.0
    close: float = 1.0
    retry_first: float = 0.5
    retry_most: float = 10.0


class OpenLine:
    """An open link that is always being read. `heard` gets every byte, in order."""

    def __init__(self, transport: Transport, limits: LineLimits, stir: asyncio.Event) -> None:
        self._transport, self._limits, self._stir = transport, limits, stir
        self.heard: Callable[[bytes], None] = _nobody
        self._lost: LinkLost | None = None
        self._reader = asyncio.create_task(self._listen(), name=f"listen {transport.address}")

    async def send(self, data: bytes) -> None:
        """Hand over all of it. Raises LinkLost, or DeviceUnavailable (NOT_READING) when the device does not take it in time."""
        accepted = await self._transport.send(data, now() + self._limits.send)
        if accepted < len(data):
            raise DeviceUnavailable(Reason.NOT_READING, self._transport.address, f"took {accepted} of {len(data)}")

    async def changed(self, until: float) -> None:
        """Wait until something happened, or until then. Raises LinkLost when the link is gone."""
        await _stirred(self._stir, until)
        if self._lost is not None:
            raise LinkLost(self._lost.device, self._lost.detail)

    async def pause(self, until: float) -> None:
        """Let time pass, whatever happens except the link's end (LinkLost)."""
        while now() < until:
            await self.changed(until)

    async def close(self) -> None:
        """Stop listening and close the link."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._transport.close(now() + self._limits.close)

    async def _listen(self) -> None:
        said, since = 0, now()
        try:
            while True:
                data = await self._transport.read(now() + READ_PATIENCE_S)
                if now() - since > WINDOW_S:
                    said, since = 0, now()
                said += len(data)
                if said > MOST_SAID:
                    raise LinkLost(self._transport.address, "it talks without end: is this its address?")
                self.heard(data)
        except LinkLost as lost:
            self._lost = lost
            self._stir.set()


Serve = Callable[[OpenLine], Awaitable[None]]
"""Uses a link until it breaks; returning asks for a fresh one at once."""


class Line:
    """Keeps a link to one device, and knows how it stands."""

    def __init__(self, open_transport: OpenTransport, limits: LineLimits | None = None) -> None:
        self._open_transport, self._limits = open_transport, limits or LineLimits()
        self.state = DeviceState()
        self.resting = False
        self._stir = asyncio.Event()
        self._due = asyncio.Event()
        self._callbacks: list[Callable[[DeviceState], None]] = []

    def subscribe(self, callback: Callable[[DeviceState], None]) -> Callable[[], None]:
        """Call back once per change of state, in the event loop; returns what ends the subscription."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def stir(self) -> None:
        """There is something to do."""
        self._stir.set()

    def reconnect(self) -> None:
        """The device may be back, for example because it was plugged in: try at once instead of at the end of the pause."""
        self._due.set()

    def stands(self, online: bool | None, reason: Reason | None = None, detail: str = "") -> None:
        """Note what has become known."""
        state = DeviceState(online, reason, detail)
        known, self.state = self.state, state
        if (known.online, known.reason) != (online, reason):
            for callback in tuple(self._callbacks):
                callback(state)

    async def run(self, serve: Serve, turn_away: Callable[[Reason], None]) -> NoReturn:
        """Keep the link until cancelled. `turn_away` is told why there is none now, before each pause."""
        pause = self._limits.retry_first
        while True:
            began = now()
            reason = await self._visit(serve)
            if self.state.online or now() - began > self._limits.retry_most:
                pause = self._limits.retry_first
            if reason is None:
                continue
            self.resting = True
            turn_away(reason)
            await _stirred(self._due, now() + pause)
            self.resting = False
            pause = min(pause * 2, self._limits.retry_most)

    async def _visit(self, serve: Serve) -> Reason | None:
        transport = self._open_transport()
        try:
            await transport.open(now() + self._limits.connect)
        except (DeviceUnavailable, DeviceRefused) as error:
            self.stands(False, error.reason, error.detail)
            return error.reason
        line = OpenLine(transport, self._limits, self._stir)
        try:
            await serve(line)
        except DeviceUnavailable as lost:
            self.stands(False, lost.reason, lost.detail)
            return lost.reason
        finally:
            await line.close()
        return None


def now() -> float:
    """The running event loop's clock, in seconds."""
    return asyncio.get_running_loop().time()


async def _stirred(event: asyncio.Event, until: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            await event.wait()
    event.clear()


def _nobody(_data: bytes) -> None:
    """A device that was expected to say nothing."""
