"""`branchgate devices weigh` and `show`: what people read, what programs read, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from drivers.cli import Exit, app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


@pytest.mark.parametrize(("protocol", "text"), [("toledo-8217", "00.486"), ("sma", "0.486")])
def test_a_weight_is_told_with_the_scales_own_text(protocol: str, text: str) -> None:
    told = run("weigh", "virtual:waage?weight=486", "--protocol", protocol)
    assert (told.exit_code, told.output.splitlines()[0]) == (Exit.DONE, "virtual:waage?weight=486: 486 g")
    assert text in told.output.splitlines()[1]
    facts = json.loads(run("weigh", "virtual:waage?weight=486", "--protocol", protocol, "--json").output)
    assert (facts["grams"], facts["unit"], facts["net"], facts["price_cents"]) == (486, "kg", False, None)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("virtual:waage?fault=unplugged", "DEVICE_ABSENT"),
        ("virtual:waage?fault=in-motion", "SCALE_IN_MOTION"),
        ("virtual:waage?weight=20000", "SCALE_OVER_CAPACITY"),
    ],
)
def test_a_scale_without_a_weight_says_why_in_two_languages(address: str, reason: str) -> None:
    told = run("weigh", address, "--patience", "0.5")
    assert told.exit_code == Exit.TRY_AGAIN
    _address, german, english = told.output.splitlines()
    assert f"[{reason}]" in english
    assert german.strip()
    assert json.loads(run("weigh", address, "--patience", "0.5", "--json").output)["reason"] == reason


def test_a_display_shows_both_lines_and_only_eyes_can_tell(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    told = run("show", f"virtual:kunde?lines={lines}", "Äpfel Elstar", "1,45", "--protocol", "cd5220")
    assert (told.exit_code, "please look at the display" in told.output) == (Exit.UNKNOWN, True)
    assert [line.rstrip() for line in lines.read_text(encoding="utf-8").splitlines()] == ["Äpfel Elstar", "1,45"]


def test_a_display_that_is_not_there_gets_nothing() -> None:
    told = run("show", "virtual:kunde?fault=unplugged", "Hallo", "--json")
    assert (told.exit_code, json.loads(told.output)["reason"]) == (Exit.TRY_AGAIN, "DEVICE_ABSENT")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("weigh", "virtual:waage", "--protocol", "dialog-06"), "toledo-8217, sma"),
        (("show", "virtual:kunde", "x", "--protocol", "morse"), "escpos, cd5220"),
        (("weigh", "carrier-pigeon://roof"), "carrier-pigeon"),
        (("show", "virtual:kunde?weight=3", "x"), "weight"),
    ],
)
def test_what_cannot_be_is_a_wrong_command_line(arguments: tuple[str, ...], named: str) -> None:
    told = run(*arguments)
    assert (told.exit_code, named in told.output) == (Exit.USAGE, True)


def test_a_weight_that_is_no_number_is_named(tmp_path: Path) -> None:
    result = run("set-weight", tmp_path / "scale.sock", "abc")
    assert (result.exit_code, "'abc' is not a whole number of grams" in result.stderr) == (2, True)


def test_a_scale_that_does_not_run_is_told_in_words(tmp_path: Path) -> None:
    result = run("set-weight", tmp_path / "nix.sock", "486")
    assert result.exit_code == 4
    assert "nix.sock antwortet nicht / does not answer: No such file or directory" in result.stderr


def test_a_virtual_scale_names_a_switch_as_it_was_typed() -> None:
    result = run("virtual-scale", "--tcp", "127.0.0.1:0", "--fault", "paper-off")
    assert result.exit_code == 2
    assert "'paper-off': must be one of mute, deaf, slow-ms," in result.stderr


@pytest.mark.parametrize("command", ["open-drawer", "watch"])
def test_a_level_that_there_is_not_is_named_with_those_there_are(command: str) -> None:
    result = run(command, "tcp://127.0.0.1:1", "--open-level", "up")
    assert result.exit_code == 2
    assert "'up' is not one of high, low" in result.stderr
    assert "Value error" not in result.stderr
