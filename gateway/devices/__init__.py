"""The devices of a branch: one supervised actor per configured printer, with the drawer on its port; and what else is plugged in."""

from __future__ import annotations

from gateway.devices.checks import check_devices
from gateway.devices.devices import Devices
from gateway.devices.plugged import PluggedDevices

__all__ = ["Devices", "PluggedDevices", "check_devices"]
