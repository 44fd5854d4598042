"""What sysfs shows of USB devices and of device nodes. A device may vanish between two readings: then it was not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.discovery.descriptors import interface_classes
from drivers.discovery.places import Places

_DEVICE: Final = re.compile(r"\d+-\d+(\.\d+)*")  # 1-1.4; interfaces are 1-1.4:1.0, root hubs usb1
_PRINTER_NODE: Final = re.compile(r"lp\d+")
_NO_UART: Final = "0"  # uart type 8250 "unknown": the kernel reserves the name, and nothing is there


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A USB device by its port path, with the names of the nodes that hang on it."""

    port: str
    vendor_id: int
    product_id: int
    maker: str
    model: str
    serial: str
    bus: int
    number: int
    classes: frozenset[int]


def usb_devices(places: Places) -> list[UsbDevice]:
    """All USB devices but root hubs, in the order of their ports."""
    folder = places.sys / "bus/usb/devices"
    ports = sorted(name for name in _names(folder) if _DEVICE.fullmatch(name))
    read = (_usb_device(port, folder / port) for port in ports)
    return [device for device in read if device is not None]


def serial_nodes(places: Places) -> Iterator[tuple[str, str]]:
    """Names of serial lines (`ttyUSB0`) with the USB port path behind each, empty for ports of the machine itself."""
    folder = places.sys / "class/tty"
    for name in sorted(_names(folder)):
        entry = (folder / name).resolve()
        if "virtual" not in entry.parts and _text(folder / name / "type") != _NO_UART:
            yield name, _usb_port_above(entry)


def printer_nodes(places: Places) -> Iterator[tuple[str, str]]:
    """Names of usblp's nodes (`lp0`) with the USB port path behind each."""
    folder = places.sys / "class/usbmisc"
    for name in sorted(_names(folder)):
        if _PRINTER_NODE.fullmatch(name):
            yield name, _usb_port_above((folder / name).resolve())


def _usb_device(port: str, folder: Path) -> UsbDevice | None:
    numbers = [_number(folder / name, base) for name, base in (("idVendor", 16), ("idProduct", 16))]
    numbers += [_number(folder / name, 10) for name in ("busnum", "devnum")]
    vendor_id, product_id, bus, number = numbers
    if vendor_id is None or product_id is None or bus is None or number is None:
        return None
    maker, model, serial = (_text(folder / name) for name in ("manufacturer", "product", "serial"))
    classes = interface_classes(_bytes(folder / "descriptors"))
    return UsbDevice(port, vendor_id, product_id, maker, model, serial, bus, number, classes)


def _usb_port_above(entry: Path) -> str:
    return next((folder.name for folder in entry.parents if _DEVICE.fullmatch(folder.name)), "")


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _text(file: Path) -> str:
    return _bytes(file).decode("utf-8", "replace").strip()


def _number(file: Path, base: int) -> int | None:
    text = _text(file)
    try:
        return int(text, base)
    except ValueError:
        return None
