"""What a pseudo terminal cannot show: a control line that tells of power, and bytes that wait for a slow line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from drivers.errors import LinkLost
from drivers.media import transport_factory
from drivers.transport.contract import Transport
from tests.drivers.transport.peers import soon
from tests.rigs.usb.testbed import Testbed

pytestmark = pytest.mark.umockdev


@pytest.fixture
def testbed() -> Iterator[Testbed]:
    with Testbed() as bed:
        bed.order("plug_serial")
        yield bed


async def opened(flow: str) -> Transport:
    transport = transport_factory(f"serial:///dev/ttyS7?flow={flow}")()
    await transport.open(soon())
    return transport


async def test_a_printer_that_is_switched_off_is_a_lost_link_for_the_reader(testbed: Testbed) -> None:
    """Nothing else tells on a serial line: the port stays, and the bytes run into the cable."""
    transport = await opened("xonxoff")
    reading = asyncio.create_task(transport.read(soon()))
    testbed.order("say_on_serial", data="12")
    assert await reading == b"\x12"
    reading = asyncio.create_task(transport.read(soon()))
    testbed.order("lines", dsr=False)
    with pytest.raises(LinkLost):
        await reading
    await transport.close(soon(0.1))


async def test_a_printer_that_was_switched_off_gets_no_receipt(testbed: Testbed) -> None:
    transport = await opened("xonxoff")
    assert await transport.read(soon(0.01)) == b""
    testbed.order("lines", dsr=False)
    with pytest.raises(LinkLost):
        await transport.send(b"receipt", soon())
    await transport.close(soon(0.1))


async def test_a_cable_without_that_line_is_no_printer_without_power(testbed: Testbed) -> None:
    testbed.order("lines", dsr=False, cts=False)
    transport = await opened("xonxoff")
    testbed.order("say_on_serial", data="12")
    assert await transport.read(soon()) == b"\x12"
    assert await transport.send(b"receipt", soon()) == 7
    await transport.close(soon(0.1))


async def test_under_dtr_control_a_fallen_line_is_a_full_buffer_and_no_lost_link(testbed: Testbed) -> None:
    transport = await opened("rtscts")
    assert await transport.read(soon(0.01)) == b""
    testbed.order("lines", dsr=False, cts=False)
    assert await transport.read(soon(0.01)) == b""
    testbed.order("lines", dsr=True, cts=True)
    testbed.order("say_on_serial", data="12")
    assert await transport.read(soon()) == b"\x12"
    await transport.close(soon(0.1))


async def test_closing_waits_until_a_slow_line_has_taken_everything_and_goes_on_listening(testbed: Testbed) -> None:
    """Closing throws away what waits in the port, a second's worth at 9,600 baud; to the host it was a whole receipt."""
    transport = await opened("rtscts")
    await transport.send(b"receipt", soon())
    testbed.order("queue", count=960)
    closing = asyncio.create_task(transport.close(soon()))
    testbed.order("say_on_serial", data="3722")
    done, _pending = await asyncio.wait({closing}, timeout=0.1)
    assert not done
    testbed.order("queue", count=0)
    assert await closing == b"\x37\x22"


async def test_a_line_that_never_takes_the_rest_does_not_hold_up_closing(testbed: Testbed) -> None:
    transport = await opened("rtscts")
    testbed.order("queue", count=960)
    await transport.close(soon(0.05))
