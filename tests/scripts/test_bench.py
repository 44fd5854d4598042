"""The bench: how it judges, what it prints, and that it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.benchmark.figures import Figure, Goal, percentile
from scripts.benchmark.report import Report

ROOT = Path(__file__).resolve().parents[2]


def figure(value: float, goal: Goal) -> Figure:
    return Figure("something", value, "×", goal, "a policy", {"ours ms": 1.5})


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [
        (2.0, Goal(2), "reached"),
        (2.1, Goal(2), "missed"),
        (0.8, Goal(0.8, at_least=True), "reached"),
        (0.7, Goal(0.8, at_least=True), "missed"),
        (2.1, Goal(2, indicative=True), "indicative"),
    ],
)
def test_a_figure_is_held_against_its_goal(value: float, goal: Goal, verdict: str) -> None:
    assert figure(value, goal).verdict == verdict


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5, 1, 3, 2, 4], 0.5) == 3
    assert percentile([7], 0.99) == 7


def test_the_report_for_machines_has_the_machine_every_figure_and_what_was_skipped(tmp_path: Path) -> None:
    report = Report("scripts/bench", 3)
    report.figures.append(("latency", figure(2.1, Goal(2))))
    report.skipped.append(("slow_disk", "no compiler"))
    report.write(tmp_path / "figures.jsonl")
    machine, measured, skipped = (json.loads(line) for line in (tmp_path / "figures.jsonl").read_text().splitlines())
    assert machine["rounds"] == 3
    assert (measured["subject"], measured["verdict"], measured["details"]) == ("latency", "missed", {"ours ms": 1.5})
    assert skipped == {"subject": "slow_disk", "skipped": "no compiler"}


def test_one_subject_can_be_measured_by_itself(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "scripts.benchmark",
        "--quick",
        "--only",
        "price_change",
        "--json",
        str(tmp_path / "out"),
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "one price change" in (tmp_path / "out").read_text(encoding="utf-8")
