"""One device as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeviceKind(StrEnum):
    """What a device is to the branch. UNKNOWN is plugged in, and no configuration names it; MISSING is the other way round: central
    gave it a role, and it is not set up here.
    """

    PRINTER = "printer"
    DRAWER = "drawer"
    DISPLAY = "display"
    SCALE = "scale"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What is known of a device; None and "" mean unknown, or that this kind of device has no such thing.

    `reason` is a stable code: what keeps it from working, else what is worth knowing (paper near its end, drawer open too long).
    `open_level` is in use, `level_source` "configured", "learnt" or "none" (no sensor). `open_since_ms`, `changed_at_ms`: UTC
    milliseconds, 0 for none. `address` of an UNKNOWN device is the one to configure. `wanted_for`: role and
    register id ("" for all) of each role that names a MISSING one.
    """

    name: str
    kind: DeviceKind
    address: str
    online: bool | None = None
    cover_open: bool | None = None
    paper_out: bool | None = None
    paper_near_end: bool | None = None
    cutter_error: bool | None = None
    head_hot: bool | None = None
    error: bool | None = None
    drawer_open: bool | None = None
    open_too_long: bool | None = None
    open_since_ms: int = 0
    open_level: str = ""
    learnt_level: str = ""
    level_source: str = ""
    reason: str = ""
    confirms_prints: bool | None = None
    medium: str = ""
    maker: str = ""
    model: str = ""
    serial: str = ""
    fallback: str = ""
    wanted_for: tuple[tuple[str, str], ...] = ()
    changed_at_ms: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """Which device it is: a printer and the drawer at it have one name."""
        return self.kind.value, self.name


def medium_of(address: str) -> str:
    """The medium in an address: `tcp`, `serial`, `usb`, `usblp`, `virtual`."""
    return address.partition(":")[0]
