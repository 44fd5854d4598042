"""Numbers as people read them: the same separators everywhere, German `1.869` and `10.274,18`, English `1,869` and `10,274.18`."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from branchgate.money import QUANTITY_UNITS, euros
from branchgate.reports.content import Quantity, Value
from branchgate.reports.words import Language

_TO_GERMAN = str.maketrans(",.", ".,")


def number(count: int, language: Language) -> str:
    """A count with separators between thousands."""
    return _in(f"{count:,}", language)


def quantity(value: Quantity, language: Language) -> str:
    """A quantity with its unit; decimals only where it is not whole."""
    whole, rest = divmod(abs(value.thousandths), QUANTITY_UNITS)
    text = f"{'-' if value.thousandths < 0 else ''}{whole:,}{f'.{rest:03d}' if rest else ''}"
    return f"{_in(text, language)} {value.unit}".rstrip()


def percent(basis_points: int, language: Language) -> str:
    """A rate: `19 %`, `7,8 %`."""
    whole, rest = divmod(abs(basis_points), 100)
    text = f"{'-' if basis_points < 0 else ''}{whole:,}"
    if rest:
        text += f".{rest:02d}".rstrip("0")
    return f"{_in(text, language)} %"


def day(iso: str, language: Language) -> str:
    """A day or a month of ISO 8601 as the language writes it."""
    return ".".join(reversed(iso.split("-"))) if language == "de" else iso


def moment(at_ms: int, zone: tzinfo, language: Language) -> str:
    """A time in UTC milliseconds as the clock at the wall showed it."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    return local.strftime("%d.%m.%Y %H:%M:%S" if language == "de" else "%Y-%m-%d %H:%M:%S")


def shown(value: Value, language: Language, *, money: bool) -> str:
    """A value of a report; `money` says whether a whole number is cents."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Quantity():
            return quantity(value, language)
        case _:
            return euros(value, language) if money else number(value, language)


def _in(text: str, language: Language) -> str:
    return text.translate(_TO_GERMAN) if language == "de" else text
