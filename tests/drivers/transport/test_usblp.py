"""Printers behind the kernel's `usblp`: found by what they are, locked, and not cut off at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.errors import DeviceError, DeviceRefused, DeviceUnavailable, Reason
from drivers.media import transport_factory
from drivers.transport.address import UsblpAddress
from drivers.transport.usb_identity import UsbIdentity
from drivers.transport.usblp import UsblpTransport
from tests.drivers.transport.peers import UsblpPeer, plug_usblp, soon

EPSON = {"idVendor": "04b8", "idProduct": "0e28"}


@pytest.fixture
async def printer() -> AsyncIterator[UsblpPeer]:
    device = UsblpPeer()
    yield device
    await device.transport.close(soon(0.2))
    device.stop()


def by(root: Path, serial: str | None = None, port: str | None = None) -> UsblpTransport:
    return UsblpTransport(UsblpAddress(UsbIdentity(0x04B8, 0x0E28, serial, port)), root)


async def refused(transport: UsblpTransport) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        await transport.open(soon())
    return caught.value


@pytest.mark.parametrize(("serial", "port"), [("K22", None), (None, "1-1.4")])
async def test_a_printer_is_found_by_what_it_is_and_not_by_the_order_of_plugging(
    printer: UsblpPeer, tmp_path: Path, serial: str | None, port: str | None
) -> None:
    plug_usblp(tmp_path, 0, Path("/dev/null"), port="1-1.2", serial="K11", **EPSON)
    plug_usblp(tmp_path, 1, Path(printer.path), port="1-1.4", serial="K22", **EPSON)
    plug_usblp(tmp_path, 2, Path("/dev/null"), port="1-2", serial="K22", idVendor="0416", idProduct="5011")
    transport = by(tmp_path, serial, port)
    await transport.open(soon())
    await transport.send(b"receipt", soon())
    assert await printer.hear(7) == b"receipt"
    await transport.close(soon(0.1))


async def test_a_replugged_printer_is_found_under_its_new_number(printer: UsblpPeer, tmp_path: Path) -> None:
    transport = by(tmp_path, serial="K22")
    assert (await refused(transport)).reason is Reason.DEVICE_ABSENT
    plug_usblp(tmp_path, 3, Path(printer.path), port="1-1.4", serial="K22", **EPSON)
    await transport.open(soon())
    await transport.close(soon(0.1))


async def test_two_equal_printers_are_refused_and_named(tmp_path: Path) -> None:
    plug_usblp(tmp_path, 0, Path("/dev/null"), port="1-1", serial="K11", **EPSON)
    plug_usblp(tmp_path, 1, Path("/dev/null"), port="1-2", **EPSON)
    error = await refused(by(tmp_path))
    assert (type(error), error.reason) == (DeviceRefused, Reason.DEVICE_AMBIGUOUS)
    assert "serial=K11 port=1-1" in error.detail
    assert "serial=- port=1-2" in error.detail


async def test_a_missing_device_file_is_absent(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        await transport_factory(f"usblp://{tmp_path}/lp0")().open(soon())
    assert caught.value.reason is Reason.DEVICE_ABSENT


async def test_a_second_process_cannot_open_the_printer(printer: UsblpPeer) -> None:
    await printer.start()
    with pytest.raises(DeviceUnavailable) as caught:
        await transport_factory(printer.address)().open(soon())
    assert caught.value.reason is Reason.PORT_IN_USE


async def test_an_empty_packet_is_silence_and_not_the_end(printer: UsblpPeer) -> None:
    """It reads like an end of file: a printer that has nothing to say would seem unplugged."""
    await printer.start()
    printer.say_nothing()
    assert await printer.transport.read(soon(0.05)) == b""
    printer.say(b"\x12\n")
    assert await printer.transport.read(soon()) == b"\x12\n"


async def test_closing_waits_for_the_block_that_is_not_on_the_wire_yet(printer: UsblpPeer) -> None:
    """The kernel counts a block as written when it is only queued, and calls it back when the file is closed."""
    await printer.start()
    accepted = 0
    while more := await printer.transport.send(b"x" * 100_000, soon(0.05)):
        accepted += more
    closing = asyncio.create_task(printer.transport.close(soon()))
    done, _pending = await asyncio.wait({closing}, timeout=0.1)
    assert not done
    assert await printer.hear(accepted) == b"x" * accepted
    await closing


async def test_a_printer_that_never_takes_the_rest_does_not_hold_up_closing(printer: UsblpPeer) -> None:
    await printer.start()
    await printer.transport.send(b"x" * 100_000, soon(0.1))
    await printer.transport.close(soon(0.1))
