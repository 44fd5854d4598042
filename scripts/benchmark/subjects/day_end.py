"""The end of the day: filling the sales store from the journal, a Z over all registers, and the summary that central pulls."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from branchgate.figures.codec import summary_to_message
from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.sales.queries import figures_by, periods_where
from scripts.benchmark import sqlite_sales
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from scripts.benchmark.journals import filled, write_journal
from scripts.benchmark.subjects.loads import REGISTERS
from tests.rigs.receipts import LINES

POLICY = "Z of 20 registers at once, warm, in one process after the other; the gateway's includes the way through its child's socket"


MAIN_SIZE = 1_000_000


class _Listening:
    """Stands in for a connection and keeps the statements that are run over it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.statements: list[str] = []

    def execute(self, statement: str) -> duckdb.DuckDBPyConnection:
        self.statements.append(statement)
        return self._connection.execute(statement)


async def measure(bench: Bench) -> list[Figure]:
    """Through the sales store, by its bare statements, and by SQLite; days of three sizes."""
    figures: list[Figure] = []
    for lines in (60_000,) if bench.quick else (100_000, MAIN_SIZE, 10_000_000):
        figures += await _measure_size(bench, lines)
    return figures


async def _measure_size(bench: Bench, lines: int) -> list[Figure]:
    with bench.folder() as folder:
        files = SalesFiles(folder / "branch.db", folder / "sales.duckdb")
        bench.say(f"  a journal of {lines:,} lines")
        head = await write_journal(files.journal, lines // LINES, REGISTERS)
        filling = await filled(files, head)
        summary = await _summary_bytes(files, head)
        with duckdb.connect(files.store) as source:
            sqlite = sqlite_sales.copy_sales(source, folder / "sales.sqlite")
        rounds = []
        for _ in range(bench.rounds):
            store = await _by_store(files, head)
            bare = _by_bare_statements(files.store)
            sqlite_sales.figures(sqlite)
            began = time.perf_counter()
            sqlite_sales.figures(sqlite)
            rounds.append({"store ms": store, "bare ms": bare, "SQLite ms": (time.perf_counter() - began) * 1000})
        sqlite.close()
    details = {name: median_of(rounds, name) for name in rounds[0]}
    size = f"{lines:,} lines"
    # Goals are of the size that they were set for; the others show how it grows.
    beside = lines not in (MAIN_SIZE, 60_000)
    pulled = summary["protobuf+gzip bytes"] / summary["JSON bytes"]
    return [
        Figure(f"Z over {size} / the bare DuckDB queries", details["store ms"] / details["bare ms"], "×", Goal(1.3, indicative=beside), POLICY, details),
        Figure(f"SQLite with covering indexes / Z over {size}", details["SQLite ms"] / details["store ms"], "×", Goal(5, at_least=True, indicative=beside), POLICY, details),
        Figure(f"rebuild of the sales store from the journal, {size}", lines / filling, "lines/s", Goal(100_000, at_least=True, indicative=beside), "", {"seconds": filling}),
        Figure(f"branch-day summary as pulled / its JSON, {size}", pulled, "×", Goal(0.4, indicative=beside), "", summary),
    ]  # fmt: skip


async def _summary_bytes(files: SalesFiles, head: int) -> dict[str, float]:
    """Bytes of the branch's day as central pulls it, and as JSON."""
    store = SalesStore(files, DayRule())
    await store.start()
    try:
        summaries = [summary async for summary in store.summaries(None, head)]
    finally:
        await store.close()
    pulled = sum(len(gzip.compress(summary_to_message(one).SerializeToString(), 6)) for one in summaries)
    plain = sum(len(json.dumps(asdict(one))) for one in summaries)
    return {"protobuf+gzip bytes": float(pulled), "JSON bytes": float(plain)}


async def _by_store(files: SalesFiles, head: int) -> float:
    store = SalesStore(files, DayRule())
    await store.start()
    try:
        await store.open_periods(None, head)
        began = time.perf_counter()
        await store.open_periods(None, head)
        return (time.perf_counter() - began) * 1000
    finally:
        await store.close()


def _by_bare_statements(path: Path) -> float:
    """The same statements on a connection of this process, their rows fetched and thrown away."""
    with duckdb.connect(path, config={"threads": 2, "memory_limit": "256MB"}) as connection:
        listening: Any = _Listening(connection)
        figures_by(listening, periods_where(connection, "NOT closed", []), together=False)
        began = time.perf_counter()
        for statement in listening.statements:
            connection.execute(statement).fetchall()
        return (time.perf_counter() - began) * 1000
