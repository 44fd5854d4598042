"""`branchgate gateway verify`, on a running gateway and on a folder: what the operator reads, and what a script learns from the exit code."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.branch import Branch
from tests.rigs.outbox import LoadedRegister

SALES = 12


def gateway(data: Path, *question: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "branchgate", "gateway", *question, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def steps(answer: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.stdout.splitlines()]


def faults(answer: subprocess.CompletedProcess[str]) -> list[tuple[str, int]]:
    told = [step["fault"] for step in steps(answer) if "fault" in step]
    return [(fault["reason"], fault["journal_sequence"]) for fault in told]


def reasons(folder: Path) -> set[str]:
    return {reason for reason, _ in faults(gateway(folder, "verify", "--json"))}


async def sell(branch: Branch) -> None:
    (identity,) = branch.registers
    register = LoadedRegister.of(identity, lambda: None)
    await register.sell(identity, until=lambda: register.acknowledged >= SALES)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """A branch with a day behind it, stopped by a kill, so that logs lie beside both stores."""
    with Branch(tmp_path_factory.mktemp("branch"), registers=1) as branch:
        branch.start()
        asyncio.run(sell(branch))
        assert gateway(branch.data, "close").returncode == 0
        # An X is answered when the sales store has the closing too; killed before, it would not be ahead of a journal that lost it.
        assert gateway(branch.data, "x").returncode == 0
        branch.kill()
        yield branch


@pytest.fixture
def folder(closed: Branch, tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    shutil.copytree(closed.data, copy, ignore=shutil.ignore_patterns("*.sock"))
    return copy


def change(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "branch.db")
    for trigger in ("journal_keeps_values", "journal_keeps_entries"):
        connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_whole_journal_of_a_stopped_gateway_ends_with_its_check_mark(folder: Path) -> None:
    answer = gateway(folder, "verify", "--json")
    assert answer.returncode == 0, answer.stderr
    verdict = steps(answer)[-1]["verdict"]
    assert (verdict["intact"], verdict["entries"]) == (True, verdict["head"])
    again = gateway(folder, "verify", "--anchor", f"{verdict['chain_hash'][:16]}@{verdict['head']}")
    assert again.returncode == 0
    assert "Das Journal ist heil / the journal is whole" in again.stdout
    assert gateway(folder, "verify", "--anchor", f"00112233@{verdict['head']}").returncode == 1


def test_damage_is_told_to_the_entry_in_both_languages(folder: Path) -> None:
    change(folder, "UPDATE journal SET body = x'00' WHERE sequence = 4")
    answer = gateway(folder, "verify")
    assert answer.returncode == 1
    assert "Eintrag / entry 4, kasse-1, RECEIPT, " in answer.stdout
    assert "Eintrag 4 passt nicht zu seiner Prüfsumme" in answer.stdout
    assert "Entry 4 does not fit its check sum" in answer.stdout


def test_a_journal_that_is_gone_beside_its_sales_store_is_damage(folder: Path) -> None:
    (folder / "branch.db").write_bytes(b"")
    answer = gateway(folder, "verify", "--json")
    assert answer.returncode == 1
    assert faults(answer) == [("JOURNAL_LOST", 0)]


def test_a_sales_store_that_is_ahead_or_spoilt_is_named(folder: Path) -> None:
    change(folder, "DELETE FROM journal WHERE sequence = (SELECT max(sequence) FROM journal)")
    # The entry was a closing: what the gateway knows of its register tells of it too.
    assert reasons(folder) == {"SALES_STORE_DIFFERS", "REGISTER_STATE_DIFFERS"}
    (folder / "sales.duckdb").write_bytes(b"no database")
    assert reasons(folder) == {"SALES_STORE_UNREADABLE", "REGISTER_STATE_DIFFERS"}


def test_a_folder_where_nothing_was_ever_recorded_cannot_be_examined(tmp_path: Path) -> None:
    answer = gateway(tmp_path, "verify")
    assert (answer.returncode, "NO_JOURNAL" in answer.stderr) == (3, True)
    answer = gateway(tmp_path / "not there", "verify")
    assert (answer.returncode, "NO_JOURNAL" in answer.stderr) == (3, True)
    assert not (tmp_path / "not there").exists()


def test_an_export_of_a_journal_that_is_damaged_or_gone_is_refused_with_a_sentence(folder: Path) -> None:
    for log in folder.glob("branch.db-*"):
        log.unlink()
    with (folder / "branch.db").open("r+b") as file:
        file.write(bytes(100))
    answer = gateway(folder, "export", "journal", "--to", str(folder / "a"))
    assert (answer.returncode, "STORE_DAMAGED" in answer.stderr, "Traceback" in answer.stderr) == (3, True, False)
    for file_of_it in folder.glob("branch.db*"):
        file_of_it.unlink()
    answer = gateway(folder, "export", "journal", "--to", str(folder / "a"))
    assert (answer.returncode, "JOURNAL_LOST" in answer.stderr) == (3, True)
    assert not (folder / "a").exists()


def test_a_running_gateway_finds_the_same_and_tells_it_until_somebody_acknowledges(closed: Branch) -> None:
    closed.start()
    try:
        whole = gateway(closed.data, "verify", "--json")
        assert whole.returncode == 0, whole.stderr
        change(closed.data, "DELETE FROM journal WHERE sequence = 5")
        answer = gateway(closed.data, "verify", "--json")
        assert answer.returncode == 1, answer.stderr
        assert faults(answer) == [("JOURNAL_ENTRY_MISSING", 5), ("JOURNAL_ENTRY_UNPROVED", 6)]
        (incident, unproved) = json.loads(gateway(closed.data, "incidents", "--json").stdout)["incidents"]
        assert incident["reason"] == "JOURNAL_ENTRY_MISSING"
        assert any("branchgate gateway acknowledge" in line for line in warnings(closed))
        assert (
            gateway(
                closed.data, "acknowledge", str(incident["number"]), str(unproved["number"]), "--user", "anna"
            ).returncode
            == 0
        )
        assert not any("branchgate gateway acknowledge" in line for line in warnings(closed))
        assert gateway(closed.data, "acknowledge", "4711").returncode == 3
        huge = gateway(closed.data, "acknowledge", "9" * 20)
        assert (huge.returncode, "Traceback" in huge.stderr) == (2, False)
    finally:
        closed.kill()


def warnings(branch: Branch) -> list[str]:
    told: list[str] = json.loads(gateway(branch.data, "status", "--json").stdout)["warnings_de"]
    return told


def test_the_chain_of_an_export_is_verified_without_a_gateway(closed: Branch, folder: Path, tmp_path: Path) -> None:
    whole, running = tmp_path / "stopped.jsonl", tmp_path / "running.jsonl"
    assert gateway(folder, "export", "journal", "--to", str(whole)).returncode == 0
    assert gateway(folder, "export", "journal", "--to", str(whole)).returncode != 0  # it is there already
    closed.start()
    try:
        answer = gateway(closed.data, "export", "journal", "--to", str(running), "--from", "3")
        assert answer.returncode == 0, answer.stderr
    finally:
        closed.kill()
    assert check(whole).returncode == 1  # the entry that another test took out
    assert check(running).returncode == 1
    lines = whole.read_bytes().splitlines(keepends=True)
    whole.write_bytes(b"".join(lines[:4]))
    assert "abgeschnitten" in check(whole).stdout


def check(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "branchgate", "check", "journal", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
