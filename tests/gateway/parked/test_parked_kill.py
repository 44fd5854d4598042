"""A gateway that is killed between parking, resuming and paying knows every step that it answered, and its tables fit its journal."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from gateway.parked import Ended
from gateway.parked.model import Standing
from tests.gateway.parked.shop import open_parked_shop, replayed, table

ROUNDS = 8
FAR_APART = 100_000
ROOT = Path(__file__).resolve().parents[3]
ORDER = ("parked", "resumed", "paid")


def answered_until_killed(folder: Path, first: int, enough: int) -> dict[int, str]:
    """Runs the process until it has given `enough` answers, kills it, and returns the last answer about each parked receipt."""
    command = [sys.executable, "-m", "tests.gateway.parked.parking_process", str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(enough)]
        process.kill()
        # A line that the kill cut short is no answer.
        lines += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    answers = (line.decode().split() for line in lines)
    return {int(number): what for what, number in answers}


def reached(standing: Standing | None) -> int:
    """How far one has come: an index of ORDER, -1 for one that was never parked."""
    if standing is None:
        return -1
    return 2 if isinstance(standing, Ended) else int(bool(standing.owner))


async def test_no_step_that_was_answered_is_lost_over_many_kills(tmp_path: Path) -> None:
    chance = random.Random(11)
    for number in range(ROUNDS):
        answers = answered_until_killed(tmp_path, number * FAR_APART + 1, chance.randint(1, 60))
        async with open_parked_shop(tmp_path) as shop:
            stands = table(shop.branch)
            assert replayed(shop.entries()) == stands
        for parked, what in answers.items():
            # At most one step further than what was told: its answer was under way.
            assert 0 <= reached(stands.get(parked.to_bytes(16, "big"))) - ORDER.index(what) <= 1
        connection = open_for_verification(tmp_path / "branch.db")
        assert verify(connection).whole
        connection.close()
