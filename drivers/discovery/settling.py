"""When to look again after the kernel stirred, and what a new look means. No I/O; `now` is passed in, in seconds.

Plugging in one device is a burst of events: add device, add interface, bind interface, bind device, add node. Before *bind* the
driver is not there yet and an open would fail; so a look is due when the burst has been quiet for a while.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from drivers.discovery.device import FoundDevice

TELLING: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "usb": frozenset({"bind", "remove"}),  # add comes before the driver, unbind also when libusb takes a printer
        "tty": frozenset({"add", "remove"}),  # nodes have no bind
        "usbmisc": frozenset({"add", "remove"}),
    }
)
"""Subsystem and actions after which the inventory may have changed."""

MISSES: Final = 2
"""Looks in a row without a device until it counts as gone, where nobody tells of removals."""


class ChangeKind(StrEnum):
    """What happened to a device."""

    PLUGGED = "plugged"
    UNPLUGGED = "unplugged"


@dataclass(frozen=True, slots=True)
class Change:
    """A device that came or went; of one that went, as it was known last."""

    kind: ChangeKind
    device: FoundDevice


class Debounce:
    """Says when to look: `quiet` seconds after the last telling event, `at_most` after the first one."""

    def __init__(self, quiet: float, at_most: float) -> None:
        self._quiet, self._at_most = quiet, at_most
        self._first: float | None = None
        self.due: float | None = None

    def heard(self, subsystem: str, action: str, now: float) -> None:
        """An event of the kernel."""
        if action not in TELLING.get(subsystem, frozenset()):
            return
        self._first = now if self._first is None else self._first
        self.due = min(now + self._quiet, self._first + self._at_most)

    def looked(self) -> None:
        """A look begins now; what is heard from here on needs another one."""
        self._first = self.due = None


class Roster:
    """Compares looks and tells what came and went. The first look is the beginning and changes nothing."""

    def __init__(self, present: Sequence[FoundDevice]) -> None:
        self._known = {device.identity: device for device in present}
        self._missed: dict[tuple[object, ...], int] = {}

    @property
    def present(self) -> list[FoundDevice]:
        """Who is there, as far as the looks told."""
        return list(self._known.values())

    def seen(self, devices: Sequence[FoundDevice], misses: int) -> list[Change]:
        """The changes since the last look, departures first. `misses`: looks without a device until it is gone; 1 at once."""
        now = {device.identity: device for device in devices}
        arrived = [device for identity, device in now.items() if identity not in self._known]
        taken = {device.port for device in arrived if device.port}
        self._missed = {identity: self._missed.get(identity, 0) + 1 for identity in self._known if identity not in now}
        gone = [
            identity
            for identity, count in self._missed.items()
            if count >= misses or self._known[identity].port in taken
        ]
        changes = [Change(ChangeKind.UNPLUGGED, self._known.pop(identity)) for identity in gone]
        for identity in gone:
            del self._missed[identity]
        self._known |= now
        return changes + [Change(ChangeKind.PLUGGED, device) for device in arrived]
