"""Measures the gateway beside its bare parts and holds the ratios against the goals in docs/performance.md.

Exit status 1 when a goal that is no indicative one is missed, or a subject fails. Subjects run one after the other; nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Failed, Figure, Skipped
from scripts.benchmark.report import Report
from tests.rigs.branch import GatewayFailed

SUBJECTS = (
    "latency",
    "throughput",
    "slow_disk",
    "rush",
    "day_end",
    "year",
    "exports",
    "catalogue",
    "price_change",
    "printing",
    "composing",
    "lines",
    "restart",
    "memory",
)
QUICK_ROUNDS = 1
ROUNDS = 3


def main() -> int:
    """Runs the subjects that were asked for."""
    options = _parser().parse_args()
    console = Console()
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    report = Report(" ".join(["scripts/bench", *sys.argv[1:]]), rounds)
    bench = Bench(options.folder, rounds, options.quick, lambda text: console.print(f"[dim]{text}[/]"))
    for subject in options.only or SUBJECTS:
        bench.say(f"{subject} …")
        try:
            report.figures += [(subject, figure) for figure in asyncio.run(_measure(subject, bench))]
        except Skipped as reason:
            report.skipped.append((subject, str(reason)))
        except (Failed, GatewayFailed) as reason:
            report.failed.append((subject, str(reason)))
    report.show(console)
    if options.json:
        report.write(options.json)
    return int(bool(report.failed) or any(figure.verdict == "missed" for _, figure in report.figures))


async def _measure(subject: str, bench: Bench) -> list[Figure]:
    measure = importlib.import_module(f"scripts.benchmark.subjects.{subject}").measure
    figures: list[Figure] = await measure(bench)
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "--only", metavar="NAME", action="append", choices=SUBJECTS, help=f"of {', '.join(SUBJECTS)}; may be repeated"
    )
    parser.add_argument(
        "--quick", action="store_true", help="less of everything and one round: shows that it works, and little more"
    )
    parser.add_argument("--rounds", type=int, default=0, help=f"interleaved rounds of each side (default {ROUNDS})")
    parser.add_argument("--json", metavar="FILE", type=Path, help="writes the figures as JSON lines")
    default = Path(tempfile.gettempdir())
    parser.add_argument(
        "--folder",
        type=Path,
        default=default,
        help="where to put the data: on the disk to be measured (default %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
