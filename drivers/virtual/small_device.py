"""Serves a virtual display or scale over TCP, a pseudo terminal and inside the process, with switches for what can go wrong.

The printer has a server of its own (`drivers.virtual.server`): it has paper, buffers and a status that speaks unasked.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from drivers.errors import DeviceUnavailable, Reason
from drivers.transport.contract import OpenTransport
from drivers.virtual.cable import Cable, CableTransport
from drivers.virtual.control import serve_orders
from drivers.virtual.links import Link, PtyLink, TcpLink, listen

READ_SIZE = 256
RUBBISH = bytes(range(0x80, 0x100)) + b"\x00\x07~~\x1b\xff"


class OrderRefused(Exception):
    """An order that this device does not know. `field`, `value` and `rule` say which and what is allowed."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"{field} {value!r}: {rule}")
        self.field, self.value, self.rule = field, value, rule


@dataclass(slots=True)
class Switches:
    """What is broken. `mute`: takes everything and says nothing. `deaf`: takes nothing any more. `slow_ms`: late by so much.

    `garbage`: noise before every answer, and when somebody connects. `unplugged`: not there at all.
    """

    mute: bool = False
    deaf: bool = False
    slow_ms: int = 0
    garbage: bool = False
    unplugged: bool = False

    def turn(self, name: str, value: object = True) -> None:
        """Put one into another position. Raises OrderRefused."""
        known = asdict(self)
        if name not in known:
            raise OrderRefused("fault", name, f"must be one of {', '.join(known)}")
        kind = type(known[name])
        if type(value) is not kind or (kind is int and value < 0):  # type: ignore[operator]
            raise OrderRefused(name, value, "must be true or false" if kind is bool else "must be a number from 0")
        setattr(self, name, value)


class SmallDevice(Protocol):
    """A display or a scale without its wires."""

    switches: Switches

    def receive(self, data: bytes) -> bytes:
        """Take bytes; return the answer."""

    def obey(self, order: Mapping[str, Any]) -> None:
        """Carry out an order of the device's own. Raises OrderRefused."""

    def state(self) -> dict[str, Any]:
        """Everything at a glance."""


@dataclass(frozen=True, slots=True)
class Sockets:
    """Where the device can be reached; None leaves a place out. Port 0 takes a free one."""

    tcp: tuple[str, int] | None = None
    pty: Path | None = None
    control: Path | None = None


class SmallDeviceServer:
    """A device on the air: `async with SmallDeviceServer(device, Sockets(...)) as server`. `changed` hears of every change.

    Raises OSError when a place cannot be opened.
    """

    def __init__(
        self, device: SmallDevice, sockets: Sockets | None = None, changed: Callable[[], None] = lambda: None
    ) -> None:
        self.device, self.sockets = device, sockets or Sockets()
        self.tcp_address: tuple[str, int] | None = None
        self.served = 0
        """Links opened so far."""
        self._changed = changed
        self._links: dict[Link, asyncio.Task[None]] = {}
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._control: asyncio.Server | None = None
        self._news = asyncio.Event()

    async def __aenter__(self) -> SmallDeviceServer:
        try:
            if self.sockets.control:
                self._control = await serve_orders(self.sockets.control, self.carry_out)
            self._follow_switches()
        except OSError:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Close everything. Safe to call twice."""
        self._close_listener()
        tasks = list(self._links.values())
        for link in list(self._links):
            self._drop(link)
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._control and self.sockets.control:
            self._control.close()
            self.sockets.control.unlink(missing_ok=True)
            self._control = None

    def in_process(self) -> OpenTransport:
        """What an actor takes: transports to this device over a virtual cable."""

        async def plug_in() -> Cable:
            return self.plug_in()

        return lambda: CableTransport("virtual", plug_in)

    def plug_in(self) -> Cable:
        """A cable to the device. Raises DeviceUnavailable (DEVICE_ABSENT) while it is unplugged."""
        if self.device.switches.unplugged:
            raise DeviceUnavailable(Reason.DEVICE_ABSENT, "virtual", "the switch unplugged is on")
        cable = Cable(f"virtual-{self.served}")
        self._connected(cable)
        return cable

    def switch(self, name: str, value: object = True) -> None:
        """Put one switch into another position. Raises OrderRefused."""
        self.device.switches.turn(name, value)
        self._follow_switches()
        self._tell()

    def order(self, order: Mapping[str, Any]) -> None:
        """Carry out an order. Raises OrderRefused."""
        if "fault" in order:
            self.switch(str(order["fault"]), order.get("value", order.get("on", True)))
        elif order.get("do") != "state":
            self.device.obey(order)
        self._tell()

    def carry_out(self, line: bytes) -> dict[str, Any]:
        """One line of the control socket, and the answer to it."""
        try:
            order = json.loads(line)
            if not isinstance(order, dict):
                raise OrderRefused("line", order, "must be a JSON object")
            self.order(order)
        except OrderRefused as refused:
            return {"ok": False, "field": refused.field, "value": refused.value, "rule": refused.rule}
        except ValueError as fault:
            return {"ok": False, "field": "line", "value": line.decode("utf-8", "replace"), "rule": str(fault)}
        return {"ok": True, "state": self.device.state() | {"faults": asdict(self.device.switches)}}

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true; looked at after everything that happens to the device."""
        while not condition():
            self._news.clear()
            await self._news.wait()

    def _tell(self) -> None:
        self._news.set()
        self._changed()

    def _follow_switches(self) -> None:
        if self.device.switches.unplugged:
            self._close_listener()
            for link in list(self._links):
                self._drop(link, abrupt=True)
            return
        if self.sockets.tcp and self._listener is None:
            host, port = self.sockets.tcp
            self._listener = listen(host, self.tcp_address[1] if self.tcp_address else port)
            address = self._listener.getsockname()
            self.tcp_address = (address[0], address[1])
            self._accepting = _spawn(self._accept(self._listener))
        if self.sockets.pty and not any(isinstance(link, PtyLink) for link in self._links):
            self._connected(PtyLink(self.sockets.pty, "pty", hold=True))

    def _close_listener(self) -> None:
        if self._accepting and self._listener:
            self._accepting.cancel()
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._accepting = self._listener = None

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            connection, _ = await asyncio.get_running_loop().sock_accept(listener)
            self._connected(TcpLink(connection, "tcp"))

    def _connected(self, link: Link) -> None:
        self.served += 1
        self._links[link] = _spawn(self._pump(link))

    def _drop(self, link: Link, *, abrupt: bool = False) -> None:
        pumping = self._links.pop(link)
        if pumping is not asyncio.current_task():
            pumping.cancel()
        link.close(abrupt=abrupt)

    async def _pump(self, link: Link) -> None:
        """Carry bytes from a link to the device and answers back, until the link ends."""
        switches = self.device.switches
        if switches.garbage:
            link.write(RUBBISH)
        while link in self._links:
            await self.until(lambda: not switches.deaf)
            data = await link.read(READ_SIZE)
            if not data:
                self._drop(link)
                return
            answer = self.device.receive(data)
            self._tell()
            if switches.slow_ms:
                await asyncio.sleep(switches.slow_ms / 1000)
            if answer and not switches.mute:
                link.write((RUBBISH if switches.garbage else b"") + answer)


def _spawn(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work)
