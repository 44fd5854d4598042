"""Which interface of a USB device is the printer, and through which endpoints it listens and speaks.

The usual guess, 0x01 and 0x82, is Epson's; other makers and the Linux printer gadget number them otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

PRINTER_CLASS: Final = 0x07
VENDOR_CLASS: Final = 0xFF
UNIDIRECTIONAL, BIDIRECTIONAL = 1, 2
"""Printer class protocols that carry bare bytes (USB printer class 1.1, table 1); 3 is packets, 4 is IPP."""

_IS_INPUT: Final = 0x80
_TRANSFER_TYPE: Final = 0x03
_BULK: Final = 0x02


@dataclass(frozen=True, slots=True)
class UsbInterface:
    """An interface in one of its alternate settings; an endpoint is None when there is no bulk endpoint that way."""

    number: int
    alternate: int
    interface_class: int
    protocol: int
    endpoint_out: int | None
    endpoint_in: int | None

    @property
    def talks(self) -> bool:
        """Whether bytes go both ways; a printer that cannot answer proves nothing."""
        return self.endpoint_out is not None and self.endpoint_in is not None


def printer_interface(interfaces: Iterable[UsbInterface]) -> UsbInterface | None:
    """The first of the printer class, else the first of the maker's own class (Epson printers in vendor mode)."""
    talking = [one for one in interfaces if one.talks]
    printers = [
        one
        for one in talking
        if one.interface_class == PRINTER_CLASS and one.protocol in {UNIDIRECTIONAL, BIDIRECTIONAL}
    ]
    vendors = [one for one in talking if one.interface_class == VENDOR_CLASS]
    return next(iter(printers + vendors), None)


def interfaces_of(configuration: Any) -> Iterator[UsbInterface]:
    """Walk a configuration descriptor as libusb gives it (struct libusb_config_descriptor)."""
    for index in range(configuration.bNumInterfaces):
        interface = configuration.interface[index]
        for setting in range(interface.num_altsetting):
            found = interface.altsetting[setting]
            bulk = [
                found.endpoint[number].bEndpointAddress
                for number in range(found.bNumEndpoints)
                if found.endpoint[number].bmAttributes & _TRANSFER_TYPE == _BULK
            ]
            yield UsbInterface(
                found.bInterfaceNumber,
                found.bAlternateSetting,
                found.bInterfaceClass,
                found.bInterfaceProtocol,
                next((address for address in bulk if not address & _IS_INPUT), None),
                next((address for address in bulk if address & _IS_INPUT), None),
            )
