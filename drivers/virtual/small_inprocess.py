"""A virtual display or scale as a device address: `virtual:kunde?lines=/tmp/lines.txt`, `virtual:waage?weight=486&control=/tmp/waage.sock`.

As with the virtual printer (`drivers.virtual.inprocess`) the device lives in the process of whoever opens the address.
"""

from __future__ import annotations

from typing import Final, TypeVar

from drivers.errors import AddressInvalid
from drivers.transport.contract import OpenTransport
from drivers.virtual.address import FAULT, VirtualParts, parts_of
from drivers.virtual.cable import Cable, CableTransport
from drivers.virtual.display import LANGUAGES, VirtualDisplay
from drivers.virtual.faults import UnknownFault, parse_switch
from drivers.virtual.lines_file import keep_lines
from drivers.virtual.mains import Mains
from drivers.virtual.scale import PROTOCOLS, VirtualScale
from drivers.virtual.small_device import OrderRefused, SmallDevice, SmallDeviceServer, Sockets

DISPLAY_OPTIONS: Final = ("control", "lines")
SCALE_OPTIONS: Final = ("control", "weight")
HEAVIEST_G: Final = 1_000_000

Small = TypeVar("Small", bound=SmallDevice)


def display_behind(text: str, language: str) -> OpenTransport:
    """Transports to one display of its own. Raises AddressInvalid, also for a language that no virtual display understands."""
    parts = parts_of(text, DISPLAY_OPTIONS)
    _check_spoken(parts, language, LANGUAGES)
    display = _broken_as_wanted(VirtualDisplay(language), parts)
    lines, control = parts.path("lines"), parts.path("control")

    def keep() -> None:
        if lines is not None:
            keep_lines(lines, display)

    def switched_on() -> SmallDeviceServer:
        keep()
        return SmallDeviceServer(display, Sockets(control=control), keep)

    return _plugged_into(Mains(str(parts), switched_on), str(parts))


def scale_behind(text: str, protocol: str) -> OpenTransport:
    """Transports to one scale of its own. Raises AddressInvalid, also for a protocol that no virtual scale speaks."""
    parts = parts_of(text, SCALE_OPTIONS)
    _check_spoken(parts, protocol, PROTOCOLS)
    scale = _broken_as_wanted(VirtualScale(protocol, parts.count("weight", 0, HEAVIEST_G) or 0), parts)
    control = parts.path("control")
    return _plugged_into(Mains(str(parts), lambda: SmallDeviceServer(scale, Sockets(control=control))), str(parts))


def _plugged_into(mains: Mains[SmallDeviceServer], address: str) -> OpenTransport:
    async def plug_in() -> Cable:
        return (await mains.device()).plug_in()

    return lambda: CableTransport(address, plug_in)


def _check_spoken(parts: VirtualParts, protocol: str, spoken: tuple[str, ...]) -> None:
    if protocol not in spoken:
        raise AddressInvalid(parts.text, "protocol", protocol, f"virtual ones speak {', '.join(spoken)}")


def _broken_as_wanted(device: Small, parts: VirtualParts) -> Small:
    for switch in parts.switches:
        try:
            device.switches.turn(*parse_switch(switch))
        except (OrderRefused, UnknownFault) as refused:
            raise AddressInvalid(parts.text, FAULT, switch, str(refused)) from refused
    return device
