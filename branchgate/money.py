"""Money, prices and quantities as integers: cents, 1/100,000 EUR, thousandths. No floats anywhere.

Rounding is commercial (half away from zero), once per line (see docs/decisions on VAT arithmetic).
"""

from __future__ import annotations

PRICE_UNITS_PER_CENT = 1_000
"""Unit prices are integers of 1/100,000 EUR: DSFinV-K's STK_BR has five decimals."""

QUANTITY_UNITS = 1_000
"""Quantities are integer thousandths of a piece or kilogram: DSFinV-K's MENGE has three decimals."""


def divide_half_away(numerator: int, denominator: int) -> int:
    """Integer division rounded half away from zero; `denominator` must be positive."""
    quotient, remainder = divmod(abs(numerator), denominator)
    if remainder * 2 >= denominator:
        quotient += 1
    return quotient if numerator >= 0 else -quotient


def line_cents(quantity_thousandths: int, unit_price: int) -> int:
    """What a line costs in cents: quantity times unit price (1/100,000 EUR), rounded once."""
    return divide_half_away(quantity_thousandths * unit_price, QUANTITY_UNITS * PRICE_UNITS_PER_CENT)


def spread(total: int, weights: list[int]) -> list[int]:
    """Splits `total` in proportion to `weights` without losing a cent, by largest remainder; ties go to the earlier part.

    Weights may have mixed signs as long as their sum is not zero; with a zero sum everything goes to the first part.
    """
    whole = sum(weights)
    if not weights:
        return []
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    floors = [total * weight // whole for weight in weights]
    remainders = [(total * weight) % whole if whole > 0 else -((total * weight) % whole) for weight in weights]
    missing = total - sum(floors)
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[:missing]:
        floors[index] += 1
    return floors


def euros(cents: int, language: str = "de") -> str:
    """An amount as people read it: `-1.234,50` in German, `-1,234.50` in English."""
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole:,}.{rest:02d}"
    if language == "de":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"-{text}" if cents < 0 else text


def quantity_text(thousandths: int, weighed: bool, language: str = "de") -> str:
    """A quantity as people read it: `3`, or `0,486` when weighed or not whole."""
    whole, rest = divmod(abs(thousandths), QUANTITY_UNITS)
    sign = "-" if thousandths < 0 else ""
    if not rest and not weighed:
        return f"{sign}{whole}"
    return f"{sign}{whole}{',' if language == 'de' else '.'}{rest:03d}"
