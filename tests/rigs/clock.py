"""A clock that tests turn."""

from __future__ import annotations

from branchgate.clock import SystemClock


class TurnedClock:
    """Stands still until it is turned. Starts at the machine's time unless told otherwise, because TLS itself cannot be turned."""

    def __init__(self, wall_ms: int | None = None) -> None:
        self.wall_ms = SystemClock().now_ms() if wall_ms is None else wall_ms
        self.running_ms = 1_000_000

    def now_ms(self) -> int:
        return self.wall_ms

    def monotonic_ms(self) -> int:
        return self.running_ms

    def advance(self, milliseconds: int) -> None:
        self.wall_ms += milliseconds
        self.running_ms += milliseconds
