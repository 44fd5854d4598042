"""The power goes at random moments; afterwards every promise that was ever made is held against what the disk then has.

BRANCHGATE_POWER_CUTS cuts so often per store (default 2); BRANCHGATE_POWER_SEED repeats a run's cuts. `scripts/soak` goes on for hours.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.journal import JournalReader
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from gateway.printing import PrintState
from tests.rigs.disk.mounted import ROOT, lossy_disk, why_not

CUTS = int(os.environ.get("BRANCHGATE_POWER_CUTS", "2"))
SEED = int(os.environ.get("BRANCHGATE_POWER_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
MOST_PROMISES = 60
CUT_WITHIN_S = 60

pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can"),
    pytest.mark.timeout(60 + CUT_WITHIN_S * CUTS),
]


def promised_until_the_cut(folder: Path, program: str, draw: random.Random, level: str = "") -> tuple[list[str], Path]:
    """Runs a program on a disk whose power goes in the middle; what it promised, and the folder as the disk then has it."""
    folder.mkdir()
    with lossy_disk(folder) as disk:
        command = [sys.executable, "-m", "tests.rigs.disk.promising", program, str(disk.here), level]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
            assert process.stdout is not None
            promised = [process.stdout.readline() for _ in range(draw.randint(1, MOST_PROMISES))]
            disk.cut(draw.getrandbits(32))
            process.kill()
            # What was promised before the cut but not yet read counts too. A line cut short is no promise.
            promised += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        assert promised[0], "the program ended before it promised anything; its last words stand above"
        return [line.strip() for line in promised], disk.backing


def missing_sales(promised: list[str], folder: Path) -> set[str]:
    path = folder / "branch.db"
    connection = open_for_verification(path)
    report = verify(connection)
    connection.close()
    assert report.whole, report.damages
    reader = JournalReader(path)
    there = {str(entry.register_sequence) for entry in reader.read(0, 1_000_000)}
    reader.close()
    return set(promised) - there


def missing_events(promised: list[str], folder: Path) -> set[str]:
    from tests.rigs.disk.promising import open_outbox

    outbox = open_outbox(folder)
    there = {waiting.event.event_id.hex() for waiting in outbox.waiting(0, 1_000_000)}
    outbox.close()
    return set(promised) - there


def missing_claims(promised: list[str], folder: Path) -> set[str]:
    connection = sqlite3.connect(folder / "branch.db")
    rows = connection.execute("SELECT job_id FROM print_jobs WHERE state = ?", (PrintState.SENDING.value,))
    there = {job_id.hex() for (job_id,) in rows}
    connection.close()
    return set(promised) - there


Missing = Callable[[list[str], Path], set[str]]
STORES: dict[str, Missing] = {"sales": missing_sales, "outbox": missing_events, "jobs": missing_claims}


@pytest.mark.parametrize("store", STORES)
def test_what_was_promised_survives_the_power(tmp_path: Path, store: str) -> None:
    draw = random.Random(f"{SEED} {store}")
    for cut in range(CUTS):
        promised, folder = promised_until_the_cut(tmp_path / str(cut), store, draw)
        assert STORES[store](promised, folder) == set(), f"seed {SEED}, cut {cut}"


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("level", ["OFF", "NORMAL"])
def test_a_store_that_promises_before_it_has_synced_is_found_out(tmp_path: Path, store: str, level: str) -> None:
    """Shows that the disk forgets: with a seed of its own, so that it loses something every time."""
    draw = random.Random(f"{store} {level} 1")
    for cut in range(20):
        promised, folder = promised_until_the_cut(tmp_path / str(cut), store, draw, level)
        try:
            lost = STORES[store](promised, folder)
        except (AssertionError, sqlite3.DatabaseError):
            return  # no table yet, or none that can be read
        if lost:
            return
    pytest.fail("twenty cuts lost nothing")
