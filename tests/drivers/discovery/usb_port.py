"""One USB port with the kernel's events: a line "plug" or "unplug" on the input, "done" on the output when it has happened.

Runs under the distribution's Python: `python3 -m tests.drivers.discovery.usb_port`. The first line names the folder for UMOCKDEV_DIR.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402  the version must be chosen first

from tests.rigs.usb.descriptors import Plug  # noqa: E402


def serve() -> None:
    """Follow orders until the input ends. Events come in the kernel's order: add, then bind; remove."""
    testbed, plug = UMockdev.Testbed.new(), Plug()
    sys.stdout.write(testbed.get_root_dir() + "\n")
    for order in iter(sys.stdin.readline, ""):
        if order.strip() == "plug":
            testbed.add_from_string(plug.description())
            testbed.uevent(plug.sysfs, "bind")
        else:
            testbed.uevent(plug.sysfs, "remove")
            testbed.remove_device(plug.sysfs)
            plug = replace(plug, number=plug.number + 1)  # the kernel never gives a number twice in a row
        sys.stdout.write("done\n")
        sys.stdout.flush()
    shutil.rmtree(testbed.get_root_dir(), ignore_errors=True)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    serve()
