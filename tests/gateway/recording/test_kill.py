"""A gateway that is killed in the middle of recording has everything that it acknowledged."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from gateway.journal import JournalReader
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from tests.rigs.patience import line_of

ROUNDS = 10
ROOT = Path(__file__).resolve().parents[3]


def acknowledged_until_killed(folder: Path, enough: int) -> int:
    """Runs the process until it has acknowledged `enough` more, kills it, and returns the last number it acknowledged."""
    command = [sys.executable, "-m", "tests.gateway.recording.recording_process", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [line_of(process) for _ in range(enough)]
        process.kill()
        # A line that the kill cut short is no acknowledgement.
        lines += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    return int(lines[-1])


def test_no_acknowledged_sale_is_lost_over_many_kills(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(ROUNDS):
        acknowledged = acknowledged_until_killed(tmp_path, chance.randint(1, 120))
        path = tmp_path / "branch.db"
        reader = JournalReader(path)
        entries = reader.read(0, 1_000_000)
        reader.close()
        assert [entry.register_sequence for entry in entries] == list(range(1, len(entries) + 1))
        assert len(entries) >= acknowledged
        connection = open_for_verification(path)
        assert verify(connection).whole
        connection.close()
