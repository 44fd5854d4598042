"""After a power cut: how soon a gateway with a long journal records again."""

from __future__ import annotations

import asyncio
import time

from gateway.branch.stores import SALES_FILE
from gateway.sales.client import SalesFiles
from scripts.benchmark import processes
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from scripts.benchmark.journals import filled, write_journal
from scripts.benchmark.subjects.loads import REGISTERS, order_for
from tests.rigs.branch import Branch

POLICY = "SIGKILL, then a new process: from its start to the acknowledgement of a first sale; nothing was ever closed, so the tail is the longest checked"


async def measure(bench: Bench) -> list[Figure]:
    """An almost empty journal beside a long one: what is left is the price of length."""
    entries = bench.amount(1_000_000, 30_000)
    with bench.folder() as folder:
        (folder / "short").mkdir()
        (folder / "long").mkdir()
        with (
            Branch(folder / "short", registers=REGISTERS) as short,
            Branch(folder / "long", registers=REGISTERS) as long,
        ):
            bench.say(f"  a journal of {entries:,} entries")
            await _fill_sales_store(short, await write_journal(short.store, REGISTERS, REGISTERS))
            await _fill_sales_store(long, await write_journal(long.store, entries, REGISTERS))
            rounds = [
                {"almost empty s": await _restart(short), "long s": await _restart(long)} for _ in range(bench.rounds)
            ]
    details = {name: median_of(rounds, name) for name in rounds[0]}
    operation = f"restart after kill -9 with {entries:,} journal entries, to the first recorded sale"
    return [Figure(operation, details["long s"], "s", Goal(1.0, indicative=True), POLICY, details)]


async def _restart(branch: Branch) -> float:
    """Seconds until a first sale is acknowledged; the gateway is killed again afterwards."""
    began = time.perf_counter()
    await asyncio.to_thread(branch.start)
    ready = time.perf_counter() - began
    report = await processes.run("load", order_for(branch, registers=1, messages=1, in_flight=1))
    branch.kill()
    return ready + float(report["seconds"])


async def _fill_sales_store(branch: Branch, head: int) -> None:
    """The sales store has come up to the journal's head, as it has in a shop within seconds."""
    await filled(SalesFiles(branch.store, branch.data / SALES_FILE), head)
