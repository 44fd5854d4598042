"""How much a reader may owe: the own acknowledgement window of a sync stream.

HTTP/2 flow control lets 4 to 5 MB per stream slip through to a reader that has stopped reading, so the server counts itself.
"""

from __future__ import annotations

from collections import deque

DEFAULT_WINDOW_BYTES = 2 * 1024 * 1024
SMALLEST_WINDOW_BYTES = 64 * 1024
LARGEST_WINDOW_BYTES = 16 * 1024 * 1024
LARGEST_PAGE_BYTES = 512 * 1024
_RESUME_AT = 0.8


def page_bytes_for(window_bytes: int) -> int:
    """The page size for a window: a quarter of it, as a power of two, so that readers with like windows share encoded pages."""
    quarter = window_bytes // 4
    return int(min(LARGEST_PAGE_BYTES, 1 << (quarter.bit_length() - 1)))


class Window:
    """Bytes sent and not yet acknowledged. Closes when another page would not fit; opens again at 80 % load, not at once.

    `window_bytes` as the reader asked for it (0: the default) is brought into bounds. Only an entry larger than a page exceeds it.
    """

    def __init__(self, window_bytes: int = 0) -> None:
        asked = window_bytes if window_bytes > 0 else DEFAULT_WINDOW_BYTES
        self.limit = min(max(asked, SMALLEST_WINDOW_BYTES), LARGEST_WINDOW_BYTES)
        self.page_bytes = page_bytes_for(self.limit)
        self.outstanding = 0
        self.is_open = True
        self._sent: deque[tuple[bytes, int]] = deque()

    def sent(self, cursor: bytes, size: int) -> None:
        """A message that the reader will acknowledge with this cursor is on its way."""
        self._sent.append((cursor, size))
        self.outstanding += size
        if self.outstanding + self.page_bytes > self.limit:
            self.is_open = False

    def acknowledged(self, cursor: bytes) -> bool:
        """Everything up to a cursor is committed at the reader. False if no message on its way has this cursor."""
        if not any(cursor == sent for sent, _ in self._sent):
            return False
        reached = False
        while not reached:
            sent, size = self._sent.popleft()
            self.outstanding -= size
            reached = sent == cursor
        if self.outstanding == 0 or self.outstanding + self.page_bytes <= self.limit * _RESUME_AT:
            self.is_open = True
        return True
