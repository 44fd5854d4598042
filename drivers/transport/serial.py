"""Devices on a serial line, through pyserial's port set-up and our own counted writes.

pyserial's own `write` cannot say how much went out before a timeout, and its default handshake on Linux is none at all.
"""

from __future__ import annotations

import asyncio
import fcntl
import struct
import termios
from typing import Final

import serial

from drivers.errors import DeviceRefused, DeviceUnavailable, LinkLost
from drivers.transport.address import FlowControl, Parity, SerialAddress
from drivers.transport.descriptor import read_some, write_counted
from drivers.transport.opening import not_opened
from drivers.transport.ready_line import LOOK_S, ReadyLine

DRAIN_POLL_S: Final = 0.005

_PARITIES: Final = {
    Parity.NONE: serial.PARITY_NONE,
    Parity.EVEN: serial.PARITY_EVEN,
    Parity.ODD: serial.PARITY_ODD,
}


class SerialTransport:
    """One exclusively locked serial port."""

    def __init__(self, address: SerialAddress) -> None:
        self._address = address
        self._port: serial.Serial | None = None
        self._ready_line: ReadyLine | None = None

    @property
    def address(self) -> str:
        """The address as configured."""
        return str(self._address)

    async def open(self, deadline: float) -> None:
        """Lock and set up the port; never waits, a port is there or it is not."""
        try:
            port = serial.Serial(
                self._address.path,
                self._address.baud,
                xonxoff=self._address.flow is FlowControl.XONXOFF,
                rtscts=self._address.flow is FlowControl.RTSCTS,
                bytesize=self._address.bits,
                parity=_PARITIES[self._address.parity],
                stopbits=self._address.stop,
                exclusive=True,
            )
        except (serial.SerialException, termios.error) as error:
            raise self._why_not_opened(error) from error
        try:
            _hear_no_noise(port.fileno(), parity=self._address.parity is not Parity.NONE)
        except termios.error as error:
            _release(port)
            raise self._why_not_opened(error) from error
        self._port = port
        if self._address.flow is FlowControl.XONXOFF:
            self._ready_line = ReadyLine(port.fileno(), self.address)

    def _why_not_opened(self, error: Exception) -> DeviceRefused | DeviceUnavailable:
        number = error.errno if isinstance(error, OSError) else error.args[0] if error.args else None
        return not_opened(self.address, number or 0, str(error))

    async def send(self, data: bytes, deadline: float) -> int:
        """Write to the line as far as its flow control lets us; a printer that went off meanwhile gets nothing."""
        port = self._open_port()
        if self._ready_line is not None:
            self._ready_line.check()
        return await write_counted(port.fileno(), data, deadline, self.address)

    async def read(self, deadline: float) -> bytes:
        """Read what the printer said; unplugging is LinkLost, and so is switching off where the cable shows it."""
        descriptor, line = self._open_port().fileno(), self._ready_line
        if line is None:
            return await read_some(descriptor, deadline, self.address)
        loop = asyncio.get_running_loop()
        while True:
            line.check()
            data = await read_some(descriptor, min(deadline, loop.time() + LOOK_S), self.address)
            if data or loop.time() >= deadline:
                return data

    async def close(self, deadline: float) -> bytes:
        """Drain the line, then let go of the port."""
        port, self._port = self._port, None
        self._ready_line = None
        heard = bytearray()
        if port is None:
            return b""
        try:
            await self._drain(port, deadline, heard)
            # The kernel's own close would block the event loop up to 30 s for bytes a stopped printer does not take.
            port.reset_output_buffer()
        except (LinkLost, OSError, termios.error):
            return bytes(heard)  # unplugged: pyserial raises termios.error here, which is no OSError
        finally:
            _release(port)
        return bytes(heard)

    async def _drain(self, port: serial.Serial, deadline: float, heard: bytearray) -> None:
        """Wait until the line has taken everything; the kernel has no event for that, hence the polling."""
        loop = asyncio.get_running_loop()
        while _queued(port) and loop.time() < deadline:
            heard += await read_some(port.fileno(), min(deadline, loop.time() + DRAIN_POLL_S), self.address)
        heard += await read_some(port.fileno(), loop.time() + DRAIN_POLL_S, self.address)

    def _open_port(self) -> serial.Serial:
        if self._port is None:
            raise LinkLost(self.address, "not open")
        return self._port


def _hear_no_noise(descriptor: int, *, parity: bool) -> None:
    """What pyserial leaves out (termios, IGNBRK and INPCK).

    A device that is switched off holds the line in BREAK, which would arrive as NULs, and a printer's NUL means "paper present". With
    `parity` the kernel looks at it, and a character that fails it arrives as NUL.
    """
    modes = termios.tcgetattr(descriptor)
    modes[0] |= termios.IGNBRK
    if parity:
        modes[0] = modes[0] & ~(termios.IGNPAR | termios.PARMRK) | termios.INPCK
    termios.tcsetattr(descriptor, termios.TCSANOW, modes)


def _queued(port: serial.Serial) -> int:
    answer = fcntl.ioctl(port.fileno(), termios.TIOCOUTQ, struct.pack("I", 0))
    return int(struct.unpack("I", answer)[0])


def _release(port: serial.Serial) -> None:
    try:
        port.close()
    except (OSError, termios.error):
        port.is_open = False
