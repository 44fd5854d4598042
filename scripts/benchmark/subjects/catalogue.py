"""The catalogue on its way to the registers: one that was paired anew, and twenty on a Monday morning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from scripts.benchmark import processes
from scripts.benchmark.assortments import articles, settings
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from scripts.benchmark.subjects.loads import REGISTERS, order_for
from tests.rigs.branch import BRANCH_ID, Branch

PER_MESSAGE = 1_000
POLICY = "full load over mTLS, no sales meanwhile, pages of the single register already encoded; the client parses and acknowledges, and stores nothing; the bare stream waits for no acknowledgement"


async def measure(bench: Bench) -> list[Figure]:
    """From the gateway's replica, from a bare stream of the same entries in pages, and one article per message."""
    count = bench.amount(100_000, 10_000)
    with bench.folder() as folder, Branch(folder, registers=REGISTERS) as branch:
        await branch.stock([*articles(count), settings(BRANCH_ID)])
        order = {"keys": str(branch.data / "keys"), "articles": count}
        async with (
            processes.serving("pages", {**order, "per_message": PER_MESSAGE}) as paged,
            processes.serving("pages", {**order, "per_message": 1}) as single,
        ):
            to_one, to_all = [], []
            for _ in range(bench.rounds):
                # A gateway that has just started has no encoded pages yet: the twenty pay for them, the one finds them.
                ready = await asyncio.to_thread(branch.start)
                await processes.quiet(ready.pid)
                to_all.append(await _to_all(branch, ready.pid, paged))
                to_one.append(await _to_one(branch, f"127.0.0.1:{paged['port']}", f"127.0.0.1:{single['port']}"))
                await asyncio.to_thread(branch.stop)
    one = {name: median_of(to_one, name) for name in to_one[0]}
    every = {name: median_of(to_all, name) for name in to_all[0]}
    size = f"{count:,} articles"
    return [
        Figure(f"{size} to a register / one article per message", one["gateway/s"] / one["one per message/s"], "×", Goal(50, at_least=True), POLICY, one),
        Figure(f"{size} to a register / a bare stream of the same bytes", one["gateway/s"] / one["bare pages/s"], "×", Goal(0.7, at_least=True), POLICY, one),
        Figure(f"{size} to 20 registers at once: CPU / encoding once and bare sending", every["gateway CPU s"] / every["bare CPU s"], "×", Goal(1.5), POLICY, every),
    ]  # fmt: skip


async def _to_one(branch: Branch, paged: str, single: str) -> dict[str, float]:
    bare = await processes.run("pull", order_for(branch, address=paged, registers=1, messages=0))
    gateway = await processes.run("pull", order_for(branch, registers=1, messages=0))
    slow = await processes.run("pull", order_for(branch, address=single, registers=1, messages=0))
    return {
        "gateway/s": gateway["per_second"],
        "bare pages/s": bare["per_second"],
        "one per message/s": slow["per_second"],
    }


async def _to_all(branch: Branch, gateway: int, bare: dict[str, Any]) -> dict[str, float]:
    address = f"127.0.0.1:{bare['port']}"
    sending = await _cpu_of(bare["pid"], lambda: processes.run("pull", order_for(branch, address=address, messages=0)))
    ours = await _cpu_of(gateway, lambda: processes.run("pull", order_for(branch, messages=0)))
    return {"gateway CPU s": ours, "bare CPU s": bare["encoding_s"] + sending, "of it encoding s": bare["encoding_s"]}


async def _cpu_of(pid: int, work: Callable[[], Awaitable[dict[str, Any]]]) -> float:
    before = processes.cpu_seconds(pid)
    await work()
    return processes.cpu_seconds(pid) - before
