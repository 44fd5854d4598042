"""The `branchgate` command with rooms that are there, broken or absent; rooms are announced as an installer would, on disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from branchgate import __version__
from branchgate.cli import main

Announce = Callable[[str, str], None]

ROOM = """
import typer
from branchgate.errors import OutcomeUnknown, Refused, TryAgain

app = typer.Typer()

@app.command()
def greet(name: str) -> None:
    print(f"Moin {name}")

@app.command()
def fail(family: str) -> None:
    errors = {"refused": Refused, "try-again": TryAgain, "outcome-unknown": OutcomeUnknown}
    raise errors[family]("NOT_FOUND", field="branch", value="b7")

@app.command()
def defect() -> None:
    raise ZeroDivisionError("a defect")
"""


@pytest.fixture
def announce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Announce:
    """Installs a room: a module of its own and the entry point that names it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name: str, source: str) -> None:
        module = f"room_{name}_{abs(hash(tmp_path))}"
        (tmp_path / f"{module}.py").write_text(source)
        metadata = tmp_path / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[branchgate.commands]\n{name} = {module}:app\n")

    return install


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"branchgate {__version__}\n"


def test_without_arguments_the_help_teaches_the_first_commands(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    shown = capsys.readouterr()
    assert "branchgate central run" in shown.out + shown.err


def test_the_named_room_runs_its_command(announce: Announce, capsys: pytest.CaptureFixture[str]) -> None:
    announce("kiosk", ROOM)
    assert run("kiosk", "greet", "Anna") == 0
    assert capsys.readouterr().out == "Moin Anna\n"


def test_a_rooms_own_help_names_the_whole_command(announce: Announce, capsys: pytest.CaptureFixture[str]) -> None:
    announce("kiosk", ROOM)
    assert run("kiosk", "--help") == 0
    shown = capsys.readouterr().out
    assert "branchgate kiosk" in shown
    assert "greet" in shown


def test_help_does_not_import_the_rooms(announce: Announce, capsys: pytest.CaptureFixture[str]) -> None:
    announce("kiosk", "raise RuntimeError('must not be imported to be listed')")
    assert run("--help") == 0
    assert "kiosk" in capsys.readouterr().out


def test_a_room_whose_module_is_gone_is_listed_with_the_reason(
    announce: Announce, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    announce("kiosk", ROOM)
    announce("lost", ROOM)
    next(tmp_path.glob("room_lost_*.py")).unlink()
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert "NOT AVAILABLE" in shown
    assert "kiosk" in shown


def test_a_room_below_a_broken_package_is_listed_with_the_error(
    tmp_path: Path, announce: Announce, capsys: pytest.CaptureFixture[str]
) -> None:
    announce("broken", ROOM)
    package = tmp_path / "broken_package"
    package.mkdir()
    (package / "__init__.py").write_text("1 / 0")
    entry_point = "[branchgate.commands]\nbroken = broken_package.cli:app\n"
    (tmp_path / "broken-1.0.dist-info" / "entry_points.txt").write_text(entry_point)
    assert run("--help") == 0
    assert "ZeroDivisionError" in capsys.readouterr().out


@pytest.mark.parametrize("source", ["import a_library_that_nobody_has", "application = None"])
def test_a_room_that_cannot_be_loaded_says_so_in_two_languages(
    source: str, announce: Announce, capsys: pytest.CaptureFixture[str]
) -> None:
    announce("kiosk", ROOM)
    announce("broken", source)
    assert run("broken") == 1
    told = capsys.readouterr().err
    assert "lassen sich nicht laden" in told
    assert "cannot be loaded" in told
    assert run("kiosk", "greet", "Anna") == 0


def test_a_mistyped_room_is_a_usage_error_with_a_suggestion(
    announce: Announce, capsys: pytest.CaptureFixture[str]
) -> None:
    announce("kiosk", ROOM)
    assert run("kiosc") == 2
    assert "kiosk" in capsys.readouterr().err


@pytest.mark.parametrize(("family", "code"), [("refused", 3), ("try-again", 4), ("outcome-unknown", 5)])
def test_an_error_is_told_in_german_and_english_and_by_its_exit_code(
    family: str, code: int, announce: Announce, capsys: pytest.CaptureFixture[str]
) -> None:
    announce("kiosk", ROOM)
    assert run("kiosk", "fail", family) == code
    german, english, reason = capsys.readouterr().err.splitlines()
    assert "ist nicht bekannt" in german
    assert "is not known" in english
    assert reason == "[NOT_FOUND]"


def test_a_defect_keeps_its_traceback(announce: Announce) -> None:
    announce("kiosk", ROOM)
    with pytest.raises(ZeroDivisionError, match="a defect"):
        main(["kiosk", "defect"])


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "branchgate.cli", "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == f"branchgate {__version__}\n"
