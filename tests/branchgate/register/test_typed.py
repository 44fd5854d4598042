"""What a cashier types is understood in German and English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.errors.texts import Language
from branchgate.register.till.entries import Off
from branchgate.register.till.paying import Pay
from branchgate.register.till.typed import (
    WORDS,
    Typed,
    buyer_of,
    close_of,
    count_of,
    entry_of,
    movement_of,
    off_of,
    payment_of,
    understood,
)
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


@pytest.mark.parametrize(
    ("rest", "pieces", "amount", "blind"),
    [
        ("250,00", None, 25_000, False),
        ("0", None, 0, False),
        ("3x50 2x20 10x0,50", {5_000: 3, 2_000: 2, 50: 10}, None, False),
        ("blind 3 x 50,00", {5_000: 3}, None, True),
        ("verdeckt 12,34", None, 1_234, True),
    ],
)
def test_a_count_is_a_sum_or_pieces(rest: str, pieces: dict[int, int] | None, amount: int | None, blind: bool) -> None:
    count = count_of(Typed("count", rest))
    assert (count.denominations, count.amount, count.blind) == (pieces, amount, blind)


@pytest.mark.parametrize("rest", ["", "3x", "3x50 zwei", "3x50 3x50,00", "-5", "5,001", "3x0"])
def test_what_is_no_count_is_refused(rest: str) -> None:
    with pytest.raises(Refused, match="INVALID_VALUE"):
        count_of(Typed("count", rest))


@pytest.mark.parametrize(
    ("rest", "carry_float", "carry_parked"),
    [
        ("", True, False),
        ("ohne bestand", False, False),
        ("no float", False, False),
        ("geparkte", True, True),
        ("ohne Bestand geparkte", False, True),
        ("parked no float", False, True),
    ],
)
def test_a_closing_leaves_the_float_unless_told_otherwise(rest: str, carry_float: bool, carry_parked: bool) -> None:
    close = close_of(Typed("close", rest))
    assert (close.carry_float, close.carry_parked) == (carry_float, carry_parked)


@pytest.mark.parametrize(
    ("rest", "off"),
    [
        ("10%", Off.model_validate({"percent": 10})),
        ("10 %", Off.model_validate({"percent": 10})),
        ("2,5% Treue", Off.model_validate({"percent": "2,5", "text": "Treue"})),
        ("2,5 % Treue", Off.model_validate({"percent": "2,5", "text": "Treue"})),
        ("1,00 kleine Delle", Off.model_validate({"amount": "1,00", "text": "kleine Delle"})),
        ("0", None),
    ],
)
def test_a_discount_is_an_amount_or_a_percentage_with_a_text(rest: str, off: Off | None) -> None:
    assert off_of(Typed("discount", rest)) == off


@pytest.mark.parametrize(
    ("do", "rest", "pay"),
    [
        ("cash", "", Pay.model_validate({"cash": "exact"})),
        ("cash", "20,00", Pay.model_validate({"cash": "20,00"})),
        ("card", "", Pay.model_validate({"card": "girocard"})),
        ("card", "10,00", Pay.model_validate({"card": "girocard", "amount": "10,00"})),
        ("card", "American Express", Pay.model_validate({"card": "American Express"})),
        ("card", "American Express 10", Pay.model_validate({"card": "American Express", "amount": "10"})),
        ("foreign", "chf 20,00 18,40", Pay.model_validate({"cash": "20,00", "currency": "CHF", "worth": "18,40"})),
        ("account", "", Pay.model_validate({"account": True})),
    ],
)
def test_payments_are_understood(do: str, rest: str, pay: Pay) -> None:
    assert payment_of(Typed(do, rest)) == pay


@given(st.sampled_from(sorted(set(WORDS.values()))), st.text(max_size=20))
def test_whatever_stands_behind_a_word_is_understood_or_refused(do: str, rest: str) -> None:
    typed = Typed(do, rest)
    for read in (entry_of, off_of, payment_of, buyer_of, movement_of, count_of, close_of):
        try:
            read(typed)
        except Refused as refused:
            assert refused.rule
