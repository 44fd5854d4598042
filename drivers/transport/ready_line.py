"""The line by which a serial printer shows that it has power: its DTR, which a full cable brings to the host's DSR.

Only under XON/XOFF it says that and nothing else: up, except while the printer is off, starting or testing itself (Epson
TM-T88VII technical reference, serial interface, pin 20). Under DTR/DSR control the same line falls whenever the buffer is
full.
"""

from __future__ import annotations

import fcntl
import struct
import termios
from typing import Final

from drivers.errors import LinkLost

LOOK_S: Final = 0.5
"""Shorter than any printer's start: no power cycle fits between two looks."""


class ReadyLine:
    """Watches from the first time that the line is seen up; with a cable of three wires it never is."""

    def __init__(self, descriptor: int, device: str) -> None:
        self._descriptor, self._device = descriptor, device
        self.was_up = False

    def check(self) -> None:
        """Raise LinkLost when the printer went off: what it had not printed yet is gone with its memory."""
        up = self._up()
        if self.was_up and not up:
            raise LinkLost(self._device, "its ready line (DSR) fell: switched off, or the cable is out")
        self.was_up = up

    def _up(self) -> bool:
        try:
            lines = fcntl.ioctl(self._descriptor, termios.TIOCMGET, struct.pack("I", 0))
        except OSError:
            return False  # a pseudo terminal has no lines; that an adapter is gone, reading and writing tell
        return bool(struct.unpack("I", lines)[0] & termios.TIOCM_DSR)
