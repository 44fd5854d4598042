"""How commands talk to a running process: over the owner-only socket in its data folder, never through its files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import grpc.aio

from branchgate.errors import Refused, RefusedKind
from branchgate.errors.status import error_from
from branchgate.wire.sockets import operator_channel

SOCKET_NAME = "admin.sock"
"""Name of the operator's socket in a data folder."""

T = TypeVar("T")


def ask(data: Path, question: Callable[[grpc.aio.Channel], Awaitable[T]], *, start: str) -> T:
    """Asks the process that runs on a data folder. Raises what it answered, or Refused (NOT_RUNNING) telling the command to `start` it."""
    return asyncio.run(_ask(data, question, start))


async def _ask(data: Path, question: Callable[[grpc.aio.Channel], Awaitable[T]], start: str) -> T:
    socket = data / SOCKET_NAME
    not_running = Refused("NOT_RUNNING", field="data", value=data, rule=start, kind=RefusedKind.NOT_NOW)
    if not socket.exists():
        raise not_running
    async with operator_channel(socket) as channel:
        try:
            return await question(channel)
        except grpc.aio.AioRpcError as failure:
            error = error_from(failure)
            raise (not_running if error.reason == "NOT_REACHABLE" else error) from failure
