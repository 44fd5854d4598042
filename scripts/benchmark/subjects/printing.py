"""From the end of a sale to paper: when the first byte of the receipt reaches a printer that answers at once."""

from __future__ import annotations

import asyncio
import bisect
import json
import statistics
from pathlib import Path

from branchgate.catalogue import DeviceRole
from scripts.benchmark import processes
from scripts.benchmark.assortments import articles, settings
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, percentile
from scripts.benchmark.subjects.loads import order_for
from tests.rigs.branch import BRANCH_ID, Branch, Printer
from tests.rigs.receipts import ARTICLES, article

EVERY_MS = 250
DEVICE = "bon"
POLICY = "a receipt every 250 ms with a wish to print, over TCP to a virtual printer; the document's first chunk, not status requests"


async def measure(bench: Bench) -> list[Figure]:
    """Against the durable acknowledgement of the same sales."""
    messages = bench.amount(40, 10)
    sold = [one._replace(key=f"A{n:06d}", value=article(n).encode()) for n, one in enumerate(articles(ARTICLES))]
    roles = (DeviceRole("", "receipt", DEVICE),)
    with bench.folder() as folder:
        times = folder / "times.json"
        sent_at, acknowledged = [], []
        async with processes.serving("paper", {"times": str(times)}) as printer:
            printers = [Printer(DEVICE, f"tcp://127.0.0.1:{printer['port']}")]
            with Branch(folder, registers=1, printers=printers) as branch:
                await branch.stock([*sold, settings(BRANCH_ID, roles)])
                ready = await asyncio.to_thread(branch.start)
                for _ in range(bench.rounds):
                    await processes.quiet(ready.pid)
                    order = order_for(
                        branch,
                        registers=1,
                        messages=messages,
                        every_ms=EVERY_MS,
                        print_role="receipt",
                        tell_times=True,
                    )
                    report = await processes.run("load", order)
                    sent_at.append(report["sent_at"])
                    acknowledged.append(report["p50_ms"])
                await processes.quiet(ready.pid)
                await asyncio.to_thread(branch.stop)
        waited = [_waited_ms(times, round_sent_at) for round_sent_at in sent_at]
    details = {
        "first byte p50 ms": statistics.median(percentile(one, 0.5) for one in waited),
        "first byte p99 ms": statistics.median(percentile(one, 0.99) for one in waited),
        "acknowledgement p50 ms": statistics.median(acknowledged),
    }
    ratio = details["first byte p50 ms"] / details["acknowledgement p50 ms"]
    return [
        Figure("sale sent → first byte at the printer / durable acknowledgement", ratio, "×", Goal(5), POLICY, details)
    ]


def _waited_ms(times: Path, sent_at: list[float]) -> list[float]:
    """From each sale to the first chunk of a document behind it."""
    arrived = json.loads(times.read_text(encoding="ascii"))
    return [(arrived[bisect.bisect(arrived, sent)] - sent) * 1000 for sent in sent_at]
