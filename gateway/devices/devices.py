"""The actors of the configured printers: started, started again after a fault, and written on the board at every change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from drivers.discovery import FoundDevice
from drivers.drawer import DrawerCommand, DrawerOutcome, DrawerWiring, Level, Pulse, SensorView
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.ledger import JobLedger
from drivers.printing.session import ActorLimits
from gateway.config import Device
from gateway.devices.checks import profile_of, transport_of
from gateway.devices.shown import shown
from gateway.equipment import Board

log = logging.getLogger(__name__)

RESTART_FIRST_S: Final = 1.0
RESTART_MOST_S: Final = 30.0

MakeLedger = Callable[[str], JobLedger]
"""The ledger of the printer with that name."""


class Devices:
    """Owns the actors. `run` it as a task; cancelling that task closes every link properly.

    `learnt`: what the sensors of drawers taught before. Raises Refused (SETTINGS_INVALID) for an address or profile that cannot be.
    """

    def __init__(
        self,
        devices: tuple[Device, ...],
        ledger: MakeLedger,
        clock: Clock,
        limits: ActorLimits | None = None,
        *,
        learnt: Mapping[str, Level] | None = None,
        board: Board | None = None,
    ) -> None:
        self.configured = devices
        self.board = board or Board(clock)
        self._ledger, self._clock, self._limits = ledger, clock, limits
        self._learnt = dict(learnt or {})
        self._found: dict[str, FoundDevice] = {}
        self._followers: list[Callable[[], None]] = []
        self._actors = {device.name: self._actor(device) for device in devices}
        for device in devices:
            self._tell(device)

    async def run(self) -> None:
        """Serves all printers until cancelled. The fault of one never stops another."""
        async with asyncio.TaskGroup() as group:
            for device in self.configured:
                group.create_task(self._supervise(device), name=f"printer {device.name}")

    def wake(self, name: str) -> None:
        """A job was queued for a printer."""
        if name in self._actors:
            self._actors[name].wake()

    async def open_drawer(self, name: str, command: DrawerCommand) -> DrawerOutcome:
        """Opens the drawer at a printer now or not at all. Raises Refused (DEVICE_NOT_FOUND)."""
        return await self._known(name).open_drawer(command)

    async def cancel(self, name: str, job_id: bytes) -> None:
        """Makes a printer forget a job that waits inside it; what came of it stands in the job. Raises Refused (DEVICE_NOT_FOUND)."""
        await self._known(name).cancel(job_id)

    def out_since(self, name: str) -> float | None:
        """Since when, on the event loop's clock, a printer cannot print; None: it can, as far as anybody knows."""
        return self._known(name).out_since

    def follow_printers(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls back whenever the condition of a printer has changed. Returns what ends it."""
        self._followers.append(listener)
        return lambda: self._followers.remove(listener)

    def plugged(self, name: str, found: FoundDevice) -> None:
        """A configured device was plugged in: it is tried at once, and shown by what it says of itself."""
        self._found[name] = found
        self._known(name).reconnect()
        self._tell(next(device for device in self.configured if device.name == name))

    def drawer_sensor(self, name: str) -> SensorView:
        """How the sensor of a printer's drawer is read. Raises Refused (DEVICE_NOT_FOUND)."""
        return self._known(name).drawer_sensor

    def status(self, name: str) -> PrinterStatus:
        """What is known of one printer. Raises Refused (DEVICE_NOT_FOUND)."""
        return self._known(name).status

    def _known(self, name: str) -> PrinterActor:
        actor = self._actors.get(name)
        if actor is None:
            known = ", ".join(self._actors) or "-"
            raise Refused("DEVICE_NOT_FOUND", field="device", value=name, rule=known, kind=RefusedKind.NOT_FOUND)
        return actor

    async def _supervise(self, device: Device) -> None:
        pause, fresh = RESTART_FIRST_S, True
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self._fresh(device, fresh=fresh).run()
            except Exception:
                # Its ledger could not write, or it met a state it does not understand: what it was doing becomes a doubt on record.
                log.exception("printer_stopped", extra={"printer": device.name})
            if asyncio.get_running_loop().time() - started > RESTART_MOST_S:
                pause = RESTART_FIRST_S
            await asyncio.sleep(pause)
            pause, fresh = min(pause * 2, RESTART_MOST_S), False

    def _fresh(self, device: Device, *, fresh: bool) -> PrinterActor:
        """The device's actor; another one, which knows nothing yet, after a fault."""
        if not fresh:
            learnt = self._actors[device.name].drawer_sensor.learnt_level
            if learnt is not None:
                self._learnt[device.name] = learnt
            self._actors[device.name] = self._actor(device)
            self._printer_changed(device)
        return self._actors[device.name]

    def _actor(self, device: Device) -> PrinterActor:
        actor = PrinterActor(
            device.name,
            transport_of(device),
            self._ledger(device.name),
            profile_of(device),
            self._clock.now_ms,
            drawer=_wiring(device, self._learnt.get(device.name)),
            limits=self._limits,
        )
        actor.subscribe(partial(self._printer_changed, device))
        return actor

    def _printer_changed(self, device: Device, _status: PrinterStatus | None = None) -> None:
        """Followers look at all they need."""
        self._tell(device)
        for follower in tuple(self._followers):
            follower()

    def _tell(self, device: Device) -> None:
        status = self._actors[device.name].status
        promised = False if profile_of(device).has_process_id is False else None
        confirms = promised if status.confirms_prints is None else status.confirms_prints
        self.board.tell(shown(device, status, self._found.get(device.name), confirms=confirms))


def _wiring(device: Device, learnt: Level | None) -> DrawerWiring:
    if device.drawer is None:
        return DrawerWiring(has_sensor=False)
    drawer = device.drawer
    return DrawerWiring(
        pin=drawer.pin,
        open_level=None if drawer.open_level is None else Level(drawer.open_level),
        pulse=Pulse(drawer.pulse),
        has_sensor=drawer.sensor != "none",
        learnt_level=learnt,
    )
