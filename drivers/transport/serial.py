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

from drivers.errors import LinkLost
from drivers.transport.address import FlowControl, Parity, SerialAddress
from drivers.transport.descriptor import read_some, write_counted
from drivers.transport.opening import not_opened

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

    @property
    def address(self) -> str:
        """The address as configured."""
        return str(self._address)

    async def open(self, deadline: float) -> None:
        """Lock and set up the port; never waits, a port is there or it is not."""
        try:
            self._port = serial.Serial(
                self._address.path,
                self._address.baud,
                xonxoff=self._address.flow is FlowControl.XONXOFF,
                rtscts=self._address.flow is FlowControl.RTSCTS,
                bytesize=self._address.bits,
                parity=_PARITIES[self._address.parity],
                stopbits=self._address.stop,
                exclusive=True,
            )
            if self._address.parity is not Parity.NONE:
                _check_parity(self._port.fileno())
        except (serial.SerialException, termios.error) as error:
            number = error.errno if isinstance(error, OSError) else error.args[0] if error.args else None
            raise not_opened(self.address, number or 0, str(error)) from error

    async def send(self, data: bytes, deadline: float) -> int:
        """Write to the line as far as its flow control lets us."""
        return await write_counted(self._open_port().fileno(), data, deadline, self.address)

    async def read(self, deadline: float) -> bytes:
        """Read what the printer said; unplugging is LinkLost."""
        return await read_some(self._open_port().fileno(), deadline, self.address)

    async def close(self, deadline: float) -> bytes:
        """Drain the line, then let go of the port."""
        port, self._port = self._port, None
        if port is None:
            return b""
        try:
            heard = await self._drain(port, deadline)
            # The kernel's own close would block the event loop up to 30 s for bytes a stopped printer does not take.
            port.reset_output_buffer()
            return heard
        except (OSError, termios.error):
            return b""  # unplugged: pyserial raises termios.error here, which is no OSError
        finally:
            _release(port)

    async def _drain(self, port: serial.Serial, deadline: float) -> bytes:
        """Wait until the line has taken everything; the kernel has no event for that, hence the polling."""
        loop = asyncio.get_running_loop()
        heard = bytearray()
        try:
            while _queued(port) and loop.time() < deadline:
                heard += await read_some(port.fileno(), min(deadline, loop.time() + DRAIN_POLL_S), self.address)
            heard += await read_some(port.fileno(), loop.time() + DRAIN_POLL_S, self.address)
        except LinkLost:
            return bytes(heard)
        return bytes(heard)

    def _open_port(self) -> serial.Serial:
        if self._port is None:
            raise LinkLost(self.address, "not open")
        return self._port


def _check_parity(descriptor: int) -> None:
    """Have the kernel look at the parity, which pyserial leaves out: a character that fails it arrives as NUL (termios, INPCK)."""
    modes = termios.tcgetattr(descriptor)
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
