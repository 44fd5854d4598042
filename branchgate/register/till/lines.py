"""Lines from standard input, whatever it is: pipe, file or terminal."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError

_BYTES_AT_ONCE = 65_536
_LINES_AHEAD = 100


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Lines as they come, without their ends, until the other side closes.

    A blocking read cannot be cancelled, so a daemon thread does it: the process may end while it still waits. It reads the descriptor
    itself, because the interpreter would wait at its end for the lock of a buffered file.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue(_LINES_AHEAD)

    def hand_over(line: str | None) -> None:
        asyncio.run_coroutine_threadsafe(queue.put(line), loop).result()

    def read() -> None:
        rest = b""
        try:
            while block := os.read(descriptor, _BYTES_AT_ONCE):
                *whole, rest = (rest + block).split(b"\n")
                for line in whole:
                    hand_over(line.decode(errors="replace"))
            if rest:
                hand_over(rest.decode(errors="replace"))
            hand_over(None)
        except (RuntimeError, CancelledError):
            # The event loop has ended: nobody listens any more.
            return

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line
