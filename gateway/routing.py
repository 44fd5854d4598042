"""Which device serves a register in a role: central's settings decide, the gateway's file says what hangs here."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.catalogue import BranchSettings
from gateway.config import Device

RECEIPT = "receipt"
"""Role of a receipt printer; what an empty role means."""

DRAWER = "drawer"
"""Role of the device on which a register's cash drawer hangs."""


@dataclass(frozen=True, slots=True)
class Routes:
    """A frozen snapshot, so that any thread may ask it. Without settings nothing has a route: a receipt needs the shop's address."""

    devices: tuple[Device, ...]
    settings: BranchSettings | None = None

    def device(self, name: str) -> Device | None:
        """The configured device of that name."""
        return next((device for device in self.devices if device.name == name), None)

    def fallback_of(self, name: str) -> str:
        """The device that stands in for a printer; empty: none."""
        device = self.device(name)
        return "" if device is None else device.fallback

    def printer_for(self, register_id: str, role: str) -> str | None:
        """The printer's name: the register's own, else the branch's; for receipts also the only one there is."""
        if self.settings is None:
            return None
        assigned = self._assigned(self.settings, register_id, role)
        if assigned is None and role == RECEIPT and len(self.devices) == 1:
            assigned = self.devices[0]
        return None if assigned is None else assigned.name

    def missing_for(self, register_id: str, role: str) -> str:
        """The device that a role names for the register and that does not hang here; empty: none."""
        if self.settings is None:
            return ""
        named = (
            assignment.device
            for wanted in (register_id, "")
            for assignment in self.settings.device_roles
            if (assignment.register_id, assignment.role) == (wanted, role)
        )
        return next((name for name in named if self.device(name) is None), "")

    def drawer_for(self, register_id: str) -> str | None:
        """The device with the register's drawer: by role, else at its receipt printer, else the only drawer there is."""
        candidates: list[Device | None] = []
        if self.settings is not None:
            candidates.append(self._assigned(self.settings, register_id, DRAWER))
            candidates.append(self._assigned(self.settings, register_id, RECEIPT))
        with_drawer = [device for device in self.devices if device.drawer is not None]
        if len(with_drawer) == 1:
            candidates.append(with_drawer[0])
        return next((found.name for found in candidates if found is not None and found.drawer is not None), None)

    def _assigned(self, settings: BranchSettings, register_id: str, role: str) -> Device | None:
        for wanted in (register_id, ""):
            for assignment in settings.device_roles:
                if (assignment.register_id, assignment.role) == (wanted, role):
                    found = self.device(assignment.device)
                    if found is not None:
                        return found
        return None
