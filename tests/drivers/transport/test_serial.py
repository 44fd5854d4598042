"""Serial lines: exclusive, with real flow control, and patient at the end."""

from __future__ import annotations

import os
import termios
from collections.abc import AsyncIterator

import pytest

from drivers.errors import DeviceUnavailable, Reason
from drivers.media import transport_factory
from tests.drivers.transport.peers import PtyPeer, soon


@pytest.fixture
async def printer() -> AsyncIterator[PtyPeer]:
    device = PtyPeer(flow="xonxoff")
    await device.start()
    yield device
    await device.transport.close(soon(0.2))
    device.stop()


async def test_a_second_process_cannot_open_the_port(printer: PtyPeer) -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        await transport_factory(printer.address)().open(soon())
    assert caught.value.reason is Reason.PORT_IN_USE


async def test_a_missing_port_is_named() -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        await transport_factory("serial:///dev/no-such-port")().open(soon())
    assert caught.value.reason is Reason.DEVICE_ABSENT


async def test_the_printers_xoff_stops_the_host_and_xon_lets_it_go_on(printer: PtyPeer) -> None:
    printer.say(b"\x13\x12")
    assert await printer.transport.read(soon()) == b"\x12"  # the XOFF before it has been obeyed
    accepted = await printer.transport.send(b"x" * 100_000, soon(0.1))
    assert await printer.hear_to_end() == b""
    printer.say(b"\x11")
    assert await printer.hear(accepted) == b"x" * accepted


async def test_closing_does_not_wait_for_ever_for_a_stopped_printer(printer: PtyPeer) -> None:
    printer.say(b"\x13")
    await printer.transport.send(b"x" * 100, soon(0.1))
    await printer.transport.close(soon(0.1))


@pytest.mark.parametrize(
    ("flow", "crtscts", "ixon"), [("rtscts", True, False), ("xonxoff", False, True), ("none", False, False)]
)
async def test_the_flow_control_of_the_address_is_the_kernels(flow: str, crtscts: bool, ixon: bool) -> None:
    """The usual library's default, DTR/DSR, sets none at all on Linux: a printer with a full buffer just loses bytes."""
    device = PtyPeer(flow)
    await device.start()
    watching = os.open(device.path, os.O_RDWR | os.O_NOCTTY)
    modes = termios.tcgetattr(watching)
    os.close(watching)
    assert (bool(modes[2] & termios.CRTSCTS), bool(modes[0] & termios.IXON)) == (crtscts, ixon)
    await device.transport.close(soon(0.1))
    device.stop()


async def test_what_was_heard_before_the_plug_came_out_is_not_lost(printer: PtyPeer) -> None:
    printer.say(b"\x12")
    assert await printer.transport.read(soon()) == b"\x12"
    printer.vanish()
    assert await printer.transport.close(soon()) == b""
