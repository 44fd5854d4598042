"""What answers hold does nothing to the terminal that shows them.

A receipt number, an article's name or a cell of a file came through as rich's markup and as escape sequences: "[/]" ended the command
with a traceback, others changed colours or the window's title. Ids were cut off with "…" where the terminal was narrow, so that they
could not be typed back.
"""

from __future__ import annotations

import pytest

from branchgate.cli import main
from branchgate.errors import Refused
from branchgate.errors.texts import sentence_for
from branchgate.showing import Answers, age, console, foreign, show_facts, show_next_step, show_warning

HOSTILE = "[/] [red]x[/red] \x1b[2J\x1b]0;owned\x07 \x9b31m \u202e[link=https://example.org]"
JOB = "0123456789abcdef" * 2


def assert_harmless(shown: str) -> None:
    for text in ("[/]", "[red]x[/red]", "owned", "[link=https://example.org]"):
        assert text in shown
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_a_table_shows_texts_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    table = Answers("Bon", "wert")
    table.add("1", HOSTILE)
    console().print(table)
    shown = capsys.readouterr().out
    assert "owned" in shown
    assert "\x1b" not in shown
    assert "[/]" in shown


def test_facts_sentences_and_warnings_show_texts_as_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    show_facts(("Name", HOSTILE))
    assert_harmless(capsys.readouterr().out)
    show_warning(HOSTILE, HOSTILE)
    assert_harmless(capsys.readouterr().out)
    console().print(f"[bold]{foreign(HOSTILE)}[/]")
    assert_harmless(capsys.readouterr().out)


def test_an_id_is_complete_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    table = Answers("Auftrag / job", "Bon / receipt", "Drucker / printer", "Zustand / state")
    table.add(JOB, "K1-0000001", "theke", "UNCERTAIN")
    console().print(table)
    shown = capsys.readouterr().out
    assert "…" not in shown
    digits = "".join(line.split("│")[1].strip() for line in shown.splitlines() if line.startswith("│"))
    assert digits == JOB


def test_an_error_shows_its_value_as_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> None:
        raise Refused("INVALID_VALUE", field="name", value=HOSTILE, rule="a name")

    monkeypatch.setattr("branchgate.cli.app", fails)
    with pytest.raises(SystemExit, match="3"):
        main([])
    assert_harmless(capsys.readouterr().err)


def test_a_command_to_copy_is_in_one_line_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint at what comes next was broken at 80 columns, in the middle of a path."""
    monkeypatch.setenv("COLUMNS", "80")
    command = f"branchgate gateway run --data /var/lib/{'a-long-name-' * 10}/gateway"
    show_next_step(f"Angemeldet als Filiale [bold]mitte[/].\nWeiter / next: {foreign(command)}")
    assert capsys.readouterr().out == f"Angemeldet als Filiale mitte.\nWeiter / next: {command}\n"


def test_a_value_is_not_filled_in_again() -> None:
    text = sentence_for("INVALID_VALUE", "de", field="f", value="{rule}{reason}", rule="the rule")
    assert "{rule}{reason}" in text


@pytest.mark.parametrize(
    ("minutes", "german", "both"),
    [
        (-5, "0 min", "0 min"),
        (59, "59 min", "59 min"),
        (60, "1 h", "1 h"),
        (47 * 60 + 59, "47 h", "47 h"),
        (48 * 60, "2 Tage", "2 Tage / days"),
        (21 * 24 * 60, "21 Tage", "21 Tage / days"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_still_tells(minutes: int, german: str, both: str) -> None:
    """A clock that was set back makes nothing younger than new."""
    assert (age(minutes * 60_000, "de"), age(minutes * 60_000)) == (german, both)
