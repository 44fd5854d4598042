"""Finds real-time commands in everything that arrives, also inside image and text data.

A printer executes them on reception, whatever command they lie in (Epson ESC/POS reference, DLE EOT, DLE ENQ, DLE DC4; the
warning about image data stands in the TM-U220 and TM-L90 specifications).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class RealTime(Enum):
    """The real-time commands this printer knows."""

    STATUS = "DLE EOT"
    RECOVER = "DLE ENQ"
    PULSE = "DLE DC4 1"
    BASIC_ASB = "DLE DC4 7"
    CLEAR = "DLE DC4 8"


@dataclass(frozen=True, slots=True)
class RealTimeCommand:
    """A command found in the stream: where it ends (bytes from the start of the piece) and its parameters."""

    kind: RealTime
    end: int
    parameters: bytes = b""


def _exactly(text: str) -> tuple[bytes, ...]:
    return tuple(bytes((byte,)) for byte in bytes.fromhex(text))


_INTRODUCER: Final = 0x10

# Per command: the values allowed at each position, and how many leading bytes are fixed.
_PATTERNS: Final[dict[RealTime, tuple[tuple[bytes, ...], int]]] = {
    RealTime.STATUS: ((b"\x10", b"\x04", b"\x01\x02\x03\x04"), 2),
    RealTime.RECOVER: ((b"\x10", b"\x05", b"\x00\x01\x02"), 2),
    RealTime.PULSE: ((*_exactly("101401"), b"\x00\x01", b"\x01\x02\x03\x04\x05\x06\x07\x08"), 3),
    RealTime.BASIC_ASB: (_exactly("10140701"), 4),
    RealTime.CLEAR: (_exactly("10140801031401060208"), 10),
}


class RealTimeScanner:
    """Watches the stream; any split of it finds the same commands."""

    def __init__(self) -> None:
        self._candidate = bytearray()

    def reset(self) -> None:
        """Forget a command that has begun."""
        self._candidate.clear()

    def scan(self, data: bytes) -> list[RealTimeCommand]:
        """Take the next bytes; return the commands that end in them, in order."""
        found: list[RealTimeCommand] = []
        at = 0
        while at < len(data):
            if not self._candidate:
                at = data.find(_INTRODUCER, at)
                if at < 0:
                    break
            self._candidate.append(data[at])
            at += 1
            while self._candidate and not any(_begins(pattern, self._candidate) for pattern, _ in _PATTERNS.values()):
                del self._candidate[0]
            for kind, (pattern, fixed) in _PATTERNS.items():
                if len(self._candidate) == len(pattern) and _begins(pattern, self._candidate):
                    found.append(RealTimeCommand(kind, at, bytes(self._candidate[fixed:])))
                    self._candidate.clear()
                    break
        return found


def _begins(pattern: tuple[bytes, ...], candidate: bytearray) -> bool:
    return len(candidate) <= len(pattern) and all(
        byte in allowed for byte, allowed in zip(candidate, pattern, strict=False)
    )
