"""What a cashier types is understood in German and English."""

from __future__ import annotations

import pytest

from branchgate.errors.texts import Language
from branchgate.register.till.typed import Typed, understood
from branchgate.register.till.words import word


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("4006381333931", Typed("article", "4006381333931")),
        ("Äpfel Elstar", Typed("article", "Äpfel Elstar")),
        ("3 * Wasser", Typed("article", "Wasser", "3")),
        ("0,486 x Äpfel", Typed("article", "Äpfel", "0,486")),
        ("1 * Karte", Typed("article", "Karte", "1")),
        ("bar 20,00", Typed("cash", "20,00")),
        ("BAR", Typed("cash")),
        ("card Visa", Typed("card", "Visa")),
        ("storno K1-000001", Typed("void", "K1-000001")),
        ("z", Typed("close")),
        ("nein", Typed("no")),
    ],
)
def test_a_line_is_an_article_or_a_word_with_its_rest(line: str, typed: Typed) -> None:
    assert understood(f"  {line} ") == typed


def test_an_empty_line_means_nothing() -> None:
    assert understood("   ") is None


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_help_is_there_in_both_languages(language: Language) -> None:
    assert ("bar [20,00]" if language == "de" else "cash [20.00]") in word("help", language)
