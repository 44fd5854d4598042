"""`branchgate gateway x | close | closings` with `--html`, `--csv`, `--print` on a running gateway: every form tells the same sums."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from branchgate.money import euros
from tests.rigs.branch import Branch
from tests.rigs.outbox import LoadedRegister

SALES = 8


def gateway(data: Path, *question: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "branchgate", "gateway", *question, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def told(data: Path, *question: str) -> list[dict[str, Any]]:
    answer = gateway(data, *question, "--json")
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def amounts(table: Path) -> dict[str, str]:
    """Amounts of a CSV file by report, register, section and key."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return {"/".join(row[name] for name in ("report", "register", "section", "key")): row["amount"] for row in rows}


def plain(cents: int) -> str:
    return euros(cents).replace(".", "")


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """A branch whose two registers have sold a little."""
    with Branch(tmp_path_factory.mktemp("branch"), registers=2) as branch:
        branch.start()
        for identity in branch.registers:
            register = LoadedRegister.of(identity, lambda: None)
            asyncio.run(register.sell(identity, until=lambda register=register: register.acknowledged >= SALES))  # type: ignore[misc]
        yield branch


def test_a_day_is_told_as_text_page_table_and_json_alike(branch: Branch, tmp_path: Path) -> None:
    page, table = tmp_path / "x.html", tmp_path / "x.csv"
    (x,) = told(branch.data, "x", "--html", str(page), "--csv", str(table))
    gross = x["figures"]["gross_cents"]
    assert amounts(table)["x//sums/all_receipts"] == plain(gross)
    assert f'<td class="number">{euros(gross)}</td>' in page.read_text(encoding="utf-8")
    assert x["text"].splitlines().count(f"SUMME ALLER BONS{euros(gross):>32}") == 1

    page, table = tmp_path / "z.html", tmp_path / "z.csv"
    steps = told(branch.data, "close", "--html", str(page), "--csv", str(table))
    closings = [step["done"]["closing"] for step in steps if "done" in step]
    assert [each["register_id"] for each in closings] == ["kasse-1", "kasse-2"]
    found = amounts(table)
    assert found["branch//sums/all_receipts"] == plain(gross)
    for closing in closings:
        register, figures = closing["register_id"], closing["figures"]
        assert found[f"z/{register}/sums/all_receipts"] == plain(figures["gross_cents"])
        assert found[f"z/{register}/cash/expected"] == plain(figures["cash_cents"])
    shown = page.read_text(encoding="utf-8")
    assert shown.count("<article") == 3
    assert "FILIALSUMME" in shown
    assert "KOPIE" not in shown

    day, page, table = closings[0]["business_day"], tmp_path / "days.html", tmp_path / "days.csv"
    answer = gateway(
        branch.data, "closings", "--from", "2020-01-01", "--to", day, "--html", str(page), "--csv", str(table)
    )
    assert (answer.returncode, str(page) in answer.stdout, str(table) in answer.stdout) == (0, True, True)
    assert amounts(table)["period//sums/all_receipts"] == plain(gross)
    assert f'data-key="{day}"' in page.read_text(encoding="utf-8")

    one = tmp_path / "one.html"
    gateway(branch.data, "closings", "--register", "kasse-2", "--limit", "1", "--html", str(one), "--user", "chefin")
    copy = one.read_text(encoding="utf-8")
    assert "<li>KOPIE</li>" in copy
    assert " von chefin</li>" in copy

    (job,) = told(branch.data, "closings", "--register", "kasse-1", "--limit", "1", "--print", "--user", "chefin")
    jobs = told(branch.data, "jobs")
    assert [each["title"] for each in jobs if each["job_id"] == job["job_id"]] == ["Z 1 kasse-1"]
    several = gateway(branch.data, "closings", "--print")
    assert several.returncode == 2
    assert "2 closings" in several.stderr

    nothing = gateway(
        branch.data, "closings", "--from", "2099-01-01", "--to", "2100-01-01", "--html", str(tmp_path / "no")
    )
    assert (nothing.returncode, (tmp_path / "no").exists()) == (0, False)
    assert "Kein Tagesabschluss" in nothing.stdout

    before = table.read_bytes()
    for options in (["--csv", str(table)], ["--html", str(tmp_path / "one"), "--csv", str(tmp_path / "one")]):
        refused = gateway(branch.data, "close", *options)
        assert (refused.returncode, refused.stdout) == (2, "")
    assert (table.read_bytes(), (tmp_path / "one").exists()) == (before, False)

    unwritable = gateway(branch.data, "x", "--html", str(tmp_path))
    assert unwritable.returncode == 2
    assert "Traceback" not in unwritable.stderr
