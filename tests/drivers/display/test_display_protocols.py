"""The contract of display languages, against every one that is registered; what they show is read by the virtual display."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.display.contract import COLUMNS, DisplayProtocol, Row, Screen
from drivers.display.layout import lines_of
from drivers.display.protocols import DISPLAYS
from drivers.virtual.display import VirtualDisplay

LANGUAGES = tuple(DISPLAYS)
texts = st.text(st.characters(exclude_categories=()), max_size=60)
hostile = st.one_of(texts, st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))


def shown(name: str, screen: Screen, *, split: int = 1000) -> VirtualDisplay:
    """A display that was just switched on and gets this, in pieces of that length."""
    protocol, display = DISPLAYS[name], VirtualDisplay(name)
    data = protocol.initialise() + protocol.show(*lines_of(screen, protocol.characters))
    for start in range(0, len(data), split):
        display.receive(data[start : start + split])
    return display


@pytest.fixture(params=LANGUAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_name_stands_left_and_its_price_right(name: str) -> None:
    display = shown(name, Screen(Row("Brötchen", "0,35"), Row("Summe", "12,50")))
    assert display.lines == ("Brötchen        0,35", "Summe          12,50")
    assert display.complaints == []


def test_umlauts_and_sharp_s_are_shown_as_they_are(name: str) -> None:
    assert shown(name, Screen(Row("äöüÄÖÜß"))).lines[0].rstrip() == "äöüÄÖÜß"


@pytest.mark.parametrize(("language", "sign"), [("escpos", "1 €"), ("cd5220", "1 EUR")])
def test_the_euro_sign_is_shown_or_spelled(language: str, sign: str) -> None:
    assert shown(language, Screen(Row("", "1 €"))).lines[0].lstrip() == sign


def test_a_display_without_brackets_shows_no_umlauts_in_their_place() -> None:
    assert shown("cd5220", Screen(Row("a[b]{c}|d\\e~f@"))).lines[0].rstrip() == "a(b)(c)/d/e-f(at)"


def test_what_a_display_has_no_sign_for_is_written_with_its_base_letter(name: str) -> None:
    assert shown(name, Screen(Row("Čaj „Łőx“ 茶"))).lines[0].rstrip() == 'Caj "Lox" ?'


@given(language=st.sampled_from(LANGUAGES), left=hostile, right=hostile, split=st.integers(1, 30))
def test_no_text_is_ever_a_command(language: str, left: str, right: str, split: int) -> None:
    """CR ends CD5220's line command, US moves the cursor, ESC @ empties the display: names come from elsewhere."""
    display = shown(language, Screen(Row(left, right), Row(right, left)), split=split)
    wanted = lines_of(Screen(Row(left, right), Row(right, left)), DISPLAYS[language].characters)
    assert display.complaints == []
    assert display.lines == wanted


@given(language=st.sampled_from(LANGUAGES), left=texts, right=texts)
def test_a_line_is_always_twenty_characters_and_a_figure_whole_or_not_there(
    language: str, left: str, right: str
) -> None:
    characters = DISPLAYS[language].characters
    line, _ = lines_of(Screen(Row(left, right)), characters)
    assert len(line) == COLUMNS
    assert line.endswith(characters.shown(right)) or line == "#" * COLUMNS


def test_a_long_name_is_cut_and_leaves_a_gap_before_the_price(name: str) -> None:
    screen = Screen(Row("Bio-Vollkornbrötchen mit Kürbiskernen", "1.234,56"))
    assert shown(name, screen).lines[0] == "Bio-Vollkor 1.234,56"


def test_showing_works_on_a_display_that_was_switched_off_and_on(name: str) -> None:
    protocol, display = DISPLAYS[name], VirtualDisplay(name)
    display.receive(protocol.show(*lines_of(Screen(Row("Käse", "2,99")), protocol.characters)))
    assert display.lines[0] == "Käse            2,99"


def test_a_shorter_text_leaves_nothing_of_the_longer_one(name: str) -> None:
    protocol, display = DISPLAYS[name], shown(name, Screen(Row("x" * 20, ""), Row("y" * 20, "")))
    display.receive(protocol.show(*lines_of(Screen(Row("a")), protocol.characters)))
    assert display.lines == ("a".ljust(COLUMNS), " " * COLUMNS)


def test_clear_empties_the_display(name: str) -> None:
    display = shown(name, Screen(Row("Summe", "1,00")))
    display.receive(DISPLAYS[name].clear())
    assert "".join(display.lines).strip() == ""


def test_initialise_brings_a_display_back_from_any_mode(name: str) -> None:
    protocol: DisplayProtocol = DISPLAYS[name]
    display = shown(name, Screen(Row("alt"), Row("alt")))
    display.receive(protocol.initialise())
    assert "".join(display.lines).strip() == ""
    assert display.complaints == []


def test_a_figure_that_does_not_fit_is_no_figure_instead_of_a_wrong_one(name: str) -> None:
    assert shown(name, Screen(Row("Summe", "1" * 21))).lines[0] == "#" * COLUMNS
    assert shown(name, Screen(Row("Summe", "1" * 20))).lines[0] == "1" * COLUMNS


def test_control_characters_leave_nothing_behind_and_breaks_leave_a_blank(name: str) -> None:
    assert shown(name, Screen(Row("a\x1b\x0c\x7f\x9b\u200bb\r\nc\td"))).lines[0].rstrip() == "ab  c d"
