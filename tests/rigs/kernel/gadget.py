"""A USB printer in a port of the kernel's `dummy_hcd`: a gadget made in configfs, behind it the virtual printer.

Only for root inside `guest`. See Documentation/usb/gadget_configfs.rst and gadget_printer.rst of the kernel.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyudev

from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer

GADGETS: Final = Path("/sys/kernel/config/usb_gadget")
RESETTING_S: Final = 0.01
QUEUE: Final = 1
"""Transfers of 8 kB that the gadget takes although its printer does not read. The kernel's usual 10 would hide a stall."""


def absent() -> str | None:
    """Why no printer can be plugged in, None when one can."""
    return None if "BRANCHGATE_KERNEL" in os.environ else "needs a kernel of its own: ./scripts/soak usb"


@dataclass(frozen=True, slots=True)
class Plug:
    """What the host is told. `port` is 0 or 1 and gives the device's name too: plug port 0 in first."""

    port: int = 0
    vendor: int = 0x04B8
    product: int = 0x0E28
    serial: str = "J4FF012345"
    maker: str = "EPSON"
    model: str = "TM-T20III"


class Gadget:
    """The device towards the host, from plugging it in to pulling it out.

    Everything is made anew each time: a function that was bound again ended in a kernel BUG (tx_complete of usb_f_printer, Linux 6.1).
    """

    def __init__(self, plug: Plug) -> None:
        self._folder = GADGETS / f"printer{plug.port}"
        self._plug = plug
        self.node = Path(f"/dev/g_printer{plug.port}")

    def plug(self) -> None:
        """Be plugged in; the host notices by and by."""
        plug = self._plug
        for name in ("strings/0x409", "configs/c.1/strings/0x409", "functions/printer.0"):
            (self._folder / name).mkdir(parents=True)
        self._write("idVendor", hex(plug.vendor))
        self._write("idProduct", hex(plug.product))
        for name, text in (("manufacturer", plug.maker), ("product", plug.model), ("serialnumber", plug.serial)):
            self._write(f"strings/0x409/{name}", text)
        self._write("functions/printer.0/q_len", str(QUEUE))
        self._write("functions/printer.0/pnp_string", f"MFG:{plug.maker};CMD:ESC/POS;MDL:{plug.model};CLS:PRINTER;")
        (self._folder / "configs/c.1/printer.0").symlink_to(self._folder / "functions/printer.0")
        self._write("UDC", f"dummy_udc.{plug.port}")

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text + "\n", encoding="ascii")

    def pull(self) -> None:
        """Pull the cable."""
        self._write("UDC", "")

    def remove(self) -> None:
        """Undo the rest, in the order configfs wants; the device file must be closed."""
        (self._folder / "configs/c.1/printer.0").unlink()
        for name in ("configs/c.1/strings/0x409", "configs/c.1", "functions/printer.0", "strings/0x409"):
            (self._folder / name).rmdir()
        self._folder.rmdir()


class GadgetLink:
    """The printer's end of the cable; `drivers.virtual.links.Link`."""

    def __init__(self, node: Path) -> None:
        self.name, self.hold = node.name, True
        self.received = bytearray()
        self._pulled = False
        self._descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK)
        self._turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def read(self, limit: int) -> bytes:
        """Up to `limit` bytes; none when the cable was pulled."""
        while not self._pulled:
            await self._stirred()
            try:
                data = self._taken(limit)
            except BlockingIOError:
                continue
            except OSError as error:
                if error.errno != errno.ENODEV:
                    raise
                await asyncio.sleep(RESETTING_S)  # the host sets the interface anew; nothing tells when it has
                continue
            self.received += data
            return data
        return b""

    def _taken(self, limit: int) -> bytes:
        return b"" if self._pulled else os.read(self._descriptor, limit)

    async def _stirred(self) -> None:
        loop = asyncio.get_running_loop()
        self._turn = loop.create_future()
        loop.add_reader(self._descriptor, self._stir)
        try:
            await self._turn
        finally:
            if self._descriptor >= 0:
                loop.remove_reader(self._descriptor)

    def _stir(self) -> None:
        if not self._turn.done():
            self._turn.set_result(None)

    def write(self, data: bytes) -> int:
        """Send a reply; return how many bytes were lost."""
        try:
            return len(data) - os.write(self._descriptor, data)
        except OSError:
            return len(data)

    def hang_up(self) -> None:
        """USB has no end that could be told."""

    def close(self, *, abrupt: bool) -> None:
        """Let go of the device file; who reads is told that this was all."""
        self._pulled = True
        if self._descriptor >= 0:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1
            self._stir()


class UsbPrinter:
    """A virtual printer on USB, with a hand at its cable."""

    def __init__(self, plug: Plug, server: VirtualPrinterServer) -> None:
        self.server = server
        self.gadget = Gadget(plug)
        self.link: GadgetLink | None = None

    async def plug(self) -> None:
        """Plug it in and wait until the host's `usblp` has it, and udevd has given its file away."""
        async with _events() as heard:
            self.gadget.plug()
            await heard.one("usbmisc", "add")
        self.link = GadgetLink(self.gadget.node)
        self.server.connect(self.link)

    def pull(self) -> None:
        """Pull the cable. Without one this does nothing."""
        if self.link is None:
            return
        self.gadget.pull()
        self.link.close(abrupt=True)
        self.gadget.remove()
        self.link = None

    async def stalled(self) -> None:
        """Wait until the printer does not take any more."""
        await self.server.until(lambda: self.server.printer.faults.stall_after_bytes == 0)

    async def has_received(self, count: int) -> None:
        """Wait until it has taken so many bytes over this cable."""
        await self.server.until(lambda: self.link is not None and len(self.link.received) >= count)


@asynccontextmanager
async def plugged_in(plug: Plug | None = None) -> AsyncIterator[UsbPrinter]:
    """A printer that is there and idle."""
    async with VirtualPrinterServer(VirtualPrinter(), Places()) as server:
        printer = UsbPrinter(plug or Plug(), server)
        try:
            await printer.plug()
            yield printer
        finally:
            printer.pull()


class _Heard:
    """What udevd tells."""

    def __init__(self, monitor: pyudev.Monitor) -> None:
        self._monitor = monitor

    async def one(self, subsystem: str, action: str) -> None:
        """Wait for an event."""
        loop, turn = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._monitor.fileno(), turn.set)
        try:
            while True:
                await turn.wait()
                turn.clear()
                while (device := self._monitor.poll(timeout=0)) is not None:
                    if (device.subsystem, device.action) == (subsystem, action):
                        return
        finally:
            loop.remove_reader(self._monitor.fileno())


@asynccontextmanager
async def _events() -> AsyncIterator[_Heard]:
    monitor = pyudev.Monitor.from_netlink(pyudev.Context())
    monitor.start()
    yield _Heard(monitor)
