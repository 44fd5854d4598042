"""The receive buffer: what has arrived and is not yet printed, and when the host has to wait.

Limits after the TM-T88III specification, p. 23: full at 128 free bytes, free again at 256 (16 and 26 in the 45-byte setting).
Commands are taken apart on arrival and wait as tokens; the bytes of a command that has begun while the printer could print
are in its print buffer and no longer count.
"""

from __future__ import annotations

from collections import deque

from drivers.escpos.status import XOFF, XON
from drivers.virtual.settings import Flow, PrinterSettings
from drivers.virtual.tokenizer import Token, Tokenizer


class ReceiveBuffer:
    """Bytes in, tokens out, first come first served."""

    def __init__(self, settings: PrinterSettings) -> None:
        self._capacity = settings.buffer_bytes
        self._full_at, self._free_at = settings.full_at
        self._announces = settings.flow is Flow.XON_XOFF
        self._tokenizer = Tokenizer()
        self._queue: deque[Token] = deque()
        self._full = False
        self.used = 0

    def __bool__(self) -> bool:
        """Whether a complete command waits."""
        return bool(self._queue)

    @property
    def room(self) -> int:
        """Free bytes."""
        return max(0, self._capacity - self.used)

    def intake(self, *, hold: bool) -> int:
        """How much a link may read: what fits if the host can be held, else as much as there may be."""
        if not hold:
            return self._capacity
        return 0 if self._full else self.room

    def store(self, data: bytes) -> list[Token]:
        """Take what arrived; return the commands it completed."""
        self.used += len(data)
        arrived = self._tokenizer.feed(data)
        self._queue.extend(arrived)
        return arrived

    def mark(self, token: Token) -> None:
        """Put a sign of the printer's own behind what has arrived."""
        self._queue.append(token)

    def next(self) -> Token:
        """The oldest command."""
        token = self._queue.popleft()
        self.used = max(0, self.used - len(token.raw))
        return token

    def drained(self) -> None:
        """The printer could print everything: a command that has begun goes straight to its print buffer."""
        self.used = 0

    def clear(self) -> int:
        """Throw everything away; return how many bytes that were."""
        lost = self.used
        self._tokenizer.reset()
        self._queue.clear()
        self.used = 0
        return lost

    def handshake(self) -> bytes:
        """XOFF or XON when the buffer has become full or free, for a host that listens to it."""
        was_full = self._full
        self._full = self.room < self._free_at if was_full else self.room <= self._full_at
        if not self._announces or self._full == was_full:
            return b""
        return bytes((XOFF if self._full else XON,))
