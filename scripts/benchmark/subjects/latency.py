"""How long a register waits for the acknowledgement of one sale, with nothing else going on."""

from __future__ import annotations

from scripts.benchmark.bench import Bench, fdatasync_ms
from scripts.benchmark.figures import Figure, Goal, median_of, percentile
from scripts.benchmark.subjects.shop import POLICY, open_shop


async def measure(bench: Bench) -> list[Figure]:
    """One in flight, against the echo and the disk's own sync in the same rounds."""
    messages = bench.amount(1_000, 200)
    rounds: list[dict[str, float]] = []
    async with open_shop(bench, registers=1) as shop:
        for _ in range(bench.rounds):
            echo = await shop.bare(registers=1, messages=messages, in_flight=1)
            sync = fdatasync_ms(shop.branch.folder, messages)
            gateway = await shop.gateway(registers=1, messages=messages, in_flight=1)
            rounds.append(
                {
                    "echo p50 ms": echo["p50_ms"],
                    "fdatasync p50 ms": percentile(sync, 0.5),
                    "gateway p50 ms": gateway["p50_ms"],
                    "gateway p99 ms": gateway["p99_ms"],
                }
            )
    details = {name: median_of(rounds, name) for name in rounds[0]}
    ratio = details["gateway p50 ms"] / (details["echo p50 ms"] + details["fdatasync p50 ms"])
    goal = Goal(2.0)
    return [
        Figure("acknowledgement, one in flight: p50 / (echo p50 + fdatasync p50)", ratio, "×", goal, POLICY, details)
    ]
