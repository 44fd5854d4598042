"""Displays and scales stand on the counter beside a register: which of them is whose, and how they stand on the board."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeVar

from branchgate.catalogue import BranchSettings
from branchgate.errors import Refused, RefusedKind
from drivers.display.contract import DisplayProtocol
from drivers.display.protocols import DISPLAYS
from drivers.errors import AddressInvalid, Reason
from drivers.line import DeviceState as LinkState
from drivers.media import display_factory, scale_factory
from drivers.scale.contract import ScaleProtocol
from drivers.scale.protocols import SCALES
from drivers.transport.contract import OpenTransport
from gateway.config import Display, Scale
from gateway.equipment import DeviceKind, DeviceState
from gateway.equipment.state import medium_of

Protocol = TypeVar("Protocol")

_TROUBLE: Final = {
    DeviceKind.DISPLAY: {
        Reason.PORT_IN_USE: "DISPLAY_PORT_IN_USE",
        Reason.PERMISSION_DENIED: "DISPLAY_PERMISSION_DENIED",
    },
    DeviceKind.SCALE: {
        Reason.PORT_IN_USE: "SCALE_PORT_IN_USE",
        Reason.PERMISSION_DENIED: "SCALE_PERMISSION_DENIED",
        Reason.NO_ANSWER: "SCALE_NO_ANSWER",
        Reason.SCALE_IN_MOTION: "SCALE_IN_MOTION",
        Reason.SCALE_UNDER_ZERO: "SCALE_UNDER_ZERO",
        Reason.SCALE_OVER_CAPACITY: "SCALE_OVER_CAPACITY",
        Reason.SCALE_ZERO_NEEDED: "SCALE_ZERO_NEEDED",
        Reason.SCALE_ERROR: "SCALE_ERROR",
    },
}
_NOT_REACHABLE: Final = {DeviceKind.DISPLAY: "DISPLAY_NOT_REACHABLE", DeviceKind.SCALE: "SCALE_NOT_REACHABLE"}


def trouble(kind: DeviceKind, reason: Reason) -> str:
    """The reason that has a sentence: what is wrong with a display or a scale, whatever wire it hangs on."""
    return _TROUBLE[kind].get(reason, _NOT_REACHABLE[kind])


def on_the_board(kind: DeviceKind, name: str, address: str, state: LinkState) -> DeviceState:
    """A display or a scale as the board tells it."""
    reason = "" if state.reason is None else trouble(kind, state.reason)
    return DeviceState(name, kind, address, online=state.online, reason=reason, medium=medium_of(address))


def chosen(
    role: str, configured: Collection[str], settings: BranchSettings | None, register_id: str, wanted: str = ""
) -> str:
    """The device's name: as wanted, else the register's by role, else the branch's, else the only one there is.

    Raises Refused (DEVICE_NOT_FOUND, NO_DEVICE_FOR_ROLE).
    """
    if wanted:
        if wanted not in configured:
            known = ", ".join(configured) or "-"
            raise Refused("DEVICE_NOT_FOUND", field=role, value=wanted, rule=known, kind=RefusedKind.NOT_FOUND)
        return wanted
    roles = () if settings is None else settings.device_roles
    for owner in (register_id, ""):
        for assigned in roles:
            if (assigned.register_id, assigned.role) == (owner, role) and assigned.device in configured:
                return assigned.device
    if len(configured) == 1:
        return next(iter(configured))
    raise Refused("NO_DEVICE_FOR_ROLE", field="role", value=role, rule=register_id or "-", kind=RefusedKind.NOT_FOUND)


def display_line(display: Display) -> tuple[DisplayProtocol, OpenTransport]:
    """What a display understands and what opens its address. Raises Refused (SETTINGS_INVALID)."""
    protocol = _protocol("displays", display, DISPLAYS)
    return protocol, _link("displays", display, display_factory)


def scale_line(scale: Scale) -> tuple[Callable[[], ScaleProtocol], OpenTransport]:
    """What makes a scale's protocol and what opens its address. Raises Refused (SETTINGS_INVALID)."""
    make_protocol = _protocol("scales", scale, SCALES)
    return make_protocol, _link("scales", scale, scale_factory)


def _protocol(section: str, device: Display | Scale, known: Mapping[str, Protocol]) -> Protocol:
    if device.protocol not in known:
        raise Refused(
            "SETTINGS_INVALID",
            field=f"{section}.{device.name}.protocol",
            value=device.protocol,
            rule=", ".join(known),
        )
    return known[device.protocol]


def _link(section: str, device: Display | Scale, factory: Callable[[str, str], OpenTransport]) -> OpenTransport:
    try:
        return factory(device.address, device.protocol)
    except AddressInvalid as invalid:
        raise Refused(
            "SETTINGS_INVALID", field=f"{section}.{device.name}.address", value=device.address, rule=invalid.rule
        ) from invalid
