"""Which level of the sensor means open: learnt from what the line does after a pulse. No I/O."""

from __future__ import annotations

from typing import Final

from drivers.drawer.model import Level

AGREEING_PULSES: Final = 2
"""So many pulses in a row must have moved the line to one level. One proves nothing: somebody may have shut the drawer just then."""


class LevelLearner:
    """A pulse can only open. So the level to which pulses move the line is the open one, once enough of them agree.

    A pulse that moves nothing teaches nothing: the drawer was open already, is locked, or has no sensor.
    """

    def __init__(self, learnt: Level | None = None) -> None:
        self.learnt = learnt
        self._candidate: Level | None = None
        self._agreeing = 0

    def pulsed(self, before: Level | None, after: Level | None) -> None:
        """A pulse was sent at one level, and the line came to rest at another, or the same."""
        if before is None or after is None or before is after:
            return
        self._agreeing = self._agreeing + 1 if after is self._candidate else 1
        self._candidate = after
        if self._agreeing >= AGREEING_PULSES:
            self.learnt = after
