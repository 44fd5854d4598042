"""Plays devices to whoever runs with umockdev's library preloaded: orders come as JSON lines, each is answered by one.

Runs under the distribution's Python: `python3 -m tests.rigs.usb.stage`. The first line it says names the folder for
UMOCKDEV_DIR. It ends when its input does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import GLib, UMockdev  # noqa: E402  the version must be chosen first

from tests.drivers.fake_printer import FakePrinter  # noqa: E402
from tests.rigs.usb.descriptors import Plug  # noqa: E402
from tests.rigs.usb.emulated import UsbPrinter  # noqa: E402
from tests.rigs.usb.modem_lines import ModemLines  # noqa: E402

SERIAL_PORT = "/dev/ttyS7"
SERIAL_DESCRIPTION = (
    f"P: /devices/platform/serial8250/tty/ttyS7\nN: ttyS7\nE: DEVNAME={SERIAL_PORT}\n"
    "E: SUBSYSTEM=tty\nE: MAJOR=4\nE: MINOR=71\nA: dev=4:71\\n\n"
)


class Stage:
    """The testbed and what is plugged in there. Every public method is an order."""

    def __init__(self) -> None:
        self._testbed = UMockdev.Testbed.new()
        self.root = Path(self._testbed.get_root_dir())
        self.root.chmod(0o755)  # a test may look at it as another user
        self._printers: dict[str, UsbPrinter] = {}
        self._lines: ModemLines | None = None
        self._line_end = -1
        self._numbers = iter(range(2, 100))

    def plug(self, fields: dict[str, Any], **device: Any) -> dict[str, Any]:
        """Plug a printer in, with a device number that was never used; `fields` are its FakePrinter's."""
        plug = Plug(number=next(self._numbers), **device)
        printer = UsbPrinter()
        printer.prepare(plug, FakePrinter(**fields), lambda: GLib.idle_add(self._forget, plug))
        self._testbed.attach_ioctl(plug.node, printer)
        self._testbed.add_from_string(plug.description())
        self._printers[plug.port] = printer
        return {"node": plug.node}

    def unplug(self, port: str) -> dict[str, Any]:
        """Pull the cable."""
        self._printers[port].pull()
        self._forget(self._printers[port].plug)
        return {}

    def fault(self, port: str, **faults: Any) -> dict[str, Any]:
        """Break a device, or mend it with None."""
        for name, value in faults.items():
            setattr(self._printers[port].faults, name, value)
        return {}

    def change(self, port: str, **fields: Any) -> dict[str, Any]:
        """Change fields of the printer; it reports the change as a printer does."""
        printer = self._printers[port].printer
        for name, value in fields.items():
            setattr(printer, name, value)
        printer.refresh()
        return {}

    def say(self, port: str, data: str) -> dict[str, Any]:
        """Let a printer send bytes (hexadecimal)."""
        self._printers[port].say(bytes.fromhex(data))
        return {}

    def state(self, port: str) -> dict[str, Any]:
        """What a device got and what was done to it."""
        usb = self._printers[port]
        return {
            "received": usb.received.hex(),
            "paper": usb.printer.paper.hex(),
            "cuts": usb.printer.cuts,
            "unread": len(usb.printer.out),
            "dropped": usb.dropped,
            "resets": usb.resets,
            "claims": usb.claims,
            "claimed": usb.claimed,
            "kernel_driver": usb.kernel_driver,
        }

    def forbid(self, port: str) -> dict[str, Any]:
        """Take away everybody's right to the device file."""
        node = self._printers[port].plug.node.lstrip("/")
        (self.root / node).chmod(0)
        (self.root / "ioctl" / node).chmod(0o666)  # umockdev's own channel stays open: it asks before the file does
        return {}

    def plug_serial(self) -> dict[str, Any]:
        """Have a serial port."""
        self._lines = ModemLines()
        self._testbed.add_from_string(SERIAL_DESCRIPTION)
        self._testbed.attach_ioctl(SERIAL_PORT, self._lines)
        self._line_end = self._testbed.get_dev_fd(SERIAL_PORT)
        return {"path": SERIAL_PORT}

    def lines(self, **lines: bool) -> dict[str, Any]:
        """Raise or drop control lines of the serial port."""
        assert self._lines is not None
        self._lines.show(lines)
        return {}

    def queue(self, count: int) -> dict[str, Any]:
        """Let so many bytes wait in the serial port for a slow line."""
        assert self._lines is not None
        self._lines.queued = count
        return {}

    def say_on_serial(self, data: str) -> dict[str, Any]:
        """Send bytes over the serial port."""
        os.write(self._line_end, bytes.fromhex(data))
        return {}

    def _forget(self, plug: Plug) -> bool:
        self._testbed.uevent(plug.sysfs, "remove")
        self._testbed.remove_device(plug.sysfs)
        return False


def play() -> None:
    """Serve orders until the input ends."""
    stage, loop = Stage(), GLib.MainLoop()

    def ordered(_input: int, _condition: int) -> bool:
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        order = json.loads(line)
        method: Callable[..., dict[str, Any]] = getattr(stage, order.pop("do"))
        _answer(method(**order))
        return True

    _answer({"root": str(stage.root)})
    GLib.unix_fd_add_full(0, sys.stdin.fileno(), GLib.IOCondition.IN | GLib.IOCondition.HUP, ordered)
    loop.run()


def _answer(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    play()
