"""Global Trade Item Numbers: length and check digit (GS1 General Specifications, 7.9: modulo 10, weights 3 and 1)."""

from __future__ import annotations

LENGTHS = (8, 12, 13, 14)


def check_digit(body: str) -> int:
    """The digit that completes `body`, a GTIN without its last digit."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -weighted % 10


def is_gtin(text: str) -> bool:
    """Whether `text` is a GTIN-8, -12, -13 or -14 with the right check digit."""
    return len(text) in LENGTHS and text.isascii() and text.isdigit() and int(text[-1]) == check_digit(text[:-1])
