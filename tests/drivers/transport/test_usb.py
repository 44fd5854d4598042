"""USB printers through the real libusb: counted to the byte, told apart, and given back as they were found."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import usb.backend.libusb1

from drivers.errors import DeviceError, DeviceRefused, DeviceUnavailable, LinkLost, Reason
from drivers.media import transport_factory
from drivers.transport.contract import Transport
from tests.drivers.transport.peers import soon
from tests.rigs.usb.testbed import LOOK_S, PluggedPrinter, Testbed

pytestmark = pytest.mark.umockdev

MODEL = "usb://04b8:0202"
NOBODY = 65534
MUTE = {"mute": True}


@pytest.fixture
def testbed() -> Iterator[Testbed]:
    with Testbed() as bed:
        yield bed


@pytest.fixture
def printer(testbed: Testbed) -> PluggedPrinter:
    return testbed.plug(MUTE)


async def opened(address: str = MODEL) -> Transport:
    transport = transport_factory(address)()
    await transport.open(soon())
    return transport


async def refused(address: str = MODEL) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        await opened(address)
    return caught.value


async def test_a_printer_that_stalls_has_taken_exactly_what_is_reported(printer: PluggedPrinter) -> None:
    """A partial write passes for success elsewhere: 4,096 of 26,533 bytes were taken, and nobody was told."""
    printer.fault(stall_after=4096 + 640)
    transport = await opened()
    receipt = b"receipt " * 3000
    accepted = await transport.send(receipt, soon(0.3))
    await transport.close(soon())
    assert accepted == 4096 + 640
    assert printer.received() == receipt[:accepted]


async def test_a_stalled_printer_goes_on_where_it_stopped(printer: PluggedPrinter) -> None:
    printer.fault(stall_after=640)
    transport = await opened()
    receipt = bytes(range(256)) * 10
    accepted = await transport.send(receipt, soon(0.1))
    printer.fault(stall_after=None)
    assert await transport.send(receipt[accepted:], soon()) == len(receipt) - accepted
    assert printer.received() == receipt
    await transport.close(soon())


async def test_a_stalled_printer_from_the_first_byte_is_zero_and_no_error(printer: PluggedPrinter) -> None:
    printer.fault(stall_after=0)
    transport = await opened()
    assert await transport.send(b"receipt", soon(0.1)) == 0
    await transport.close(soon())


async def test_a_slow_printer_is_counted_exactly_at_the_deadline(printer: PluggedPrinter) -> None:
    printer.fault(bytes_per_second=20_000)
    transport = await opened()
    receipt = b"receipt " * 4000
    accepted = await transport.send(receipt, soon(0.3))
    await transport.close(soon())
    assert 0 < accepted < len(receipt)
    assert printer.received() == receipt[:accepted]


async def test_unplugged_in_the_middle_of_a_write_the_count_is_exact_and_then_the_link_is_lost(
    printer: PluggedPrinter,
) -> None:
    """The binding raises "no such device" and forgets the count: 2,048 bytes may be on paper, the caller knew of none."""
    printer.fault(unplug_after=2048)
    transport = await opened()
    assert await transport.send(b"receipt " * 1000, soon()) == 2048
    with pytest.raises(LinkLost):
        await transport.send(b"more", soon())
    with pytest.raises(LinkLost):
        await transport.read(soon())
    await transport.close(soon())


async def test_a_replugged_printer_answers_under_the_same_address(testbed: Testbed, printer: PluggedPrinter) -> None:
    """It has another device number then; without udevd the library's shared list never learns of it."""
    address = f"{MODEL}?serial=J4FF012345"
    before = await opened(address)
    printer.order("unplug")
    await before.close(soon())
    assert (await refused(address)).reason is Reason.DEVICE_ABSENT
    again = testbed.plug(MUTE)
    after = await opened(address)
    assert await after.send(b"here", soon()) == 4
    await after.close(soon())
    assert again.received() == b"here"


@pytest.mark.parametrize("by", ["serial=K22", "port=1-2"])
async def test_two_equal_printers_are_told_apart(testbed: Testbed, by: str) -> None:
    first = testbed.plug(MUTE, port="1-1", serial="K11")
    second = testbed.plug(MUTE, port="1-2", serial="K22")
    transport = await opened(f"{MODEL}?{by}")
    await transport.send(b"second", soon())
    await transport.close(soon())
    assert (first.received(), second.received()) == (b"", b"second")


async def test_clones_that_share_a_serial_number_are_told_apart_by_port(testbed: Testbed) -> None:
    for port in ("1-1", "1-2"):
        testbed.plug(MUTE, port=port, serial="0123456789")
    assert (await refused(f"{MODEL}?serial=0123456789")).reason is Reason.DEVICE_AMBIGUOUS
    transport = await opened(f"{MODEL}?port=1-1")
    await transport.close(soon())


async def test_an_address_that_fits_two_printers_is_refused_and_names_them(testbed: Testbed) -> None:
    testbed.plug(MUTE, port="1-1", serial="K11")
    testbed.plug(MUTE, port="1-2", serial="K22")
    error = await refused()
    assert (type(error), error.reason) == (DeviceRefused, Reason.DEVICE_AMBIGUOUS)
    assert "serial=K11 port=1-1" in error.detail
    assert "serial=K22 port=1-2" in error.detail


async def test_nothing_plugged_in_is_absent(testbed: Testbed) -> None:
    error = await refused()
    assert (type(error), error.reason) == (DeviceUnavailable, Reason.DEVICE_ABSENT)


async def test_a_printer_with_another_serial_number_is_not_taken_for_the_right_one(testbed: Testbed) -> None:
    testbed.plug(MUTE, serial="K11")
    error = await refused(f"{MODEL}?serial=K22")
    assert error.reason is Reason.DEVICE_ABSENT
    assert "K11" in error.detail


@contextmanager
def another_user() -> Iterator[None]:
    """Root may open everything; tests that ask for a refusal become somebody else for a moment."""
    usb.backend.libusb1.get_backend()  # loaded while its file may be looked for
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("address", [MODEL, f"{MODEL}?serial=J4FF012345", f"{MODEL}?port=1-1"])
async def test_missing_rights_are_called_so_and_not_absence(printer: PluggedPrinter, address: str) -> None:
    printer.order("forbid")
    with another_user():
        error = await refused(address)
    assert (type(error), error.reason) == (DeviceRefused, Reason.PERMISSION_DENIED)


async def test_a_printer_that_another_program_has_claimed_is_in_use(printer: PluggedPrinter) -> None:
    printer.fault(busy=True)
    error = await refused()
    assert (type(error), error.reason) == (DeviceUnavailable, Reason.PORT_IN_USE)


async def test_the_kernel_gets_its_printer_back_and_the_bus_is_never_reset(printer: PluggedPrinter) -> None:
    """A reset looks like a disconnect to the printer: it loses what it has not printed."""
    transport = await opened()
    during = printer.state()
    await transport.close(soon())
    after = printer.state()
    assert (during["kernel_driver"], during["claimed"]) == ("", True)
    assert (after["kernel_driver"], after["claimed"], after["resets"]) == ("usblp", False, 0)


async def test_a_printer_in_its_makers_own_mode_has_no_kernel_driver_to_give_back(testbed: Testbed) -> None:
    printer = testbed.plug(MUTE, interface_class=0xFF)
    transport = await opened()
    await transport.send(b"vendor", soon())
    await transport.close(soon())
    assert (printer.received(), printer.state()["kernel_driver"]) == (b"vendor", "")


async def test_endpoints_are_read_from_the_descriptors(testbed: Testbed) -> None:
    """0x01 and 0x82 are Epson's; the Linux printer gadget has 0x02 and 0x81."""
    printer = testbed.plug(MUTE, endpoint_out=0x02, endpoint_in=0x81)
    transport = await opened()
    await transport.send(b"hello", soon())
    printer.say(b"\x12")
    assert await transport.read(soon()) == b"\x12"
    await transport.close(soon())
    assert printer.received() == b"hello"


async def test_a_device_that_is_no_printer_is_refused(testbed: Testbed) -> None:
    testbed.plug(MUTE, interface_class=3)
    assert (await refused()).reason is Reason.NO_PRINTER_INTERFACE


async def test_what_a_printer_says_is_fetched_while_nobody_asks(printer: PluggedPrinter) -> None:
    """It keeps 128 bytes for a host that does not listen, and drops the rest without a word."""
    transport = await opened()
    said = bytes(range(256)) * 4
    printer.say_slowly(said)
    heard = b""
    while len(heard) < len(said):
        heard += await transport.read(soon())
    await transport.close(soon())
    assert (heard, printer.state()["dropped"]) == (said, 0)


async def test_a_write_that_was_called_off_stops_before_the_printer_is_given_back(printer: PluggedPrinter) -> None:
    printer.fault(stall_after=640)
    transport = await opened()
    sending = asyncio.create_task(transport.send(b"receipt " * 1000, soon(60)))
    await printer.hear(640)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await transport.close(soon())
    printer.fault(stall_after=None)
    assert printer.state()["claimed"] is False
    assert len(printer.received()) == 640


async def test_empty_answers_are_not_taken_for_silence_or_the_end(printer: PluggedPrinter) -> None:
    """Some printers answer the first looks with empty packets; whoever looks once hears nothing."""
    printer.fault(empty_packets=20)
    transport = await opened()
    printer.say(b"\x12")
    assert await transport.read(soon()) == b"\x12"
    await transport.close(soon())


async def test_a_transport_whose_opening_failed_can_be_opened_later(printer: PluggedPrinter) -> None:
    """Elsewhere a failed opening leaves an object that nothing heals."""
    transport = transport_factory(MODEL)()
    printer.fault(busy=True)
    with pytest.raises(DeviceUnavailable):
        await transport.open(soon())
    printer.fault(busy=False)
    await transport.open(soon())
    assert await transport.send(b"now", soon()) == 3
    await transport.close(soon())
    assert printer.received() == b"now"


async def test_a_printer_that_was_opened_too_late_is_given_back(printer: PluggedPrinter) -> None:
    """Nobody closes what nobody got: the printer would stay claimed until the process ends."""
    with pytest.raises(DeviceUnavailable) as caught:
        await transport_factory(MODEL)().open(soon(-1))
    assert caught.value.reason is Reason.CONNECTION_TIMEOUT
    async with asyncio.timeout(5):
        while True:
            state = printer.state()
            if (state["claims"], state["claimed"], state["kernel_driver"]) == (1, False, "usblp"):
                return
            await asyncio.sleep(LOOK_S)


async def test_a_halted_endpoint_is_a_lost_link_and_works_again_on_the_next(printer: PluggedPrinter) -> None:
    transport = await opened()
    printer.fault(halted=True)
    with pytest.raises(LinkLost):
        await transport.send(b"receipt", soon())
    await transport.close(soon())
    again = await opened()
    assert await again.send(b"receipt", soon()) == 7
    await again.close(soon())
