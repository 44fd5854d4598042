"""A disk that takes 5 ms to sync, as an SD card may: what group commit keeps of the fast disk's rate."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, Skipped, median_of
from scripts.benchmark.subjects.shop import open_shop

SYNC_US = 5_000
POLICY = "20 streams, 16 in flight, one per message; each fsync and fdatasync of the slow gateway sleeps 5 ms longer (LD_PRELOAD)"
_SOURCE = Path(__file__).resolve().parents[1] / "slow_sync.c"


async def measure(bench: Bench) -> list[Figure]:
    """The same load on both, in turn. Raises Skipped where no C compiler is."""
    messages = bench.amount(1_000, 200)
    with bench.folder() as folder:
        slow_disk = {"LD_PRELOAD": str(_shim(folder)), "BENCH_SYNC_US": str(SYNC_US)}
        async with open_shop(bench) as fast, open_shop(bench, environment=slow_disk) as slow:
            rounds = [
                {
                    "fast/s": (await fast.gateway(messages=messages, in_flight=16))["per_second"],
                    "slow/s": (await slow.gateway(messages=messages, in_flight=16))["per_second"],
                    "slow, one in flight, p50 ms": (
                        await slow.gateway(registers=1, messages=messages // 10, in_flight=1)
                    )["p50_ms"],
                }
                for _ in range(bench.rounds)
            ]
    details = {name: median_of(rounds, name) for name in rounds[0]}
    ratio = details["slow/s"] / details["fast/s"]
    operation = "durable sales/s on a disk that takes 5 ms to sync / on the fast one"
    return [Figure(operation, ratio, "×", Goal(0.8, at_least=True), POLICY, details)]


def _shim(folder: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise Skipped("a C compiler is needed for the disk that syncs slowly")
    library = folder / "slow_sync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-ldl"], check=True)
    return library
