"""A child that only waits for its order: spawned before the rest of the gateway is imported, because DuckDB takes as long to load."""

from __future__ import annotations

import asyncio
import socket
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spawned:
    """The process, and this end of its socket. It ends when that is closed, also before it was told anything."""

    process: asyncio.subprocess.Process
    socket: socket.socket

    async def end(self) -> None:
        """Ends a child that nobody wanted; does nothing to one that has ended."""
        self.socket.close()
        await self.process.wait()


async def spawn() -> Spawned:
    """Starts the interpreter of a sales store."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gateway.sales", str(theirs.fileno())),
            stdin=asyncio.subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    return Spawned(process, ours)
