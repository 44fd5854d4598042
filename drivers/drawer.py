"""Opening a cash drawer: a command of its own with seconds to live, never queued behind paper, never replayed. No I/O.

The pulse is DLE DC4 1, which acts at once; ESC p would wait in the printer's buffer, and an empty paper roll would turn it into
a drawer that opens minutes later. Whether the drawer opened is said by its sensor (connector pin 3), whose polarity depends on
the drawer and is configured.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.errors import Reason
from drivers.escpos.commands import drawer_pulse_buffered, drawer_pulse_now

VERIFY_WITHIN_S: Final = 1.0
SENSOR_DEAD_AFTER: Final = 3  # pulses without any change of level, ever


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
    """One drawer at one printer: connector pin 2 or 5, and the sensor level that means open (None: no sensor)."""

    pin: int = 2
    open_level: Level | None = None
    pulse: Pulse = Pulse.REAL_TIME

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


class DrawerSensor:
    """Watches the sensor's level and judges a pulse by it."""

    def __init__(self, open_level: Level | None) -> None:
        self._open_level = open_level
        self._level: Level | None = None
        self._ever_moved = False
        self._pulses_in_vain = 0

    def saw(self, level: Level | None) -> None:
        """The printer reported the level; None when it is unknown."""
        if level is None:
            return
        if self._level is not None and level is not self._level:
            self._ever_moved, self._pulses_in_vain = True, 0
        self._level = level

    @property
    def is_open(self) -> bool | None:
        """Open, shut, or not to be told."""
        if self._open_level is None or self._level is None:
            return None
        return self._level is self._open_level

    def verdict(self, command: DrawerCommand, *, was_open: bool | None) -> DrawerOutcome:
        """Judge a pulse after the drawer had its time to move."""
        state, reason = self._judge(was_open)
        return DrawerOutcome(command.command_id, state, reason, pulse_sent=True)

    def _judge(self, was_open: bool | None) -> tuple[DrawerState, Reason | None]:
        if self._open_level is None:
            return DrawerState.UNKNOWN, Reason.DRAWER_WITHOUT_SENSOR
        if self.is_open is None or was_open is None:
            return DrawerState.UNKNOWN, Reason.NO_ANSWER
        if self.is_open and not was_open:
            return DrawerState.OPENED, None
        if not self._ever_moved:
            self._pulses_in_vain += 1
            if self._pulses_in_vain >= SENSOR_DEAD_AFTER:
                return DrawerState.UNKNOWN, Reason.DRAWER_SENSOR_DEAD
        if self.is_open:
            return DrawerState.OPENED, Reason.DRAWER_ALREADY_OPEN
        return DrawerState.NOT_OPENED, Reason.DRAWER_DID_NOT_MOVE
