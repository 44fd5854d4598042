"""The gateway's side of an export: starts the child, hands on how far it is, and then the bytes of what it made.

The child does the work and ends with whoever asked. One export at a time; a second one is told to come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, TypeAlias

from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind, TryAgain
from gateway.dsfinvk.order import ExportOrder, Progress, Summary, Task, summary_of, task_line
from gateway.dsfinvk.workplace import ZIP_NAME, clear_workplace, make_workplace

CHUNK_BYTES = 256 * 1024
LONGEST_LINE = 4 * 1024 * 1024
"""A summary with its notes is one line."""

Step: TypeAlias = Progress | Summary | bytes
"""How far it is, then what it is, then the ZIP piece by piece."""


class ExportDesk:
    """Makes exports of the journal in a data folder, or of an archive; then `data` is where it may work."""

    def __init__(self, data: Path, clock: Clock, *, memory_limit_mb: int = 256, archive: str = "") -> None:
        self._data = data
        self._clock = clock
        self._memory_limit_mb = memory_limit_mb
        self._archive = archive
        self._busy = asyncio.Lock()

    async def export(self, order: ExportOrder) -> AsyncGenerator[Step, None]:
        """Step by step. Raises Refused (EXPORT_... and INVALID_VALUE), TryAgain (EXPORT_BUSY).

        Whoever stops listening ends the child; nothing is left behind.
        """
        if self._busy.locked():
            raise TryAgain("EXPORT_BUSY", retry_after_ms=10_000)
        async with self._busy:
            work = await asyncio.to_thread(make_workplace, self._data)
            task = Task(
                order, str(self._data), str(work), self._clock.now_ms(), self._memory_limit_mb, archive=self._archive
            )
            try:
                async with contextlib.aclosing(_carried_out(task)) as steps:
                    async for step in steps:
                        yield step
                async with contextlib.aclosing(_pieces(work / ZIP_NAME)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                await asyncio.shield(asyncio.to_thread(clear_workplace, self._data))


async def _carried_out(task: Task) -> AsyncGenerator[Progress | Summary, None]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.dsfinvk"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    assert child.stdin is not None and child.stdout is not None
    done = False
    try:
        child.stdin.write(task_line(task))
        while line := await child.stdout.readline():
            step = _step(json.loads(line))
            done = isinstance(step, Summary)
            yield step
        if not done:
            raise Refused("EXPORT_FAILED", field="export", rule="the child died", kind=RefusedKind.NOT_NOW)
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        child.stdin.close()
        await asyncio.shield(child.wait())


def _step(message: dict[str, Any]) -> Progress | Summary:
    if "refused" in message:
        told = message["refused"]
        raise Refused(**{**told, "kind": RefusedKind(told["kind"])})
    if "done" in message:
        return summary_of(message["done"])
    return Progress(**message["progress"])


async def _pieces(path: Path) -> AsyncGenerator[bytes, None]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield piece
