"""A printer on a real network that fails without a word: what is accepted, what arrives, and when it is noticed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from drivers.errors import DeviceUnavailable, LinkLost, Reason
from drivers.printing.job import JobLimits
from drivers.printing.states import JobState, Proof
from drivers.transport.address import TcpAddress
from drivers.transport.tcp import TcpTransport, Vigilance
from drivers.virtual.server import Places, VirtualPrinterServer
from tests.drivers.transport.peers import soon
from tests.drivers.transport.till import PATIENCE_S, QUICK, till
from tests.rigs.kernel import network
from tests.rigs.kernel.network import PRINTER, Network

pytestmark = pytest.mark.skipif(network.missing() is not None, reason=network.missing() or "")

LONG = b"receipt " * 20_000
ADDRESS = TcpAddress(PRINTER)
HASTY = Vigilance(unacknowledged_ms=400, idle_s=1, interval_s=1)


@pytest.fixture
def cable() -> Iterator[Network]:
    with Network() as made:
        yield made


@asynccontextmanager
async def connected(listener: socket.socket, vigilance: Vigilance) -> AsyncIterator[tuple[TcpTransport, socket.socket]]:
    """An open transport, and the printer's end."""
    transport = TcpTransport(ADDRESS, vigilance)
    await transport.open(soon())
    link, _ = await asyncio.get_running_loop().sock_accept(listener)
    try:
        yield transport, link
    finally:
        link.close()
        await transport.close(soon(0.05))


@pytest.fixture
def listener(cable: Network) -> Iterator[socket.socket]:
    with cable.listen() as made:
        yield made


@asynccontextmanager
async def printer_at(cable: Network) -> AsyncIterator[VirtualPrinterServer]:
    server = VirtualPrinterServer(places=Places(tcp=(PRINTER, 9100)))
    with cable.at_printer():
        await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def fill(transport: TcpTransport) -> int:
    """Send until nothing is accepted any more; how much was."""
    accepted = 0
    while more := await transport.send(LONG, soon(0.1)):
        accepted += more
    return accepted


async def lost(transport: TcpTransport) -> LinkLost:
    """How the link ends."""
    with pytest.raises(LinkLost) as caught:
        assert await transport.read(soon(PATIENCE_S)) == b""
    return caught.value


async def everything(link: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count and (part := await asyncio.get_running_loop().sock_recv(link, 65_536)):
        heard += part
    return heard


async def test_a_window_that_stays_shut_for_too_long_costs_what_was_accepted(listener: socket.socket) -> None:
    """The kernel counts a shut window like silence, though its probes are answered. With more time the same pause costs nothing."""
    async with connected(listener, HASTY) as (hasty, first), connected(listener, Vigilance()) as (patient, second):
        wasted, kept = await fill(hasty), await fill(patient)
        assert "timed out" in (await lost(hasty)).detail
        with pytest.raises(ConnectionResetError):
            assert await everything(first, wasted) == LONG[:wasted]
        assert await everything(second, kept) == LONG[:kept]


async def test_a_printer_that_vanishes_behind_a_switch_is_given_up(cable: Network, listener: socket.socket) -> None:
    async with connected(listener, HASTY) as (transport, link):
        await transport.send(b"first", soon())
        assert await everything(link, 5) == b"first"
        cable.vanish()
        accepted = await transport.send(LONG, soon(0.1))
        assert 0 < accepted < len(LONG)
        await lost(transport)
        with pytest.raises(LinkLost):
            await transport.send(b"second", soon())


async def test_a_printer_that_vanishes_while_nothing_is_sent_is_given_up(
    cable: Network, listener: socket.socket
) -> None:
    async with connected(listener, HASTY) as (transport, _link):
        cable.vanish()
        await lost(transport)


async def test_a_cable_that_is_put_back_in_time_costs_nothing(cable: Network, listener: socket.socket) -> None:
    async with connected(listener, Vigilance()) as (transport, link):
        await transport.send(b"first", soon())
        assert await everything(link, 5) == b"first"
        cable.pull()
        accepted = await transport.send(LONG, soon(0.1))
        assert accepted > 0
        cable.plug()
        assert await everything(link, accepted) == LONG[:accepted]


async def test_a_printer_that_is_not_there_is_given_up_at_the_deadline(cable: Network) -> None:
    cable.vanish()
    transport = TcpTransport(ADDRESS)
    with pytest.raises(DeviceUnavailable) as caught:
        await transport.open(soon(0.2))
    assert caught.value.reason is Reason.CONNECTION_TIMEOUT


async def test_unplugged_in_the_middle_leaves_a_doubt_and_the_next_receipt_prints_when_it_is_back(
    cable: Network,
) -> None:
    """The printer loses its buffer, and the till's link is half open: the first bytes after that go into nothing."""
    async with printer_at(cable) as printer, till(lambda: TcpTransport(ADDRESS, HASTY)) as here:
        await here.prints(b"bon-0")
        printer.switch("stall_after_bytes", 1500)
        here.submit(b"bon-1")
        await printer.until(lambda: printer.printer.faults.stall_after_bytes == 0)
        cable.pull()
        evidence = await here.ledger.reaches(b"bon-1", JobState.UNCERTAIN)
        assert evidence.reason in {Reason.LINK_LOST, Reason.NOT_READING}
        assert (evidence.bytes_accepted or 0) > 1000
        printer.switch("stall_after_bytes", False)
        printer.power_cycle()
        cable.plug()
        assert (await here.prints(b"bon-2")).proof is Proof.PROCESS_ID
        assert here.ledger.state(b"bon-1") is JobState.UNCERTAIN


async def test_a_link_left_half_open_by_a_power_cycle_costs_no_receipt(cable: Network) -> None:
    """The kernel accepts what is sent to a printer that has forgotten the link."""
    async with printer_at(cable) as printer, till(lambda: TcpTransport(ADDRESS)) as here:
        await here.prints(b"bon-0")
        cable.vanish()
        printer.power_cycle()  # its reset goes into nothing
        cable.appear()
        assert (await here.prints(b"bon-1")).proof is Proof.PROCESS_ID
        assert printer.state().cuts == 2


async def test_a_receipt_comes_out_once_over_a_slow_line_that_loses_packets(cable: Network) -> None:
    limits = replace(QUICK, job=JobLimits(progress=20.0))
    async with printer_at(cable) as printer, till(lambda: TcpTransport(ADDRESS), limits) as here:
        await here.prints(b"bon-0")
        cable.crawl(256_000)
        cable.lose_every(5)
        assert (await here.prints(b"bon-1")).proof is Proof.PROCESS_ID
        assert printer.state().cuts == 2
        assert here.ledger.history(b"bon-1").count(JobState.SENDING) == 1
