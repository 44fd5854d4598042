"""Numbers as German merchants write them, exactly: `20,97`, `1.234,50`, and `20.97` where it can mean only one thing.

Values stay fractions until they are rounded once, commercially, into the integers that the rest of the house uses: unit
prices in 1/100,000 EUR, VAT rates in basis points. Ameise writes net prices with up to fifteen decimals, so rounding early
would shift gross prices.
"""

from __future__ import annotations

import re
from fractions import Fraction

from branchgate.money import PRICE_UNITS_PER_CENT, divide_half_away

UNIT_PRICES_PER_EURO = 100 * PRICE_UNITS_PER_CENT
BASIS_POINTS = 10_000

_PLAIN = re.compile(r"\d{1,12}(?:,\d{1,20})?")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d{1,20})?")
_POINTED = re.compile(r"\d{1,12}\.\d{1,20}")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}\.\d{3}")


class NotANumberError(ValueError):
    """The text is no number in a form that this importer reads."""


class AmbiguousNumberError(NotANumberError):
    """`1.234` may be 1234 or 1,234: guessing would sell at a thousandth of the price."""


def parse_number(text: str, unit: str = "") -> Fraction:
    """The exact value of `text`, which may end with `unit` (such as `€` or `%`) after optional space.

    Raises NotANumberError for anything else, AmbiguousNumberError when a single point could part thousands or decimals.
    """
    digits = text.strip()
    if unit and digits.endswith(unit):
        digits = digits.removesuffix(unit).rstrip()
    sign = -1 if digits.startswith("-") else 1
    digits = digits.removeprefix("-")
    if not digits.isascii():
        raise NotANumberError(text)
    if _AMBIGUOUS.fullmatch(digits):
        raise AmbiguousNumberError(text)
    if _PLAIN.fullmatch(digits):
        return sign * Fraction(digits.replace(",", "."))
    if _GROUPED.fullmatch(digits):
        return sign * Fraction(digits.replace(".", "").replace(",", "."))
    if _POINTED.fullmatch(digits):
        return sign * Fraction(digits)
    raise NotANumberError(text)


def round_commercially(value: Fraction) -> int:
    """To the nearest integer, halves away from zero (DIN 1333)."""
    return divide_half_away(value.numerator, value.denominator)


def unit_price(euros: Fraction) -> int:
    """Euros as an integer unit price in 1/100,000 EUR."""
    return round_commercially(euros * UNIT_PRICES_PER_EURO)


def gross_from_net(net_euros: Fraction, vat_rate: int) -> int:
    """The gross unit price in 1/100,000 EUR of a net price, rounded once; `vat_rate` in basis points."""
    return unit_price(net_euros * Fraction(BASIS_POINTS + vat_rate, BASIS_POINTS))
