"""Devices that cannot be, told by field, value and rule before the gateway takes a port: a typing mistake must not wait for the first receipt."""

from __future__ import annotations

from dataclasses import replace

from branchgate.errors import Refused
from drivers.errors import AddressInvalid
from drivers.escpos.profile import PROFILES, Cutter, PrinterProfile
from drivers.media import transport_factory
from drivers.transport.contract import OpenTransport
from gateway.config import Device


def check_devices(devices: tuple[Device, ...]) -> None:
    """Raises Refused (SETTINGS_INVALID) for the first device with an unknown profile, an impossible address, or another's address."""
    taken: dict[str, str] = {}
    for device in devices:
        profile_of(device)
        transport_of(device)
        other = taken.setdefault(device.address.strip(), device.name)
        if other != device.name:
            raise Refused(
                "SETTINGS_INVALID",
                field=f"devices.{device.name}.address",
                value=device.address,
                rule=f"is the address of device {other} already",
            )


def profile_of(device: Device) -> PrinterProfile:
    """The profile the settings name, with what this one printer does differently. Raises Refused (SETTINGS_INVALID)."""
    profile = PROFILES.get(device.profile)
    if profile is None:
        rule = ", ".join(sorted(PROFILES))
        raise Refused("SETTINGS_INVALID", field=f"devices.{device.name}.profile", value=device.profile, rule=rule)
    return replace(
        profile,
        columns=profile.columns if device.columns is None else device.columns,
        code_page=profile.code_page if device.code_page is None else device.code_page,
        cutter=profile.cutter if device.cutter is None else Cutter(device.cutter),
    )


def transport_of(device: Device) -> OpenTransport:
    """What opens the address the settings name. Raises Refused (SETTINGS_INVALID)."""
    try:
        return transport_factory(device.address)
    except AddressInvalid as invalid:
        raise Refused(
            "SETTINGS_INVALID", field=f"devices.{device.name}.address", value=device.address, rule=invalid.rule
        ) from invalid
