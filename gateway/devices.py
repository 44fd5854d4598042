"""The devices of a branch: one supervised actor per configured printer, with the drawer on its port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from drivers.drawer import DrawerCommand, DrawerOutcome, DrawerWiring, Level
from drivers.errors import AddressInvalid
from drivers.escpos.profile import PROFILES
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.ledger import JobLedger
from drivers.printing.session import ActorLimits
from gateway.config import Device

log = logging.getLogger(__name__)

RESTART_FIRST_S: Final = 1.0
RESTART_MOST_S: Final = 30.0

MakeLedger = Callable[[str], JobLedger]
"""The ledger of the printer with that name."""


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A printer as it stands; None means unknown. `confirms_prints` is what its profile promises."""

    device: Device
    status: PrinterStatus
    confirms_prints: bool | None


class Devices:
    """Owns the actors. `run` it as a task; cancelling that task closes every link properly.

    Raises Refused (SETTINGS_INVALID) for an address or profile that cannot be.
    """

    def __init__(
        self, devices: tuple[Device, ...], ledger: MakeLedger, clock: Clock, limits: ActorLimits | None = None
    ) -> None:
        self.configured = devices
        self._ledger, self._clock, self._limits = ledger, clock, limits
        self._followers: list[Callable[[], None]] = []
        self._actors = {device.name: self._actor(device) for device in devices}

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

    def view(self) -> list[DeviceView]:
        """All printers, in the order of the configuration."""
        return [
            DeviceView(device, self._actors[device.name].status, PROFILES[device.profile].has_process_id)
            for device in self.configured
        ]

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
        pause = RESTART_FIRST_S
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self._actors[device.name].run()
            except Exception:
                # Its ledger could not write, or it met a state it does not understand: what it was doing becomes a doubt on record.
                log.exception("printer_stopped", extra={"printer": device.name})
            if asyncio.get_running_loop().time() - started > RESTART_MOST_S:
                pause = RESTART_FIRST_S
            await asyncio.sleep(pause)
            pause = min(pause * 2, RESTART_MOST_S)
            self._actors[device.name] = self._actor(device)

    def _actor(self, device: Device) -> PrinterActor:
        profile = PROFILES.get(device.profile)
        if profile is None:
            raise Refused(
                "SETTINGS_INVALID", field="devices.profile", value=device.profile, rule=", ".join(sorted(PROFILES))
            )
        try:
            opened = transport_factory(device.address)
        except AddressInvalid as invalid:
            raise Refused(
                "SETTINGS_INVALID", field=f"devices.{device.name}.address", value=device.address, rule=invalid.rule
            ) from invalid
        actor = PrinterActor(
            device.name,
            opened,
            self._ledger(device.name),
            profile,
            self._clock.now_ms,
            drawer=_wiring(device),
            limits=self._limits,
        )
        actor.subscribe(self._printer_changed)
        return actor

    def _printer_changed(self, status: PrinterStatus) -> None:
        del status  # followers look at all they need
        for follower in tuple(self._followers):
            follower()


def _wiring(device: Device) -> DrawerWiring:
    if device.drawer is None:
        return DrawerWiring()
    level = device.drawer.open_level
    return DrawerWiring(pin=device.drawer.pin, open_level=None if level is None else Level(level))
