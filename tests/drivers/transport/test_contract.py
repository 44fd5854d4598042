"""What every transport promises, against real sockets, ptys and the USB library."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from drivers.errors import LinkLost
from tests.drivers.transport.peers import Peer, PtyPeer, TcpPeer, UsblpPeer, UsbPeer, soon

MEDIA = [
    pytest.param(TcpPeer, id="tcp"),
    pytest.param(PtyPeer, id="serial"),
    pytest.param(UsblpPeer, id="usblp"),
    pytest.param(UsbPeer, id="usb", marks=pytest.mark.umockdev),
]


@pytest.fixture(params=MEDIA)
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[Peer]:
    device: Peer = request.param()
    await device.start()
    yield device
    await device.transport.close(soon(0.2))
    device.stop()


async def test_bytes_arrive_as_they_are(peer: Peer) -> None:
    every_byte = bytes(range(256))
    assert await peer.transport.send(every_byte, soon()) == 256
    assert await peer.hear(256) == every_byte


async def test_answers_arrive_as_they_are(peer: Peer) -> None:
    every_byte = bytes(range(256))
    peer.say(every_byte)
    heard = b""
    while len(heard) < 256:
        heard += await peer.transport.read(soon())
    assert heard == every_byte


async def test_silence_is_no_bytes_and_no_error(peer: Peer) -> None:
    assert await peer.transport.read(soon(0.02)) == b""


async def test_a_device_that_stops_reading_gets_an_exact_count_at_the_deadline(peer: Peer) -> None:
    """A library's time-out says "failed" after thousands of bytes had gone out: nobody knows how many were printed."""
    data = bytes(range(256)) * 40_000
    accepted = await peer.transport.send(data, soon(0.2))
    assert 0 < accepted < len(data)
    assert await peer.hear(accepted) == data[:accepted]


async def test_unplugging_is_link_lost_for_the_reader(peer: Peer) -> None:
    peer.vanish()
    with pytest.raises(LinkLost):
        await peer.transport.read(soon())


async def test_unplugging_is_link_lost_for_the_writer(peer: Peer) -> None:
    peer.vanish()
    with pytest.raises(LinkLost):
        await peer.transport.send(b"x" * 1000, soon())


async def test_closing_after_unplugging_is_quiet(peer: Peer) -> None:
    """Pyserial raises termios.error here, which is no OSError and slipped through every handler."""
    peer.vanish()
    assert await peer.transport.close(soon(0.2)) == b""


async def test_what_the_device_says_at_the_end_is_not_lost(peer: Peer) -> None:
    peer.say(b"\x37\x22!!!!\x00")
    assert await peer.transport.close(soon(0.2)) == b"\x37\x22!!!!\x00"


async def test_a_transport_can_be_opened_again_after_closing(peer: Peer) -> None:
    await peer.transport.close(soon(0.1))
    await peer.start()
    await peer.transport.send(b"again", soon())
    assert await peer.hear(5) == b"again"


async def test_a_transport_that_is_not_open_is_a_lost_link(peer: Peer) -> None:
    await peer.transport.close(soon(0.1))
    with pytest.raises(LinkLost):
        await peer.transport.read(soon())
    with pytest.raises(LinkLost):
        await peer.transport.send(b"x", soon())
