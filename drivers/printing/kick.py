"""Carrying out one drawer command on an open link."""

from __future__ import annotations

import asyncio
from typing import Final

from drivers.drawer import (
    VERIFY_WITHIN_S,
    DrawerCommand,
    DrawerOutcome,
    DrawerSensor,
    DrawerState,
    DrawerWiring,
    Pulse,
)
from drivers.errors import Reason
from drivers.escpos.status import RealTimeQuery
from drivers.printing.condition import StatusTracker
from drivers.printing.interview import Interview
from drivers.printing.wire import Wire
from drivers.utc import Clock

SEND_S: Final = 0.5
LOOK_EVERY_S: Final = 0.05


def not_opened(command: DrawerCommand, reason: Reason) -> DrawerOutcome:
    """Certainly no pulse was sent."""
    return DrawerOutcome(command.command_id, DrawerState.NOT_OPENED, reason)


class Kick:
    """Opens the drawer and looks whether it opened."""

    def __init__(
        self,
        wire: Wire,
        interview: Interview,
        tracker: StatusTracker,
        sensor: DrawerSensor,
        wiring: DrawerWiring,
    ) -> None:
        self._wire, self._interview, self._tracker = wire, interview, tracker
        self._sensor, self._wiring = sensor, wiring

    async def prepare(self, command: DrawerCommand, mute: bool) -> DrawerOutcome | None:
        """Ask whether the printer reads at all: bytes waiting in a buffer would open the drawer when nobody looks."""
        if mute:
            return None
        if not await self._interview.status(RealTimeQuery.PRINTER):
            return not_opened(command, Reason.NO_ANSWER)
        status = self._tracker.status
        if self._wiring.pulse is Pulse.BUFFERED and not status.ready:
            return not_opened(command, status.reason or Reason.PRINTER_OFFLINE)
        return None

    async def pulse(self, command: DrawerCommand, clock: Clock) -> DrawerOutcome:
        """Send the pulse, unless the command has died meanwhile, and see what the sensor says."""
        if clock() >= command.valid_until:
            return not_opened(command, Reason.EXPIRED)
        telling = self._sensor.begin()
        if not await self._wire.send_whole(self._wiring.pulse_bytes, _now() + SEND_S):
            return not_opened(command, Reason.NOT_READING)
        if telling:
            await self._watch()
        outcome = self._sensor.verdict(command)
        self._tracker.level_judged()
        return outcome

    async def _watch(self) -> None:
        """Look at the sensor until the drawer has moved or had its time. Asking is the only way where reports are off."""
        end = _now() + VERIFY_WITHIN_S
        while _now() < end and await self._interview.status(RealTimeQuery.PRINTER):
            if self._sensor.looked():
                return
            await asyncio.sleep(LOOK_EVERY_S)  # paces the questions; the answer itself is awaited above


def _now() -> float:
    return asyncio.get_running_loop().time()
