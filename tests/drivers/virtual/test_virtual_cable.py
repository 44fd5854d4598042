"""The cable inside a process keeps what every transport promises: the contract's own tests, with a cable for a wire."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from drivers.transport.contract import Transport
from drivers.virtual.cable import Cable, CableTransport
from tests.drivers.transport import test_contract as contract
from tests.drivers.transport.peers import soon

PROMISES = [
    promise
    for name, promise in vars(contract).items()
    if name.startswith("test_") and list(inspect.signature(promise).parameters) == ["peer"]
]


class CablePeer:
    """A printer's end of a cable, played by the test."""

    def __init__(self) -> None:
        self.transport: Transport = CableTransport("virtual:peer", self._plug_in)
        self._cable = Cable("virtual-1")

    async def _plug_in(self) -> Cable:
        self._cable = Cable("virtual-1")
        return self._cable

    async def start(self) -> None:
        await self.transport.open(soon())

    def say(self, data: bytes) -> None:
        assert self._cable.write(data) == 0

    async def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            heard += await self._cable.read(count - len(heard))
        return heard

    def vanish(self) -> None:
        self._cable.close(abrupt=True)

    def stop(self) -> None:
        self.vanish()


@pytest.fixture
async def peer() -> AsyncIterator[CablePeer]:
    device = CablePeer()
    await device.start()
    yield device
    await device.transport.close(soon(0.2))
    device.stop()


def test_the_contract_has_promises() -> None:
    assert len(PROMISES) >= 10


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__.removeprefix("test_"))
async def test_a_cable_keeps_the_promise(promise: Callable[[CablePeer], Awaitable[None]], peer: CablePeer) -> None:
    await promise(peer)


async def test_what_the_printer_has_not_taken_at_the_close_it_still_can_later(peer: CablePeer) -> None:
    """A close must not cut off what was accepted: the printer may be out of paper just then."""
    assert await peer.transport.send(b"Summe 7,40\n", soon()) == 11
    await peer.transport.close(soon(0.02))
    assert await peer.hear(11) == b"Summe 7,40\n"


async def test_closing_ends_as_soon_as_the_printer_has_taken_everything_and_let_go(peer: CablePeer) -> None:
    await peer.transport.send(b"Summe 7,40\n", soon())
    closing = asyncio.create_task(peer.transport.close(soon(3600)))
    assert await peer.hear(11) == b"Summe 7,40\n"
    peer.say(b"\x12")
    peer.vanish()
    assert await closing == b"\x12"


async def test_what_nobody_reads_is_lost_beyond_the_window(peer: CablePeer) -> None:
    cable = Cable("virtual-2")
    assert cable.write(b"\x12" * 5000) == 904
    assert await cable.hear() == b"\x12" * 4096
