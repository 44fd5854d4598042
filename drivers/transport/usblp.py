"""USB printers through the kernel's `usblp`, the plain way where it binds: no library, no threads, no detaching.

Traps this avoids, as read in the kernel's usblp.c: a write that does not block returns before its block is on the wire,
and closing the file calls that block back; a printer with nothing to say may answer with an empty packet, which reads
like an end of file and is none.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import select
from pathlib import Path
from typing import Final

from drivers.errors import LinkLost
from drivers.transport.address import UsblpAddress
from drivers.transport.descriptor import read_once, writable, write_counted
from drivers.transport.opening import not_opened
from drivers.transport.sysfs import printer_files
from drivers.transport.usb_identity import choose

EMPTY_PACKET_PAUSE_S: Final = 0.01
LAST_WORDS_S: Final = 0.02


class UsblpTransport:
    """One exclusively locked `/dev/usb/lp*`. `root` is another folder than "/" in tests only."""

    def __init__(self, address: UsblpAddress, root: Path = Path("/")) -> None:
        self._address, self._root = address, root
        self._descriptor: int | None = None

    @property
    def address(self) -> str:
        """The address as configured."""
        return str(self._address)

    async def open(self, deadline: float) -> None:
        """Open and lock the device file, looked up anew: the number in its name follows the order of plugging."""
        try:
            descriptor = os.open(self._file(), os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as error:
            raise not_opened(self.address, error.errno or 0, str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise not_opened(self.address, error.errno or 0, str(error)) from error
        self._descriptor = descriptor

    def _file(self) -> Path:
        target = self._address.target
        if isinstance(target, str):
            return Path(target)
        found = list(printer_files(self._root, target))
        return found[choose(target, [seen for seen, _file in found], self.address)][1]

    async def send(self, data: bytes, deadline: float) -> int:
        """Write what the kernel takes, at most 8 kB ahead of the printer."""
        return await write_counted(self._open(), data, deadline, self.address)

    async def read(self, deadline: float) -> bytes:
        """What the printer said; unplugging is LinkLost."""
        return await _read(self._open(), deadline, self.address)

    async def close(self, deadline: float) -> bytes:
        """Wait until the last block is on the wire and the printer has said its last, then close."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return b""
        heard = bytearray()
        try:
            await writable(descriptor, deadline)
            patience = min(deadline, asyncio.get_running_loop().time() + LAST_WORDS_S)
            while data := await _read(descriptor, patience, self.address):
                heard += data
        except LinkLost:
            return bytes(heard)  # unplugged: all that can be heard was
        finally:
            os.close(descriptor)
        return bytes(heard)

    def _open(self) -> int:
        if self._descriptor is None:
            raise LinkLost(self.address, "not open")
        return self._descriptor


async def _read(descriptor: int, deadline: float, device: str) -> bytes:
    while True:
        data = await read_once(descriptor, deadline, device)
        if data != b"":
            return data or b""
        if _hung_up(descriptor):
            raise LinkLost(device, "unplugged")
        await asyncio.sleep(EMPTY_PACKET_PAUSE_S)  # a printer may send empty packets as fast as it is asked


def _hung_up(descriptor: int) -> bool:
    """What tells an empty packet from the end: the kernel reports a hang-up once the printer is gone."""
    look = select.poll()
    look.register(descriptor, 0)  # hang-ups are reported unasked
    return bool(look.poll(0))
