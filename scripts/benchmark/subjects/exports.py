"""What leaves the house: the export for the tax office and the archive, each by its own child, its speed and its memory."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from branchgate.clock import SystemClock
from gateway.archive import order as archiving
from gateway.dsfinvk import order as exporting
from gateway.dsfinvk.workplace import make_workplace
from gateway.sales.client import SalesFiles
from scripts.benchmark.bench import Bench
from scripts.benchmark.closed_days import FIRST_DAY, write_closed_days
from scripts.benchmark.figures import Failed, Figure, Goal, median_of
from scripts.benchmark.subjects.loads import REGISTERS
from tests.rigs.receipts import LINES

POLICY = (
    "one child each, alone: lines and entries by the clock from its start, memory as its process reports it (VmHWM)"
)
LONGEST_LINE = 4 * 1024 * 1024


async def measure(bench: Bench) -> list[Figure]:
    """Thirty closed days of twenty registers."""
    lines, days = bench.amount(1_000_000, 60_000), bench.amount(30, 10)
    with bench.folder() as folder:
        files = SalesFiles(folder / "branch.db", folder / "sales.duckdb")
        bench.say(f"  a journal of {lines:,} lines in {days} closed days")
        await write_closed_days(files, lines // LINES, days, REGISTERS)
        rounds = [await _round(folder, number) for number in range(bench.rounds)]
    details = {name: median_of(rounds, name) for name in rounds[0]}
    return [
        Figure("export as DSFinV-K", lines / details["export s"], "lines/s", Goal(20_000, at_least=True, indicative=True), POLICY, details),
        Figure("memory of the export's child", details["export MiB"], "MiB", Goal(400, indicative=True), "", {}),
        Figure("archive of a month, read back", lines / details["archive s"], "lines/s", Goal(20_000, at_least=True, indicative=True), "", {}),
        Figure("memory of the archive's child", details["archive MiB"], "MiB", Goal(400, indicative=True), "", {}),
    ]  # fmt: skip


async def _round(folder: Path, number: int) -> dict[str, float]:
    now_ms = SystemClock().now_ms()
    export = exporting.ExportOrder(FIRST_DAY.isoformat(), "2025-12-31")
    task = exporting.Task(export, str(folder), str(make_workplace(folder)), now_ms)
    export_s, export_mib = await _run("gateway.dsfinvk", exporting.task_line(task), lambda message: "done" in message)
    month = archiving.ArchiveOrder(month=f"{FIRST_DAY:%Y-%m}", to=str(folder / f"archive-{number}"))
    archive = archiving.Task(month, str(folder), month.to, "bench", now_ms)
    archive_s, archive_mib = await _run(
        "gateway.archive", archiving.task_line(archive), lambda message: "archived" in message
    )
    return {"export s": export_s, "export MiB": export_mib, "archive s": archive_s, "archive MiB": archive_mib}


async def _run(module: str, task: bytes, is_result: Callable[[dict[str, object]], bool]) -> tuple[float, float]:
    """Seconds, and the most memory seen in MiB."""
    began = time.perf_counter()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(task)
    most, done = 0.0, False
    while line := await child.stdout.readline():
        most = max(most, _high_water(child.pid))
        done = done or is_result(json.loads(line))
    child.stdin.close()
    await child.wait()
    if not done:
        raise Failed(f"{module} did not finish")
    return time.perf_counter() - began, most


def _high_water(process_id: int) -> float:
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0  # it has ended since it said so
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0
