"""`branchgate gateway cash | count | x | close | closings` on a running gateway: what the operator reads, and what a script learns."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.branch import Branch
from tests.rigs.outbox import LoadedRegister

SALES = 12


def gateway(data: Path, *question: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "branchgate", "gateway", *question, "--data", str(data)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120, check=False)


def told(data: Path, *question: str) -> list[dict[str, Any]]:
    answer = gateway(data, *question, "--json")
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """A branch whose first register has sold a little."""
    with Branch(tmp_path_factory.mktemp("branch"), registers=2) as branch:
        branch.start()
        identity = branch.registers[0]
        register = LoadedRegister.of(identity, lambda: None)
        asyncio.run(register.sell(identity, until=lambda: register.acknowledged >= SALES))
        yield branch


def test_a_day_is_counted_closed_and_carried_into_the_next(branch: Branch) -> None:
    drawer, empty = told(branch.data, "cash")
    assert (drawer["register_id"], empty["register_id"], empty["expected_cents"]) == ("kasse-1", "kasse-2", 0)
    expected = drawer["expected_cents"]
    pieces = ("--pieces", "50x2", "--pieces", "0,05x13")
    (blind,) = told(branch.data, "count", "kasse-1", *pieces, "--blind", "--user", "bela")
    assert (blind["count"]["counted_cents"], blind["count"]["difference_cents"]) == (10_065, 0)
    (drawer,) = told(branch.data, "cash", "--register", "kasse-1")
    assert drawer["expected_cents"] == 10_065
    assert drawer["last_count"]["difference_cents"] == 10_065 - expected
    shown = gateway(branch.data, "cash")
    assert "100,65" in shown.stdout
    asked = gateway(branch.data, "count", "kasse-1", typed="\n" * 3 + "zwei\n2\n" + "\n" * 11)
    assert asked.returncode == 0, asked.stderr
    assert "KASSENSTURZ" in asked.stdout
    assert "100,00" in asked.stdout
    closed = [step["done"]["closing"] for step in told(branch.data, "close") if "done" in step]
    assert [(each["register_id"], each["carried_float_cents"]) for each in closed] == [("kasse-1", 10_000)]
    assert closed[0]["count"]["counted_cents"] == 10_000
    (drawer,) = told(branch.data, "cash", "--register", "kasse-1")
    assert [(row["business_case"], row["amount_cents"]) for row in drawer["cash"]] == [("Anfangsbestand", 10_000)]
    day = closed[0]["business_day"]
    assert len(told(branch.data, "closings", "--from", day, "--to", day)) == 1
    assert told(branch.data, "closings", "--from", "2099-01-01") == []


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (("x", "--register", "nix"), 3),
        (("close", "--register", "nix"), 3),
        (("cash", "--register", "nix"), 3),
        (("count", "nix", "--sum", "1"), 3),
        (("count", "kasse-1", "--sum", "1,234"), 2),
        (("count", "kasse-1", "--sum", "-1"), 2),
        (("count", "kasse-1", "--pieces", "5 Euro"), 2),
        (("count", "kasse-1", "--sum", "1", "--pieces", "1x1"), 2),
        (("count", "kasse-1", "--pieces", "3x1"), 3),
        (("closings", "--from", "gestern"), 3),
        (("x", "--print"), 3),
    ],
)
def test_what_cannot_be_is_told_by_the_exit_code(branch: Branch, question: tuple[str, ...], code: int) -> None:
    answer = gateway(branch.data, *question)
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
