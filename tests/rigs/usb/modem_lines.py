"""What a serial port has and umockdev's pty, over which its data runs, has not: control lines and a queue of its own."""

from __future__ import annotations

import struct
import termios
from typing import Any, Final

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402  the version must be chosen first

LINES: Final = {"dsr": termios.TIOCM_DSR, "cts": termios.TIOCM_CTS}


class ModemLines(UMockdev.IoctlBase):  # type: ignore[misc]  # the bindings come without types
    """Answers what the port's lines show and how many bytes wait; everything else is the pty's business."""

    __gtype_name__ = "BranchgateModemLines"
    bits = termios.TIOCM_DSR | termios.TIOCM_CTS
    queued = 0

    def show(self, lines: dict[str, bool]) -> None:
        """Raise or drop the named lines."""
        for name, up in lines.items():
            self.bits = self.bits | LINES[name] if up else self.bits & ~LINES[name]

    def do_handle_ioctl(self, client: Any) -> bool:
        """Umockdev's entry."""
        request = client.get_request() & 0xFFFFFFFF
        if request == termios.TIOCMGET:
            client.get_arg().resolve(0, 4).update(0, struct.pack("I", self.bits))
            client.complete(0, 0)
        elif request == termios.TIOCOUTQ:
            client.get_arg().resolve(0, 4).update(0, struct.pack("I", self.queued))
            client.complete(0, 0)
        elif request in {termios.TIOCMBIS, termios.TIOCMBIC, termios.TIOCMSET}:
            client.complete(0, 0)
        else:
            client.complete(*client.execute())
        return True
