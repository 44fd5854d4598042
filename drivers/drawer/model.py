"""A drawer at a printer, the command that opens it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from drivers.errors import Reason
from drivers.escpos.commands import drawer_pulse_buffered, drawer_pulse_now


class Level(StrEnum):
    """Level of the drawer's sensor pin."""

    HIGH = "high"
    LOW = "low"


class DrawerState(StrEnum):
    """What became of a command. UNKNOWN: the pulse went out and nothing can tell whether the drawer moved."""

    OPEN_REQUESTED = "OPEN_REQUESTED"
    OPENED = "OPENED"
    NOT_OPENED = "NOT_OPENED"
    UNKNOWN = "UNKNOWN"


class Pulse(StrEnum):
    """How the drawer is driven."""

    REAL_TIME = "real-time"
    BUFFERED = "buffered"  # ESC p, for printers that do not know DLE DC4 1; only sent while the printer is ready


@dataclass(frozen=True, slots=True)
class DrawerWiring:
    """One drawer at one printer: connector pin 2 or 5, and the sensor level that means open.

    `open_level` None: it is learnt from the pulses, `learnt_level` is what was learnt before. `has_sensor` False: the line says nothing,
    and nothing is learnt from it.
    """

    pin: int = 2
    open_level: Level | None = None
    pulse: Pulse = Pulse.REAL_TIME
    has_sensor: bool = True
    learnt_level: Level | None = None

    @property
    def pulse_bytes(self) -> bytes:
        """What to send to open it."""
        return drawer_pulse_now(self.pin) if self.pulse is Pulse.REAL_TIME else drawer_pulse_buffered(self.pin)


@dataclass(frozen=True, slots=True)
class DrawerCommand:
    """Open the drawer. `valid_until` is UTC in milliseconds; after it the command is dead and is never sent."""

    command_id: bytes
    reason: str
    who: str
    valid_until: int


@dataclass(frozen=True, slots=True)
class DrawerOutcome:
    """The answer to a `DrawerCommand`. `pulse_sent` is False when the drawer certainly did not get one."""

    command_id: bytes
    state: DrawerState
    reason: Reason | None = None
    pulse_sent: bool = False
