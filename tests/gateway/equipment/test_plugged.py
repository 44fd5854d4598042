"""What is plugged in: a configured device is tried at once, what nobody configured is shown with the address to write down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from drivers.discovery import FoundDevice, Kind, Medium
from drivers.discovery.settling import Change, ChangeKind
from drivers.printing.ledger import MemoryLedger
from gateway.config import Device
from gateway.devices import Devices, PluggedDevices
from gateway.equipment import DeviceKind, Notice
from tests.rigs.clock import TurnedClock

STICK = FoundDevice(
    address="usb://04b8:0e28?serial=J4",
    medium=Medium.USB,
    vendor_id=0x04B8,
    product_id=0x0E28,
    maker="EPSON",
    model="TM-m30",
    serial="J4",
    port="1-1.4",
    kind_guess=Kind.PRINTER,
)
KEYBOARD = replace(STICK, vendor_id=0x046D, product_id=0xC31C, address="", kind_guess=Kind.INPUT)
MAINBOARD = replace(STICK, vendor_id=None, product_id=None, address="serial:///dev/ttyS0", kind_guess=Kind.SERIAL_LINE)
ADAPTER = replace(STICK, vendor_id=0x0403, product_id=0x6001, address="serial:///dev/x", nodes=("/dev/x",))


class Sockets:
    """Plugs in and pulls out as a test says; `taken` once everything was seen to."""

    def __init__(self, *present: FoundDevice) -> None:
        self.present = list(present)
        self._changes: asyncio.Queue[Change] = asyncio.Queue()

    def change(self, kind: ChangeKind, device: FoundDevice) -> None:
        self._changes.put_nowait(Change(kind, device))

    async def taken(self) -> None:
        await self._changes.join()

    async def changes(self) -> AsyncIterator[Change]:
        while True:
            yield await self._changes.get()
            self._changes.task_done()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Sockets]:
        yield self


class Shelf:
    """Displays or scales of which only the addresses matter."""

    def __init__(self, **addresses: str) -> None:
        self.addresses = addresses
        self.woken: list[str] = []

    def plugged(self, name: str) -> None:
        self.woken.append(name)


def branch(*addresses: str) -> Devices:
    configured = tuple(Device(name=f"bon-{number}", address=address) for number, address in enumerate(addresses))
    return Devices(configured, lambda _name: MemoryLedger(), TurnedClock(1_000))


@asynccontextmanager
async def following(devices: Devices, sockets: Sockets, *counters: Shelf) -> AsyncIterator[list[Notice]]:
    told: list[Notice] = []
    devices.board.subscribe(told.append)
    plugged = PluggedDevices(devices, devices.board, counters, listen=sockets.listen)
    task = asyncio.create_task(plugged.run())
    sockets.change(ChangeKind.UNPLUGGED, replace(STICK, port="9-9"))  # a sign that the beginning is over
    await sockets.taken()
    yield told
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_device_that_nobody_configured_comes_and_goes() -> None:
    devices, sockets = branch(), Sockets()
    async with following(devices, sockets) as told:
        sockets.change(ChangeKind.PLUGGED, STICK)
        await sockets.taken()
        (state,) = devices.board.states
        assert (state.kind, state.address, state.reason) == (DeviceKind.UNKNOWN, STICK.address, "DEVICE_NOT_CONFIGURED")
        assert (state.name, state.maker, state.model) == ("04b8:0e28@1-1.4", "EPSON", "TM-m30")
        sockets.change(ChangeKind.UNPLUGGED, STICK)
        await sockets.taken()
        assert devices.board.states == []
        assert [notice.gone for notice in told] == [False, True]


async def test_a_configured_device_is_tried_at_once_and_shown_by_what_it_says_of_itself() -> None:
    devices, sockets = branch("usb://04b8:0e28"), Sockets()
    woken: list[str] = []
    devices.plugged, plugged = lambda name, found: (woken.append(name), plugged(name, found)), devices.plugged  # type: ignore[method-assign,assignment,func-returns-value]
    async with following(devices, sockets):
        sockets.change(ChangeKind.PLUGGED, STICK)
        await sockets.taken()
        assert woken == ["bon-0"]
        (state,) = devices.board.states
        assert (state.kind, state.model, state.serial) == (DeviceKind.PRINTER, "TM-m30", "J4")


async def test_what_needs_no_address_or_belongs_to_somebody_is_not_shown() -> None:
    devices = branch()
    async with following(devices, Sockets(KEYBOARD, MAINBOARD, ADAPTER), Shelf(waage="serial:///dev/x?baud=9600")):
        assert devices.board.states == []


async def test_a_display_or_a_scale_that_is_plugged_in_is_tried_at_once() -> None:
    displays, scales = Shelf(kunde="serial:///dev/y"), Shelf(waage="serial:///dev/x?baud=9600", other="tcp://h")
    devices, sockets = branch(), Sockets()
    async with following(devices, sockets, displays, scales):
        sockets.change(ChangeKind.PLUGGED, ADAPTER)
        await sockets.taken()
        assert (displays.woken, scales.woken) == ([], ["waage"])
        sockets.change(ChangeKind.UNPLUGGED, ADAPTER)
        sockets.change(ChangeKind.PLUGGED, replace(ADAPTER, address="serial:///dev/y", nodes=("/dev/y",)))
        await sockets.taken()
        assert (displays.woken, scales.woken) == (["kunde"], ["waage"])
        assert devices.board.states == []


async def test_what_was_pulled_out_while_nobody_listened_is_taken_down() -> None:
    devices = branch()
    async with following(devices, Sockets(STICK)):
        assert len(devices.board.states) == 1
    async with following(devices, Sockets()):
        assert devices.board.states == []
