"""The clock, passed in wherever time matters, so that tests and simulations can turn it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Wall and monotonic time in milliseconds."""

    def now_ms(self) -> int:
        """UTC, milliseconds since 1970; may jump."""

    def monotonic_ms(self) -> int:
        """Milliseconds that never jump; for lifetimes and deadlines."""


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """UTC, milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """Milliseconds since some start."""
        return time.monotonic_ns() // 1_000_000
