"""A year's report from closings beside the scan of its lines."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.sales.queries import figures_by, periods_where
from scripts.benchmark.bench import Bench
from scripts.benchmark.closed_days import write_closed_days
from scripts.benchmark.figures import Figure, Goal, median_of
from scripts.benchmark.subjects.loads import REGISTERS
from tests.rigs.receipts import LINES

POLICY = (
    "365 closed days of 20 registers, 5,000 articles; warm, one process after the other; the report includes the way through the child's"
    " socket, the scan is the same figures from all lines on a bare connection"
)


async def measure(bench: Bench) -> list[Figure]:
    """Through the sales store from closings, and by the statements of an X over every period."""
    lines, days = bench.amount(10_000_000, 120_000), bench.amount(365, 20)
    with bench.folder() as folder:
        files = SalesFiles(folder / "branch.db", folder / "sales.duckdb")
        bench.say(f"  a journal of {lines:,} lines in {days} closed days")
        head = await write_closed_days(files, lines // LINES, days, REGISTERS)
        rounds = [{"report ms": await _report(files, head), "scan ms": _scan(files.store)} for _ in range(bench.rounds)]
    details = {name: median_of(rounds, name) for name in rounds[0]}
    size = f"{lines:,} lines in {days} closed days"
    return [
        Figure(f"scan / year's report, {size}", details["scan ms"] / details["report ms"], "×", Goal(20, at_least=True), POLICY, details),
        Figure(f"year's report, {size}", details["report ms"], "ms", Goal(50, indicative=True), "", {}),
    ]  # fmt: skip


async def _report(files: SalesFiles, head: int) -> float:
    store = SalesStore(files, DayRule())
    await store.start()
    try:
        await store.closed(None, head, from_day="2025-01-01", to_day="2025-12-31")
        began = time.perf_counter()
        await store.closed(None, head, from_day="2025-01-01", to_day="2025-12-31")
        return (time.perf_counter() - began) * 1000
    finally:
        await store.close()


def _scan(path: Path) -> float:
    with duckdb.connect(path, config={"threads": 2, "memory_limit": "256MB"}) as connection:
        periods = periods_where(connection, "true", [])
        figures_by(connection, periods, together=True)
        began = time.perf_counter()
        figures_by(connection, periods, together=True)
        return (time.perf_counter() - began) * 1000
