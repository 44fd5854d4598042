"""Opening a cash drawer: a command of its own with seconds to live, never queued behind paper, never replayed. No I/O.

The pulse is DLE DC4 1, which acts at once; ESC p would wait in the printer's buffer, and an empty paper roll would turn it into
a drawer that opens minutes later. Whether the drawer opened is said by its sensor (connector pin 3), whose polarity depends on
the drawer: it is configured, or learnt from pulses that moved the line.
"""

from __future__ import annotations

from drivers.drawer.learning import LevelLearner
from drivers.drawer.model import DrawerCommand, DrawerOutcome, DrawerState, DrawerWiring, Level, Pulse
from drivers.drawer.sensor import VERIFY_WITHIN_S, DrawerSensor, SensorView

__all__ = [
    "VERIFY_WITHIN_S",
    "DrawerCommand",
    "DrawerOutcome",
    "DrawerSensor",
    "DrawerState",
    "DrawerWiring",
    "Level",
    "LevelLearner",
    "Pulse",
    "SensorView",
]
