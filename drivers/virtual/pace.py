"""The speed of a serial line: when the next bytes can have arrived."""

from __future__ import annotations


class Pace:
    """Lets bytes pass at a rate; pure, times in seconds. A start bit and a stop bit make ten bits a byte."""

    def __init__(self, baud: int) -> None:
        self._seconds_per_byte = 10 / baud
        self._passed_at = 0.0
        self.piece = max(1, baud // 10 // 100)
        """How many bytes to take at once for a smooth flow: what arrives in 10 ms."""

    def passed(self, count: int, now: float) -> float:
        """Bytes were taken from the line; return how long they took to arrive, counted from now."""
        self._passed_at = max(self._passed_at, now) + count * self._seconds_per_byte
        return self._passed_at - now
