"""The gateway's side of archiving: starts the child and hands on what it tells.

The child ends with whoever asked; months that are written by then are whole and stay. One at a time; a second one is told to come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, Final

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind, TryAgain
from gateway.archive.order import ArchiveOrder, Step, Task, step_of, task_line

FOLDER: Final = "archive"
"""Inside the data folder, unless the order names another one."""


class ArchiveDesk:
    """Archives the journal in a data folder. `settings` are today's: zone and shift of the business day decide whether a month is over."""

    def __init__(
        self,
        data: Path,
        branch_id: str,
        clock: Clock,
        settings: Callable[[], BranchSettings | None],
        *,
        memory_limit_mb: int = 256,
    ) -> None:
        self._data = data
        self._branch_id = branch_id
        self._clock = clock
        self._settings = settings
        self._memory_limit_mb = memory_limit_mb
        self._busy = asyncio.Lock()

    async def archive(self, order: ArchiveOrder) -> AsyncGenerator[Step, None]:
        """Step by step. Raises Refused (ARCHIVE_...), TryAgain (ARCHIVE_BUSY)."""
        if self._busy.locked():
            raise TryAgain("ARCHIVE_BUSY", retry_after_ms=10_000)
        async with self._busy:
            settings = self._settings() or BranchSettings(self._branch_id, self._branch_id)
            task = Task(
                order,
                str(self._data),
                order.to or str(self._data / FOLDER),
                self._branch_id,
                self._clock.now_ms(),
                settings.time_zone,
                settings.day_starts_at_minutes,
                self._memory_limit_mb,
            )
            async with contextlib.aclosing(_carried_out(task)) as steps:
                async for step in steps:
                    yield step


async def _carried_out(task: Task) -> AsyncGenerator[Step, None]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.archive"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None and child.stdout is not None
    done = False
    try:
        child.stdin.write(task_line(task))
        while line := await child.stdout.readline():
            message = json.loads(line)
            if "done" in message:
                done = True
            else:
                yield _step(message)
        if not done:
            raise Refused("ARCHIVE_FAILED", field="archive", rule="the child died", kind=RefusedKind.NOT_NOW)
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        child.stdin.close()
        await asyncio.shield(child.wait())


def _step(message: dict[str, Any]) -> Step:
    if "refused" in message:
        told = message["refused"]
        raise Refused(**{**told, "kind": RefusedKind(told["kind"])})
    return step_of(message)
