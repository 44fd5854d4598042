"""The far ends for the transport contract: a socket, a pty's master and a USB device, played by the test."""

from __future__ import annotations

import asyncio
import os
import pty
import socket
import struct
import termios
import tty
from pathlib import Path
from typing import Any, Protocol

from drivers.media import transport_for
from drivers.transport.address import parse_address
from drivers.transport.contract import Transport
from tests.rigs.usb.testbed import Testbed


class Peer(Protocol):
    """A device played by a test."""

    transport: Transport

    async def start(self) -> None:
        """Be there, and let the transport connect."""
        ...

    def say(self, data: bytes) -> None:
        """Send to the host."""
        ...

    async def hear(self, count: int) -> bytes:
        """Read exactly so many bytes."""
        ...

    async def hear_to_end(self) -> bytes:
        """Read what there is."""
        ...

    def vanish(self) -> None:
        """Be unplugged."""
        ...

    def stop(self) -> None:
        """Be no more."""
        ...


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


class TcpPeer:
    """A network printer."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._listener.setblocking(False)
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.transport: Transport = transport_for(parse_address(self.address))
        self.link: socket.socket | None = None

    async def start(self) -> None:
        await self.transport.open(soon())
        if self.link is not None:
            self.link.close()
        self.link, _ = await asyncio.get_running_loop().sock_accept(self._listener)
        self.link.setblocking(False)

    def say(self, data: bytes) -> None:
        assert self.link is not None
        self.link.send(data)

    def finish(self) -> None:
        """Send a FIN but stay connected."""
        assert self.link is not None
        self.link.shutdown(socket.SHUT_WR)

    async def hear(self, count: int) -> bytes:
        assert self.link is not None
        heard = b""
        while len(heard) < count:
            part = await asyncio.get_running_loop().sock_recv(self.link, count - len(heard))
            assert part
            heard += part
        return heard

    async def hear_to_end(self) -> bytes:
        assert self.link is not None
        heard = b""
        while part := await asyncio.get_running_loop().sock_recv(self.link, 4096):
            heard += part
        return heard

    def vanish(self) -> None:
        assert self.link is not None
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()

    def stop(self) -> None:
        if self.link is not None:
            self.link.close()
        self._listener.close()


class PtyPeer:
    """A serial printer."""

    def __init__(self, flow: str = "rtscts") -> None:
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self._slave)
        self.address = f"serial://{self.path}?baud=38400&flow={flow}"
        self.transport: Transport = transport_for(parse_address(self.address))
        self._plugged = True

    async def start(self) -> None:
        await self.transport.open(soon())

    def say(self, data: bytes) -> None:
        os.write(self.master, data)

    async def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            await self._readable()
            heard += os.read(self.master, count - len(heard))
        return heard

    async def hear_to_end(self) -> bytes:
        heard = b""
        while True:
            try:
                heard += os.read(self.master, 4096)
            except BlockingIOError:
                return heard

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        loop.add_reader(self.master, turn.set_result, None)
        try:
            await turn
        finally:
            loop.remove_reader(self.master)

    def vanish(self) -> None:
        os.close(self._slave)
        os.close(self.master)
        self._plugged = False

    def stop(self) -> None:
        if self._plugged:
            self.vanish()


class UsblpPeer(PtyPeer):
    """A printer behind the kernel's `usblp`: to the host a file like a terminal in raw mode."""

    def __init__(self) -> None:
        super().__init__()
        self.address = f"usblp://{self.path}"
        self.transport = transport_for(parse_address(self.address))

    def say_nothing(self) -> None:
        """Send an empty packet: the host reads zero bytes, as on a terminal's end-of-file character."""
        modes = termios.tcgetattr(self._slave)
        modes[3] |= termios.ICANON
        termios.tcsetattr(self._slave, termios.TCSANOW, modes)
        os.write(self.master, b"\x04")


class UsbPeer:
    """A USB printer that takes everything and says only what it is told to."""

    def __init__(self) -> None:
        self.testbed = Testbed().__enter__()
        self.printer = self.testbed.plug({"mute": True})
        self.address = "usb://04b8:0202"
        self.transport: Transport = transport_for(parse_address(self.address))
        self._heard = 0

    async def start(self) -> None:
        await self.transport.open(soon())

    def say(self, data: bytes) -> None:
        self.printer.say_slowly(data)

    async def hear(self, count: int) -> bytes:
        heard = await self.printer.hear(self._heard + count)
        self._heard += count
        return heard[-count:]

    async def hear_to_end(self) -> bytes:
        return self.printer.received()[self._heard :]

    def vanish(self) -> None:
        self.printer.order("unplug")

    def stop(self) -> None:
        self.testbed.__exit__(None, None, None)


def plug_usblp(root: Path, number: int, device: Path, **attributes: Any) -> None:
    """Put a printer into a made sysfs under `root`, as the kernel shows one that `usblp` has bound."""
    port = attributes.pop("port")
    hardware = root / "sys/devices/pci0000:00/usb1" / port
    interface = hardware / f"{port}:1.0"
    entry = interface / "usbmisc" / f"lp{number}"
    entry.mkdir(parents=True)
    (entry / "device").symlink_to(interface)
    for name, value in attributes.items():
        (hardware / name).write_text(f"{value}\n", encoding="ascii")
    shown = root / "sys/class/usbmisc" / f"lp{number}"
    shown.parent.mkdir(parents=True, exist_ok=True)
    shown.symlink_to(entry)
    file = root / "dev/usb" / f"lp{number}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(device)
