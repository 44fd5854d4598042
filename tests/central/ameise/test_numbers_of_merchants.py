"""German decimals, exactly or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ameise.numbers import (
    AmbiguousNumberError,
    NotANumberError,
    gross_from_net,
    parse_number,
    round_commercially,
    unit_price,
)


def german(cents: int, grouped: bool) -> str:
    whole, rest = divmod(abs(cents), 100)
    digits = f"{whole:,}".replace(",", ".") if grouped else str(whole)
    return f"{'-' if cents < 0 else ''}{digits},{rest:02d}"


@given(st.integers(-10_000_000_000, 10_000_000_000), st.booleans())
def test_every_amount_in_cents_survives_being_written_in_german(cents: int, grouped: bool) -> None:
    assert parse_number(german(cents, grouped)) == Fraction(cents, 100)


@given(st.integers(0, 10**9), st.integers(0, 10**15 - 1))
def test_long_decimals_of_net_prices_keep_every_digit(whole: int, decimals: int) -> None:
    expected = whole + Fraction(decimals, 10**15)
    assert parse_number(f"{whole},{decimals:015d}") == expected
    assert parse_number(f"{whole}.{decimals:015d}") == expected


@given(st.text(max_size=12))
def test_any_other_text_is_refused_as_not_a_number(text: str) -> None:
    try:
        value = parse_number(text, "€")
    except NotANumberError:
        return
    assert any(character.isdigit() for character in text)
    assert value.denominator <= 10**12


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20,97", Fraction(2097, 100)),
        ("1.234,50", Fraction(123450, 100)),
        ("1.234.567", Fraction(1234567)),
        ("20.97", Fraction(2097, 100)),
        ("0.250", Fraction(1, 4)),
        ("1234.567", Fraction(1234567, 1000)),
        ("1,234", Fraction(1234, 1000)),
        (" 3,99 € ", Fraction(399, 100)),
        ("-0,25", Fraction(-1, 4)),
    ],
)
def test_a_number_that_can_mean_one_thing_only_is_read(text: str, value: Fraction) -> None:
    assert parse_number(text, "€") == value


@pytest.mark.parametrize("text", ["1.234", "12.500", "-999.000"])
def test_a_single_point_before_three_digits_is_ambiguous(text: str) -> None:
    with pytest.raises(AmbiguousNumberError):
        parse_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", ",50", "5,", "1,2,3", "1.23.456", "1,234.50", "1e3", "NaN", "Infinity", "٣", "12 €", "0x10", "1_000"],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(NotANumberError):
        parse_number(text)


@pytest.mark.parametrize(("value", "rounded"), [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("2.4999", 2)])
def test_halves_are_rounded_away_from_zero(value: str, rounded: int) -> None:
    assert round_commercially(Fraction(value)) == rounded


def test_a_gross_price_is_rounded_once_from_the_exact_net_price() -> None:
    assert gross_from_net(parse_number("17,621848739495798"), 1900) == 2_097_000
    assert gross_from_net(parse_number("0,99"), 700) == 105_930
    assert unit_price(parse_number("0,000005")) == 1
