"""What a receipt printer says about itself when it is plugged in, in the forms that libusb and sysfs read."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

PACKET: Final = 64
"""Bytes in one bulk packet at full speed."""

PRINTER_CLASS: Final = 7
VENDOR_CLASS: Final = 0xFF


@dataclass(frozen=True, slots=True)
class Plug:
    """One printer in one port. `interface_class` 7 is a printer's, 255 the maker's own; `number` is the kernel's device number."""

    port: str = "1-1"
    number: int = 2
    serial: str = "J4FF012345"
    vendor: int = 0x04B8
    product: int = 0x0202
    interface_class: int = PRINTER_CLASS
    endpoint_out: int = 0x01
    endpoint_in: int = 0x82

    @property
    def node(self) -> str:
        """The device file."""
        return f"/dev/bus/usb/001/{self.number:03}"

    @property
    def sysfs(self) -> str:
        """The device's folder."""
        return f"/sys/devices/pci0000:00/usb1/{self.port}"

    def strings(self) -> dict[int, str]:
        """String descriptors; a device without a serial number has none for it."""
        return {1: "EPSON", 2: "TM-T88V"} | ({3: self.serial} if self.serial else {})

    def device_descriptor(self) -> bytes:
        """USB 2.0, table 9-8."""
        serial_index = 3 if self.serial else 0
        return struct.pack(
            "<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, self.vendor, self.product, 0x0100, 1, 2, serial_index, 1
        )

    def configuration_descriptor(self) -> bytes:
        """USB 2.0, tables 9-10, 9-12 and 9-13: one bidirectional interface with two bulk endpoints."""
        interface = bytes((9, 4, 0, 0, 2, self.interface_class, 1, 2, 0))
        endpoints = b"".join(
            struct.pack("<BBBBHB", 7, 5, address, 2, PACKET, 0) for address in (self.endpoint_out, self.endpoint_in)
        )
        parts = interface + endpoints
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(parts), 1, 1, 0, 0xC0, 1) + parts

    def description(self) -> str:
        """The device as umockdev takes it."""
        product = f"{self.vendor:x}/{self.product:x}/100"
        lines = [
            f"P: {self.sysfs.removeprefix('/sys')}",
            f"N: {self.node.removeprefix('/dev/')}",
            "E: SUBSYSTEM=usb",
            "E: DRIVER=usb",
            "E: BUSNUM=001",
            f"E: DEVNUM={self.number:03}",
            f"E: DEVNAME={self.node}",
            "E: DEVTYPE=usb_device",
            f"E: PRODUCT={product}",
            "E: MAJOR=189",
            f"E: MINOR={self.number - 1}",
            f"E: ID_VENDOR_ID={self.vendor:04x}",
            f"E: ID_MODEL_ID={self.product:04x}",
            "A: bConfigurationValue=1\\n",
            "A: busnum=1\\n",
            f"A: devnum={self.number}\\n",
            "A: speed=12\\n",
            f"A: idVendor={self.vendor:04x}\\n",
            f"A: idProduct={self.product:04x}\\n",
            "A: manufacturer=EPSON\\n",
            "A: product=TM-T88V\\n",
            *([f"A: serial={self.serial}\\n"] if self.serial else []),
            f"H: descriptors={(self.device_descriptor() + self.configuration_descriptor()).hex().upper()}",
        ]
        return "\n".join(lines) + "\n"
