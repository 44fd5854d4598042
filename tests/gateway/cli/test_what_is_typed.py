"""Options that a person or a script mistypes: told before anything is asked of a gateway."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.cli import main


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["gateway", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "command",
    [
        ("close", "--register", ""),
        ("x", "--register", " "),
        ("closings", "--from", ""),
        ("year", "--register", ""),
        ("cash", "--register", ""),
        ("count", "kasse-1", "--sum", ""),
        ("export", "dsfinvk", "--from", "2026-01-01", "--to", "2026-12-31", "--register", ""),
    ],
)
def test_an_option_that_is_given_empty_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert run(*command, "--data", str(tmp_path)) == 2
    assert "empty" in capsys.readouterr().err


@pytest.mark.parametrize("typed", [("--sum", "１２"), ("--pieces", "5x٥"), ("--pieces", "٥x5")])
def test_amounts_and_pieces_are_ascii_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, str]
) -> None:
    assert run("count", "kasse-1", *typed, "--data", str(tmp_path)) == 2
    assert "for example" in capsys.readouterr().err.replace("│\n│ ", "")


def test_a_journal_that_cannot_be_written_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "nowhere" / "journal.jsonl"
    assert run("export", "journal", "--to", str(to), "--data", str(tmp_path)) == 3
    assert "EXPORT_FILE_NOT_WRITABLE" in capsys.readouterr().err


def test_an_entry_beyond_any_number_is_told(tmp_path: Path) -> None:
    to = tmp_path / "journal.jsonl"
    assert run("export", "journal", "--from", "9" * 20, "--to", str(to), "--data", str(tmp_path)) == 2
