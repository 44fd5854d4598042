"""The cash drawer at the printer's connector: solenoid, sensor on pin 3, and a person who shuts it.

Which level of pin 3 means open depends on the drawer; this one is low when open, high when shut, unless inverted. With no
sensor plugged in the line is high.
"""

from __future__ import annotations

from drivers.virtual.faults import Faults


class VirtualDrawer:
    """The drawer's position. All times are milliseconds."""

    def __init__(self, pin: int, shuts_after_ms: int | None) -> None:
        self._pin = pin
        self._shuts_after = shuts_after_ms
        self._opened_at: int | None = None

    @property
    def is_open(self) -> bool:
        """The true position, whatever the sensor says."""
        return self._opened_at is not None

    def shuts_at(self, faults: Faults) -> int | None:
        """When the person at the drawer will shut it."""
        if self._opened_at is None or self._shuts_after is None or faults.drawer_stuck:
            return None
        return self._opened_at + self._shuts_after

    def pin_3_high(self, faults: Faults) -> bool:
        """The level the printer reads."""
        if faults.drawer_no_sensor:
            return True
        return self.is_open if faults.drawer_inverted else not self.is_open

    def pulse(self, pin: int, faults: Faults, now: int) -> bool:
        """A pulse on a drive pin; True when it opened a shut drawer."""
        if pin != self._pin or self.is_open or faults.drawer_never_opens or faults.drawer_stuck:
            return False
        self._opened_at = now
        return True

    def move(self, open_it: bool, faults: Faults, now: int) -> bool:
        """A hand pulls or pushes; True when the drawer moved."""
        if open_it == self.is_open or faults.drawer_stuck:
            return False
        self._opened_at = now if open_it else None
        return True
