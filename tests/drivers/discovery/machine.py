"""A machine made of files: sysfs, device nodes and udev's links, as a kernel and udevd would lay them out."""

from __future__ import annotations

import os
from pathlib import Path

from drivers.discovery.places import Places

PRINTER_CLASS = 0x07
INPUT_CLASS = 0x03
HUB_CLASS = 0x09
VENDOR_CLASS = 0xFF


def descriptors(*classes: int) -> bytes:
    """A device with one configuration and an interface of each class."""
    interfaces = b"".join(bytes((9, 4, number, 0, 0, kind, 1, 2, 0)) for number, kind in enumerate(classes))
    device = bytes((18, 1, 0, 2, 0, 0, 0, 64)) + bytes(10)
    return device + bytes((9, 2, 9 + len(interfaces), 0, len(classes), 1, 0, 0xC0, 1)) + interfaces


class Machine:
    """What is plugged in are folders under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.places = Places(root / "sys", root / "dev", root / "proc")
        for folder in ("sys/bus/usb/devices", "sys/class/tty", "sys/class/usbmisc", "dev/usb", "proc"):
            (root / folder).mkdir(parents=True)
        self._number = 1

    def usb(
        self, port: str, vendor: int, product: int, classes: tuple[int, ...], serial: str = "", name: str = "EPSON TM"
    ) -> None:
        """Plug a USB device in, with a device number that was never used."""
        self._number += 1
        folder = self._folder(port)
        folder.mkdir(parents=True)
        maker, _, model = name.partition(" ")
        texts = {"idVendor": f"{vendor:04x}", "idProduct": f"{product:04x}", "busnum": "1", "devnum": str(self._number)}
        texts |= {"manufacturer": maker, "product": model} | ({"serial": serial} if serial else {})
        for file, text in texts.items():
            (folder / file).write_text(text + "\n")
        (folder / "descriptors").write_bytes(descriptors(*classes))
        _link(self.root / "sys/bus/usb/devices" / port, folder)
        self._node(f"bus/usb/001/{self._number:03}")

    def usblp(self, port: str, node: str) -> None:
        """The kernel's printer driver takes the device at the port."""
        entry = self._folder(port) / f"{port}:1.0/usbmisc" / node
        entry.mkdir(parents=True)
        _link(self.root / "sys/class/usbmisc" / node, entry)
        self._node(f"usb/{node}")

    def tty(self, port: str, node: str, **links: str) -> None:
        """A serial driver takes the device at the port; `by_id` and `by_path` are udev's links."""
        entry = self._folder(port) / f"{port}:1.0" / node / "tty" / node
        entry.mkdir(parents=True)
        _link(self.root / "sys/class/tty" / node, entry)
        self._node(node)
        for folder, name in links.items():
            _link(self.root / "dev/serial" / folder.replace("_", "-") / name, self.root / "dev" / node)

    def board_tty(self, node: str, uart: str) -> None:
        """A serial port of the machine itself; `uart` 0: the name is reserved, nothing is there."""
        entry = self.root / "sys/devices/platform/serial8250/tty" / node
        entry.mkdir(parents=True)
        (entry / "type").write_text(uart + "\n")
        _link(self.root / "sys/class/tty" / node, entry)
        self._node(node)

    def console(self, node: str) -> None:
        """A terminal that is no port."""
        entry = self.root / "sys/devices/virtual/tty" / node
        entry.mkdir(parents=True)
        _link(self.root / "sys/class/tty" / node, entry)

    def dev(self, path: str) -> str:
        return str(self.root / "dev" / path)

    def _folder(self, port: str) -> Path:
        above = port.rpartition(".")[0]
        return (self._folder(above) if above else self.root / "sys/devices/pci0000:00/usb1") / port

    def _node(self, path: str) -> None:
        node = self.root / "dev" / path
        node.parent.mkdir(parents=True, exist_ok=True)
        node.touch()


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(os.path.relpath(target, link.parent))
