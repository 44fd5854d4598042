"""The speed of a serial line: when the next bytes can have arrived."""

from __future__ import annotations

from typing import Final

BITS_PER_BYTE: Final = 10
"""A start bit, eight bits of data and a stop bit."""


class Pace:
    """Lets bytes pass at a rate; pure, times in seconds."""

    def __init__(self, baud: int) -> None:
        self.baud = baud
        self._seconds_per_byte = BITS_PER_BYTE / baud
        self._passed_at = 0.0
        self.piece = max(1, baud // BITS_PER_BYTE // 100)
        """How many bytes to take at once for a smooth flow: what arrives in 10 ms."""

    def passed(self, count: int, now: float) -> float:
        """Bytes were taken from the line; return how long they took to arrive, counted from now."""
        self._passed_at = max(self._passed_at, now) + count * self._seconds_per_byte
        return self._passed_at - now
