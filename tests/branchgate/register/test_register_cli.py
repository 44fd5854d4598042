"""`branchgate register`: what it says to people and to machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from branchgate.cli import main
from branchgate.register import cli
from tests.branchgate.register.stocked import stocked


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(("register", *arguments))
    return ended.value.code


@pytest.mark.parametrize("command", ["pair", "till", "status", "diagnose"])
def test_every_command_teaches_how_it_is_used(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    assert "--data" in capsys.readouterr().out


def test_the_state_of_a_register_without_its_gateway_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "GREETING_WITHIN_S", 0.01)
    stocked(tmp_path)
    assert run("status", "--data", str(tmp_path), "--json") == 4
    told = json.loads(capsys.readouterr().out)
    assert (told["register_id"], told["connected"], told["articles"]) == ("kasse-1", False, 4)
    assert told["stuck_print_jobs"] == []
    assert run("status", "--data", str(tmp_path)) == 4
    said = capsys.readouterr()
    assert ("nein / no" in said.out, said.err) == (True, "")


def test_a_folder_that_is_not_paired_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("status", "diagnose", "till"):
        assert run(command, "--data", str(tmp_path)) == 3
        assert "NOT_PAIRED" in capsys.readouterr().err


def test_a_mistyped_code_is_refused_before_anything_is_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pair", "127.0.0.1:9", "--code", "737C", "--data", str(tmp_path)) == 3
    assert "PAIRING_CODE_MALFORMED" in capsys.readouterr().err


def test_a_gateway_that_does_not_answer_is_worth_another_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stocked(tmp_path)
    assert run("diagnose", "--data", str(tmp_path)) == 4
    assert run("pair", "127.0.0.1:9", "--code", "737C-JM8E-TVEZ", "--data", str(tmp_path)) == 4
    assert "NOT_REACHABLE" in capsys.readouterr().err
