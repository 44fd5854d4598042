"""Printers on serial lines: how much of its line's rate one gets, and what it loses when seven others print at the same time."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import serial

from scripts.benchmark import processes
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from scripts.benchmark.press import PAPER

BAUD = 115_200
BYTES_PER_SECOND = BAUD / 10
PRINTERS = 8
KIB = 1024
POLICY = (
    "a long page over pseudo terminals that carry 11,520 bytes/s, confirmed by process ids, at most 2 KB unanswered; from the first to the "
    "last byte on the line; bare: pyserial writing as many bytes at once; a ninth printer takes a job and reads nothing"
)


async def measure(bench: Bench) -> list[Figure]:
    """One printer alone beside pyserial, then eight at once in one process."""
    lines = bench.amount(600, 100)
    rounds = [await _round(bench, lines) for _ in range(bench.rounds)]
    details = {name: median_of(rounds, name) for name in rounds[0]}
    shown = {
        name: details[name]
        for name in ("alone, share of the rate", "pyserial, share of the rate", "slowest of 8, share")
    }
    return [
        Figure(
            "one serial printer / the rate of its line",
            details["alone, share of the rate"],
            "×",
            Goal(0.98, at_least=True),
            POLICY,
            shown,
        ),
        Figure(
            "the slowest of 8 printers at once / one alone",
            details["slowest of 8, share"] / details["alone, share of the rate"],
            "×",
            Goal(0.98, at_least=True),
            POLICY,
            shown,
        ),
        Figure(
            "memory per printer",
            details["KiB per printer"],
            "KiB",
            Goal(1024, indicative=True),
            "resident, after printing",
        ),
    ]


async def _round(bench: Bench, lines: int) -> dict[str, float]:
    with bench.folder() as folder:
        report = folder / "bursts.json"
        order = {
            "folder": str(folder),
            "printers": PRINTERS,
            "stalled": 1,
            "bytes_per_second": BYTES_PER_SECOND,
            "report": str(report),
        }
        async with processes.serving("line", order) as served:
            devices: list[str] = served["devices"]
            await asyncio.to_thread(_write_bare, devices[1], lines * (PAPER.columns + 1))
            memory = await processes.run(
                "press",
                {"devices": devices[:PRINTERS], "stalled": devices[PRINTERS:], "baud": BAUD, "lines": lines},
            )
        return _shares(report, memory)


def _write_bare(device: str, count: int) -> None:
    """What a line can carry when nobody asks anything."""
    with serial.Serial(device, BAUD) as port:
        port.write(b"." * (count - 1) + b"\n")
        port.flush()
        time.sleep(1)


def _shares(report: Path, memory: dict[str, Any]) -> dict[str, float]:
    """Of the rate that a line could have had. The last long burst of each is from all printing at once; what the first two had before, alone."""
    bursts = json.loads(report.read_text(encoding="ascii"))
    longest = max(count for line in bursts for count, _ in line)
    shares = [[count / seconds / BYTES_PER_SECOND for count, seconds in line if count > longest / 2] for line in bursts]
    return {
        "alone, share of the rate": shares[0][0],
        "pyserial, share of the rate": shares[1][0],
        "slowest of 8, share": min(line[-1] for line in shares),
        "KiB per printer": (memory["full_bytes"] - memory["empty_bytes"]) / KIB / (PRINTERS + 1),
    }
