"""The bench's own child processes, and what the kernel says of any process: CPU, memory, children."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from scripts.benchmark.figures import Failed

_ROOT = Path(__file__).resolve().parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")
_QUIET_SHARE = 0.05
_QUIET_WINDOW_S = 0.5


async def run(module: str, order: dict[str, Any]) -> dict[str, Any]:
    """Runs a module of the bench in a process of its own: an order in JSON goes in, a report comes out."""
    process = await _spawn(module)
    try:
        output, _ = await process.communicate(json.dumps(order).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Failed(f"{module} ended with exit status {process.returncode}")
    report: dict[str, Any] = json.loads(output)
    return report


@asynccontextmanager
async def serving(module: str, order: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """Runs a server of the bench; yields what it said once it served, with its `pid`. It ends when its input is closed."""
    process = await _spawn(module)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order).encode() + b"\n")
    line = await process.stdout.readline()
    if not line:
        raise Failed(f"{module} ended with exit status {await process.wait()}")
    try:
        yield {**json.loads(line), "pid": process.pid}
    finally:
        process.stdin.close()
        await process.wait()


async def quiet(*roots: int) -> None:
    """Waits until these processes and their children have next to nothing to do, so that they do not disturb the next round."""
    while True:
        before = cpu_seconds(*roots)
        await asyncio.sleep(_QUIET_WINDOW_S)
        if cpu_seconds(*roots) - before < _QUIET_SHARE * _QUIET_WINDOW_S:
            return


def family(root: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
    return [root, *(int(child) for child in children)]


def cpu_seconds(*roots: int) -> float:
    """CPU time that these processes and their children have used, user and system."""
    return sum(_cpu_of(pid) for root in roots for pid in family(root))


def resident_bytes(root: int) -> int:
    """Memory of a process and its children as it stands in RAM."""
    return sum(_resident_of(pid) for pid in family(root))


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident_of(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


async def _spawn(module: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"scripts.benchmark.{module}"),
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=64 * 1024 * 1024,
    )
