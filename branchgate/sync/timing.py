"""Time as sync sessions are given it, and how long to wait before dialling again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from branchgate.clock import Clock


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment: monotonic milliseconds for deadlines, UTC milliseconds to tell others."""

    monotonic_ms: int
    utc_ms: int

    @classmethod
    def of(cls, clock: Clock) -> Instant:
        """Now, by a clock."""
        return cls(clock.monotonic_ms(), clock.now_ms())


class Backoff:
    """Waiting times between attempts: decorrelated jitter, so that a thousand readers do not come back in step.

    Each wait is drawn between `base_ms` and three times the one before, at most `cap_ms`. `random` gives numbers in [0, 1).
    """

    def __init__(self, random: Callable[[], float], *, base_ms: int = 1_000, cap_ms: int = 30_000) -> None:
        self._random = random
        self._base_ms = base_ms
        self._cap_ms = cap_ms
        self._last_ms = base_ms

    def next_ms(self) -> int:
        """How long to wait now, in milliseconds."""
        highest = min(self._cap_ms, self._last_ms * 3)
        self._last_ms = self._base_ms + round(self._random() * (highest - self._base_ms))
        return self._last_ms

    def reset(self) -> None:
        """An attempt succeeded: the next wait is short again."""
        self._last_ms = self._base_ms
