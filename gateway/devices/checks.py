"""Devices that cannot be, told by field, value and rule before the gateway takes a port: a typing mistake must not wait for the first receipt."""

from __future__ import annotations

import os
from dataclasses import replace

from branchgate.errors import Refused
from drivers.errors import AddressInvalid
from drivers.escpos.profile import FONT_A_DOTS, PROFILES, Cutter, PrinterProfile
from drivers.media import transport_factory
from drivers.transport.address import SerialAddress, TcpAddress, UsbAddress, parse_address
from drivers.transport.contract import OpenTransport
from drivers.virtual.address import is_virtual, virtual_name
from gateway.config import Device, Display, Scale
from gateway.counter_devices import display_line, scale_line


def check_devices(
    devices: tuple[Device, ...], displays: tuple[Display, ...] = (), scales: tuple[Scale, ...] = ()
) -> None:
    """Printers, displays and scales as the settings name them.

    Raises Refused (SETTINGS_INVALID) for the first with an unknown profile or protocol, an impossible address, or another's address.
    """
    for device in devices:
        profile_of(device)
        transport_of(device)
    for display in displays:
        display_line(display)
    for scale in scales:
        scale_line(scale)
    taken: dict[str, str] = {}
    for section, several in (("devices", devices), ("displays", displays), ("scales", scales)):
        for one in several:
            _check_free(taken, section, one.name, one.address)


def _check_free(taken: dict[str, str], section: str, name: str, address: str) -> None:
    """One wire has one device: the second would wait for ever for a port that the first one holds."""
    other = taken.setdefault(_wire(address), name)
    if other != name:
        raise Refused(
            "SETTINGS_INVALID",
            field=f"{section}.{name}.address",
            value=address,
            rule=f"is the address of device {other} already",
        )


def _wire(address: str) -> str:
    """The same for every way to write one wire: a serial port is one whatever its speed or link, 9100 and the last dot may be left out."""
    if is_virtual(address):
        return f"virtual:{virtual_name(address)}"
    parsed = parse_address(address)
    if isinstance(parsed, TcpAddress):
        return str(TcpAddress(parsed.host.removesuffix("."), parsed.port))
    if isinstance(parsed, SerialAddress):
        return os.path.realpath(parsed.path)  # /dev/serial/by-id/... is a link to /dev/ttyUSB0
    usb = parsed.identity if isinstance(parsed, UsbAddress) else parsed.target
    return os.path.realpath(usb) if isinstance(usb, str) else f"usb://{usb}"


def profile_of(device: Device) -> PrinterProfile:
    """The profile the settings name, with what this one printer does differently. Raises Refused (SETTINGS_INVALID)."""
    profile = PROFILES.get(device.profile)
    if profile is None:
        rule = ", ".join(sorted(PROFILES))
        raise Refused("SETTINGS_INVALID", field=f"devices.{device.name}.profile", value=device.profile, rule=rule)
    columns = profile.columns if device.columns is None else device.columns
    return replace(
        profile,
        columns=columns,
        # Pictures keep to the width that is known to be there: that of the characters.
        dots=profile.dots if columns == profile.columns else columns * FONT_A_DOTS,
        code_page=profile.code_page if device.code_page is None else device.code_page,
        cutter=profile.cutter if device.cutter is None else Cutter(device.cutter),
        has_process_id=False if device.answers is False else profile.has_process_id,
        status=profile.status if device.answers is None else device.answers,
        # With a stand-in that says what it does, nothing need be sent to one that is silent.
        must_answer=bool(device.answers or device.fallback),
    )


def transport_of(device: Device) -> OpenTransport:
    """What opens the address the settings name. Raises Refused (SETTINGS_INVALID)."""
    try:
        return transport_factory(device.address)
    except AddressInvalid as invalid:
        raise Refused(
            "SETTINGS_INVALID", field=f"devices.{device.name}.address", value=device.address, rule=invalid.rule
        ) from invalid
