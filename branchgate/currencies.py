"""How many decimals a currency has, so that an amount in its minor unit can be written (ISO 4217)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BASE: Final = "EUR"
"""The branch's own currency."""

OWN_MONEY: Final = frozenset({BASE, ""})
"""How payments name it; some do not name it at all."""

USUAL_DECIMALS: Final = 2
_OTHER_DECIMALS: Final[Mapping[str, int]] = MappingProxyType(
    {
        **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
        **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    }
)


def amount_text(minor_units: int, currency: str = BASE) -> str:
    """An amount with a point and no grouping: `-5.00` of -500 cents, `500` of 500 yen."""
    decimals = _OTHER_DECIMALS.get(currency, USUAL_DECIMALS)
    whole, rest = divmod(abs(minor_units), 10**decimals)
    sign = "-" if minor_units < 0 else ""
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"
