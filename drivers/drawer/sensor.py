"""What the sensor line says about the drawer, and what became of a pulse by its word. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from drivers.drawer.learning import LevelLearner
from drivers.drawer.model import DrawerCommand, DrawerOutcome, DrawerState, DrawerWiring, Level
from drivers.errors import Reason

VERIFY_WITHIN_S: Final = 1.0
SENSOR_DEAD_AFTER: Final = 3  # pulses without any change of level, ever
LOOKS_AT_REST: Final = 2  # a contact that bounces is read at two levels within milliseconds


@dataclass(frozen=True, slots=True)
class SensorView:
    """How the drawer's sensor is read: the level that means open (None: not known), the learnt one, and what is odd about it.

    `trouble`: DRAWER_SENSOR_DEAD, DRAWER_LEVEL_CONTRADICTED (the configured level is the other way round), or None.
    """

    open_level: Level | None = None
    learnt_level: Level | None = None
    trouble: Reason | None = None


class DrawerSensor:
    """Watches the line and judges pulses: `begin` before one, `looked` after each look at the line, `verdict` at the end."""

    def __init__(self, wiring: DrawerWiring) -> None:
        self._wiring = wiring
        self._learner = LevelLearner(wiring.learnt_level)
        self._level: Level | None = None
        self._last_known: Level | None = None
        self._ever_moved = False
        self._pulses_in_vain = 0
        self._before: Level | None = None
        self._moved_looks = 0

    def saw(self, level: Level | None) -> None:
        """The printer reported the level; None when it is not known any more."""
        self._level = level
        if level is None:
            return
        if self._last_known not in (None, level):
            self._ever_moved, self._pulses_in_vain = True, 0
        self._last_known = level

    @property
    def open_level(self) -> Level | None:
        """The level that means open: the configured one, else the learnt one."""
        return self._wiring.open_level or self._learner.learnt

    @property
    def is_open(self) -> bool | None:
        """Open, shut, or not to be told."""
        if not self._wiring.has_sensor or self.open_level is None or self._level is None:
            return None
        return self._level is self.open_level

    @property
    def view(self) -> SensorView:
        """How the line is read now."""
        if not self._wiring.has_sensor:
            return SensorView()
        return SensorView(self.open_level, self._learner.learnt, self._trouble)

    # -- one pulse -------------------------------------------------------------------------------------------------

    def begin(self) -> bool:
        """A pulse is about to be sent. False: looking afterwards will tell nothing, so nobody needs to wait for it."""
        self._before, self._moved_looks = self._level, 0
        if not self._wiring.has_sensor or self._before is None:
            return False
        # An open drawer cannot be seen to open; but as long as pulses have not proved the level, "open" may mean shut.
        return self.is_open is not True or not self._proven

    def looked(self) -> bool:
        """The line was looked at after the pulse. True: more looks will tell nothing new."""
        if self._level is None or self._level is self._before:
            self._moved_looks = 0
            return self._level is None
        self._moved_looks += 1
        return self._moved_looks >= LOOKS_AT_REST or (self._proven and self.is_open is True)

    def verdict(self, command: DrawerCommand) -> DrawerOutcome:
        """Judge a pulse after the drawer had its time to move."""
        state, reason = self._judge()
        return DrawerOutcome(command.command_id, state, reason, pulse_sent=True)

    def _judge(self) -> tuple[DrawerState, Reason | None]:
        if not self._wiring.has_sensor:
            return DrawerState.UNKNOWN, Reason.DRAWER_WITHOUT_SENSOR
        if self._level is None or self._before is None:
            return DrawerState.UNKNOWN, Reason.NO_ANSWER
        if self._moved_looks >= LOOKS_AT_REST:
            self._learner.pulsed(self._before, self._level)
        if self._level is self._before:
            return self._unmoved()
        if self.open_level is None:
            return DrawerState.UNKNOWN, Reason.DRAWER_LEVEL_UNKNOWN
        if self.is_open:
            return DrawerState.OPENED, None
        return DrawerState.UNKNOWN, Reason.DRAWER_LEVEL_CONTRADICTED

    def _unmoved(self) -> tuple[DrawerState, Reason | None]:
        if not self._ever_moved:
            self._pulses_in_vain += 1
            if self._dead:
                return DrawerState.UNKNOWN, Reason.DRAWER_SENSOR_DEAD
        if self.open_level is None:
            return DrawerState.UNKNOWN, Reason.DRAWER_LEVEL_UNKNOWN
        if self.is_open:
            return DrawerState.OPENED, Reason.DRAWER_ALREADY_OPEN
        return DrawerState.NOT_OPENED, Reason.DRAWER_DID_NOT_MOVE

    @property
    def _proven(self) -> bool:
        return self._learner.learnt is self.open_level

    @property
    def _dead(self) -> bool:
        return self._pulses_in_vain >= SENSOR_DEAD_AFTER

    @property
    def _trouble(self) -> Reason | None:
        configured = self._wiring.open_level
        if configured is not None and self._learner.learnt not in (None, configured):
            return Reason.DRAWER_LEVEL_CONTRADICTED
        return Reason.DRAWER_SENSOR_DEAD if self._dead else None
