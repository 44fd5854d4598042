"""Watches every drawer: journals what nobody commanded, tells when one stands open too long, and writes all of it on the board."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections import deque
from functools import partial
from typing import Final

from branchgate.clock import Clock
from drivers.drawer import DrawerOutcome
from gateway.config import Device, DrawerWiring
from gateway.devices import Devices
from gateway.drawers.shown import shown
from gateway.drawers.standing import keep_opening, open_drawers
from gateway.drawers.watch import DrawerEvent, DrawerWatch, Opening
from gateway.journal import Journal
from gateway.store.writer import GroupWriter

_Happened = tuple[str, Opening | None, list[DrawerEvent]]
LOOK_MS: Final = 60_000


class DrawerPositions:
    """One watch per configured drawer. `start` once, then `run` as a task; nothing that happened is lost while the store cannot write."""

    def __init__(self, writer: GroupWriter, journal: Journal, devices: Devices, clock: Clock) -> None:
        self._writer, self._journal, self._clock = writer, journal, clock
        self._devices, self._board = devices, devices.board
        self._drawers: dict[str, tuple[Device, DrawerWiring]] = {
            device.name: (device, device.drawer) for device in devices.configured if device.drawer is not None
        }
        self._watches: dict[str, DrawerWatch] = {}
        self._unwritten: deque[_Happened] = deque()
        self._stirred = asyncio.Event()
        self._use({})

    async def start(self) -> None:
        """Takes up which drawers stood open at the last stop."""
        self._use(await self._writer.submit(open_drawers, urgent=True))
        self.look()

    async def run(self) -> None:
        """Watches until cancelled. Raises TryAgain when the store cannot write; run again, it goes on where it was."""
        stop = self._devices.follow_printers(self.look)
        try:
            self.look()
            while True:
                self._stirred.clear()
                self._tick()
                while self._unwritten:
                    await self._writer.submit(partial(_keep, self._journal, self._unwritten[0]))
                    self._unwritten.popleft()
                await self._wait()
        finally:
            stop()

    def commanded(self, drawer: str, command_id: bytes, register_id: str) -> None:
        """A command is about to be obeyed."""
        if drawer in self._watches:
            self._watches[drawer].commanded(command_id, register_id)

    def concluded(self, drawer: str, outcome: DrawerOutcome) -> None:
        """A command has its outcome, which may have taught the sensor."""
        watch = self._watches.get(drawer)
        if watch is not None:
            self.look()
            now = self._clock.now_ms()
            self._note(drawer, watch.opening, watch.concluded(outcome.command_id, now, pulse_sent=outcome.pulse_sent))
            self._stirred.set()

    def look(self) -> None:
        """Something about a printer has changed: see how every drawer stands."""
        now = self._clock.now_ms()
        for drawer, watch in self._watches.items():
            before = watch.opening
            self._note(drawer, before, watch.seen(self._devices.status(drawer).drawer_open, now))
        self._stirred.set()

    def _tick(self) -> None:
        now = self._clock.now_ms()
        for drawer, watch in self._watches.items():
            before = watch.opening
            self._note(drawer, before, watch.tick(now))

    def _note(self, drawer: str, before: Opening | None, events: list[DrawerEvent]) -> None:
        watch = self._watches[drawer]
        if events or watch.opening != before:
            self._unwritten.append((drawer, watch.opening, events))
        device, wiring = self._drawers[drawer]
        status, view = self._devices.status(drawer), self._devices.drawer_sensor(drawer)
        self._board.tell(shown(device, wiring, status, view, watch))

    async def _wait(self) -> None:
        """Until something happens, or a drawer may have stood open for too long. A wall clock may be turned, so not for hours."""
        due = [watch.wake_at_ms for watch in self._watches.values() if watch.wake_at_ms is not None]
        left = min([LOOK_MS, *(max(0, at - self._clock.now_ms()) for at in due)])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left / 1000):
                await self._stirred.wait()

    def _use(self, standing: dict[str, Opening]) -> None:
        self._watches = {
            name: DrawerWatch(wiring.open_too_long_s * 1000, standing.get(name))
            for name, (_device, wiring) in self._drawers.items()
        }


def _keep(journal: Journal, happened: _Happened, connection: sqlite3.Connection) -> None:
    drawer, opening, events = happened
    keep_opening(connection, journal, drawer, opening, events)
