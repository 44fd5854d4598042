"""The till as a process: killed in the middle of selling, ended by a signal, by the end of its input, by nobody being paired."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from branchgate.receipts.codec import decode_receipt
from tests.branchgate.register.stocked import stocked
from tests.rigs.patience import line_of

SALE = {"do": "sell", "lines": [{"article": "10002"}], "pay": {"card": "girocard"}}
ENDS_WITHIN_S = 30
ANSWERED_BEFORE_THE_KILL = 17


@contextmanager
def till(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "branchgate", "register", "till", "--data", str(folder), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "200"},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def answer(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(line_of(process))
    return said


def send(process: subprocess.Popen[bytes], *lines: dict[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    process.stdin.flush()


def test_what_a_killed_till_answered_is_in_its_outbox_and_no_number_is_missing(tmp_path: Path) -> None:
    stocked(tmp_path)
    said: list[dict[str, Any]] = []
    with till(tmp_path, "--script") as process:
        assert answer(process)["ready"]
        send(process, *[SALE] * 60)
        said += [answer(process) for _ in range(ANSWERED_BEFORE_THE_KILL)]
        process.kill()
        assert process.stdout is not None
        # A line that the kill cut off was not answered.
        said += [json.loads(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as connection:
        rows = connection.execute(
            "SELECT event_id, register_sequence, body FROM outbox ORDER BY register_sequence"
        ).fetchall()
    held = {row[0].hex(): decode_receipt(row[2]) for row in rows}
    assert all(held[one["event_id"]].receipt_number == one["receipt_number"] for one in said)
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
    assert [receipt.running_number for receipt in held.values()] == list(range(1, len(rows) + 1))
    with till(tmp_path, "--script") as process:
        answer(process)
        send(process, SALE)
        assert answer(process)["running_number"] == len(rows) + 1


def test_a_till_ends_with_its_input(tmp_path: Path) -> None:
    stocked(tmp_path)
    with till(tmp_path, "--script") as process:
        out, _ = process.communicate(json.dumps(SALE).encode(), timeout=ENDS_WITHIN_S)
        assert process.returncode == 0
    assert json.loads(out.splitlines()[1])["ok"]


def test_a_till_ends_when_it_is_told_to(tmp_path: Path) -> None:
    stocked(tmp_path)
    with till(tmp_path, "--script") as process:
        answer(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) == 0


def test_a_person_sells_at_the_terminal(tmp_path: Path) -> None:
    stocked(tmp_path)
    typed = "hilfe\n2 * 10002\n0,486 * Äpfel Elstar\nzurück\nbar 20\nWas\nrückgabe\n10002\nbar\nstorno\nstatus\nende\n"
    with till(tmp_path) as process:
        out, errors = process.communicate(typed.encode(), timeout=ENDS_WITHIN_S)
        assert process.returncode == 0, errors.decode()
    shown = out.decode()
    assert "Bon K1-000001" in shown
    assert "2,08" in shown
    assert "17,92" in shown
    assert "Pfand Wasser" in shown
    assert "Gemeint ist vielleicht" in shown
    assert "-1,04" in shown
    assert "schon storniert" not in shown
    assert "3 Bons warten auf das Gateway" in shown
    # Lines like "[info     ] gateway_connected" stood between the articles.
    assert errors == b""


def test_without_pairing_the_till_says_what_to_do(tmp_path: Path) -> None:
    with till(tmp_path, "--script") as process:
        _, errors = process.communicate(b"", timeout=ENDS_WITHIN_S)
        assert process.returncode == 3
    assert b"NOT_PAIRED" in errors
