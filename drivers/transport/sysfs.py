"""Where the kernel says which USB printer hangs behind which `/dev/usb/lp*`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drivers.transport.usb_identity import SeenUsb, UsbIdentity


def printer_files(root: Path, identity: UsbIdentity) -> Iterator[tuple[SeenUsb, Path]]:
    """Device files of `usblp` for printers of a model, with what tells these apart. `root` is "/" outside of tests."""
    for entry in sorted((root / "sys/class/usbmisc").glob("lp*")):
        device = (entry / "device").resolve().parent  # the link leads to the interface, e.g. 1-1.4:1.0
        if (_attribute(device, "idVendor"), _attribute(device, "idProduct")) == (
            f"{identity.vendor:04x}",
            f"{identity.product:04x}",
        ):
            yield SeenUsb(_attribute(device, "serial"), device.name), root / "dev/usb" / entry.name


def _attribute(device: Path, name: str) -> str:
    """An attribute's text; empty when there is none, as with printers without serial number or one unplugged just now."""
    try:
        return (device / name).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
