"""Guessing what a USB device is from its numbers (USB class codes: usb.org; vendors: the public usb.ids list).

The table of adapters is the one the shipped udev rules are written for.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum
from typing import Final

from drivers.discovery.device import Kind


class UsbClass(IntEnum):
    """Interface classes that matter here."""

    INPUT = 0x03
    PRINTER = 0x07
    HUB = 0x09
    VENDOR = 0xFF


VENDOR_CLASS_PRINTERS: Final = frozenset({(0x04B8, 0x0202)})
"""Epson TM printers in vendor class: usblp does not bind, and the distributions' rules do not match (TM-T20III reference, p. 86)."""

PRINTER_MAKERS: Final = {0x0519: "Star", 0x0DD4: "Custom", 0x1504: "Bixolon", 0x1D90: "Citizen"}
"""Makers of nothing but shop printers; Epson is not here, its scanners have a vendor class as well."""

ADAPTERS: Final = {0x0403: "FTDI", 0x067B: "Prolific", 0x10C4: "Silicon Labs", 0x1A86: "QinHeng"}
"""Makers of the chips in nearly all USB serial adapters."""


def guess(vendor_id: int, product_id: int, classes: Collection[int], *, has_serial_line: bool) -> Kind:
    """The kind by interface classes first, then by numbers."""
    if UsbClass.PRINTER in classes or (vendor_id, product_id) in VENDOR_CLASS_PRINTERS or vendor_id in PRINTER_MAKERS:
        return Kind.PRINTER
    if has_serial_line or vendor_id in ADAPTERS:
        return Kind.SERIAL_LINE
    return Kind.INPUT if UsbClass.INPUT in classes else Kind.UNKNOWN
