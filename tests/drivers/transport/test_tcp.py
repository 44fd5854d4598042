"""Ways in which a TCP printer loses receipts silently, each tried and shut."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from drivers.errors import DeviceRefused, DeviceUnavailable, LinkLost, Reason
from drivers.media import transport_factory
from drivers.transport.address import TcpAddress
from drivers.transport.tcp import TcpTransport
from tests.drivers.transport.peers import TcpPeer, soon


@pytest.fixture
async def printer() -> AsyncIterator[TcpPeer]:
    device = TcpPeer()
    await device.start()
    yield device
    await device.transport.close(soon(0.2))
    device.stop()


async def test_unread_status_bytes_do_not_cut_off_the_receipt(printer: TcpPeer) -> None:
    """Closing a socket with unread input sends RST: the printer got 6,144 of 159,198 bytes, the host saw success."""
    receipt = b"receipt " * 20_000
    printer.say(b"\x14\x00\x00\x0f" * 2)
    heard = asyncio.create_task(printer.hear_to_end())
    heard.add_done_callback(lambda _heard: printer.stop())
    assert await printer.transport.send(receipt, soon()) == len(receipt)
    await printer.transport.close(soon())
    assert await heard == receipt


async def test_the_first_write_after_the_peers_end_is_noticed(printer: TcpPeer) -> None:
    """The kernel accepts the first write after a FIN and the receipt is gone without an error."""
    printer.finish()
    await _fin_arrived(printer)
    with pytest.raises(LinkLost):
        await printer.transport.send(b"receipt", soon())


async def test_a_waiting_answer_does_not_hide_that_the_link_is_alive(printer: TcpPeer) -> None:
    printer.say(b"\x12")
    await printer.transport.send(b"x", soon())
    assert await printer.transport.read(soon()) == b"\x12"


async def _fin_arrived(printer: TcpPeer) -> None:
    with pytest.raises(LinkLost):
        await printer.transport.read(soon())


async def test_a_refused_connection_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    transport = transport_factory(f"tcp://127.0.0.1:{port}")()
    with pytest.raises(DeviceUnavailable) as caught:
        await transport.open(soon())
    assert caught.value.reason is Reason.CONNECTION_REFUSED


async def test_an_unknown_host_is_named() -> None:
    transport = transport_factory("tcp://no-such-printer.invalid")()
    with pytest.raises(DeviceUnavailable) as caught:
        await transport.open(soon(20))
    assert caught.value.reason is Reason.HOST_UNKNOWN


async def test_a_host_that_does_not_answer_is_given_up_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        crowd = [transport_factory(f"tcp://127.0.0.1:{port}")() for _ in range(6)]
        answers = await asyncio.gather(*(one.open(soon(0.3)) for one in crowd), return_exceptions=True)
        refusals = [error for error in answers if isinstance(error, DeviceUnavailable)]
        assert {error.reason for error in refusals} == {Reason.CONNECTION_TIMEOUT}
        for one in crowd:
            await one.close(soon(0.01))


async def test_a_reset_in_the_middle_is_a_count_first_and_a_lost_link_then(printer: TcpPeer) -> None:
    sending = asyncio.create_task(printer.transport.send(b"receipt " * 1_000_000, soon()))
    await printer.hear(6144)
    printer.vanish()
    assert 6144 <= await sending < 8_000_000
    with pytest.raises(LinkLost):
        await printer.transport.send(b"more", soon())
    with pytest.raises(LinkLost):
        await printer.transport.read(soon())


async def test_the_printers_own_end_comes_after_ours(printer: TcpPeer) -> None:
    """A printer that prints at the end of the stream must be told that this is the end, and be heard after it."""
    await printer.transport.send(b"receipt", soon())
    closing = asyncio.create_task(printer.transport.close(soon()))
    assert await printer.hear_to_end() == b"receipt"
    printer.say(b"\x37\x22!!!!\x00")
    printer.stop()
    assert await closing == b"\x37\x22!!!!\x00"


async def test_what_was_accepted_reaches_a_stalled_printer_even_after_closing(printer: TcpPeer) -> None:
    """A hard close would throw the kernel's buffer away: the printer stops in the middle of a receipt it was sent whole."""
    receipt = b"receipt " * 1_000_000
    accepted = await printer.transport.send(receipt, soon(0.1))
    await printer.transport.close(soon(0.05))
    assert await printer.hear_to_end() == receipt[:accepted]


async def test_a_printer_that_vanishes_without_a_word_is_noticed(printer: TcpPeer) -> None:
    """Without these a pulled network cable stays a live link for hours, and receipts go into it."""
    transport = printer.transport
    assert isinstance(transport, TcpTransport)
    link = transport._link()
    assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 60
    assert 30_000 <= link.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 120_000
    assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


@pytest.mark.parametrize("host", ["192.168.1..50", "x" * 64])
async def test_a_name_that_cannot_be_asked_for_is_an_unknown_host(host: str) -> None:
    """The resolver raises UnicodeError for it, which nobody expected: the printer's task ended and was started again for ever."""
    with pytest.raises(DeviceRefused) as refused:
        await TcpTransport(TcpAddress(host)).open(soon())
    assert refused.value.reason is Reason.HOST_UNKNOWN
