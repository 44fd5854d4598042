"""Which interface of a device with several is the printer."""

from __future__ import annotations

import pytest

from drivers.transport.usb_interface import UsbInterface, printer_interface

KEYBOARD = UsbInterface(0, 0, 3, 1, None, None)
PRINTER = UsbInterface(1, 0, 7, 2, 0x01, 0x82)
MUTE_PRINTER = UsbInterface(1, 0, 7, 1, 0x01, None)
VENDOR = UsbInterface(2, 0, 255, 0, 0x03, 0x84)
IPP = UsbInterface(3, 1, 7, 4, 0x05, 0x86)


@pytest.mark.parametrize(
    ("interfaces", "chosen"),
    [
        ([KEYBOARD, PRINTER], PRINTER),
        ([VENDOR, PRINTER], PRINTER),
        ([KEYBOARD, VENDOR], VENDOR),
        ([MUTE_PRINTER, VENDOR], VENDOR),
        ([IPP, PRINTER], PRINTER),
        ([IPP], None),
        ([KEYBOARD], None),
        ([], None),
    ],
)
def test_the_printer_is_the_first_that_takes_bare_bytes_and_answers(
    interfaces: list[UsbInterface], chosen: UsbInterface | None
) -> None:
    assert printer_interface(interfaces) == chosen
