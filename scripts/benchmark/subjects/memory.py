"""What a gateway and its child take of a small machine's memory, with twenty registers on line."""

from __future__ import annotations

from scripts.benchmark import processes
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal
from scripts.benchmark.subjects.shop import open_shop

MIB = 1024 * 1024
POLICY = "resident memory of the gateway and its child, shared pages counted twice"


async def measure(bench: Bench) -> list[Figure]:
    """After the start with a stream of each register open for a moment, and after a day's load."""
    messages = bench.amount(2_000, 100)
    async with open_shop(bench) as shop:
        assert shop.branch.ready is not None
        gateway = shop.branch.ready.pid
        await shop.gateway(messages=1, in_flight=1)
        idle = processes.resident_bytes(gateway) / MIB
        await shop.gateway(messages=messages, in_flight=4)
        loaded = processes.resident_bytes(gateway) / MIB
    size = f"{20 * messages:,} receipts"
    return [
        Figure("memory after start, 20 registers", idle, "MiB", Goal(200, indicative=True), POLICY),
        Figure(f"memory after {size}", loaded, "MiB", Goal(350, indicative=True), POLICY),
    ]
