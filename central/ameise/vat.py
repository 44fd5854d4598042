"""From a merchant's tax rate or tax class to a DSFinV-K VAT key with its rate (DSFinV-K 2.4, Anlage 2 of 2024-12-05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from branchgate.vat import STANDARD_RATES
from central.ameise.headers import fold


@dataclass(frozen=True, slots=True)
class Vat:
    """A DSFinV-K key (UST_SCHLUESSEL) and the rate it stands for, in basis points."""

    key: int
    rate: int

    def __str__(self) -> str:
        return percent(self.rate)


BY_KEY: Mapping[int, Vat] = MappingProxyType({key: Vat(key, rate) for key, rate in STANDARD_RATES.items()})

GENERAL = BY_KEY[1]
REDUCED = BY_KEY[2]
NOT_TAXABLE = BY_KEY[5]
EXEMPT = BY_KEY[6]

# 0 % names four keys; a plain 0 is read as "not taxable" unless the merchant's mapping says otherwise.
_BY_RATE = {vat.rate: vat for vat in BY_KEY.values() if vat.rate} | {0: NOT_TAXABLE}

_BY_CLASS = {
    "normaler Steuersatz": GENERAL,
    "Normalsatz": GENERAL,
    "voller Steuersatz": GENERAL,
    "ermäßigter Steuersatz": REDUCED,
    "ermäßigt": REDUCED,
    "steuerfrei": EXEMPT,
    "ohne Steuer": NOT_TAXABLE,
    "nicht steuerbar": NOT_TAXABLE,
}


def percent(rate: int) -> str:
    """Basis points as a merchant writes them: 1900 -> `19 %`, 780 -> `7,8 %`."""
    whole, rest = divmod(rate, 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole},{decimals} %" if decimals else f"{whole} %"


@dataclass(frozen=True, slots=True)
class VatTable:
    """What rates and class names of one merchant mean: the law's defaults, overlaid by his mapping file."""

    by_rate: Mapping[int, Vat] = field(default_factory=lambda: MappingProxyType(_BY_RATE))
    by_class: Mapping[str, Vat] = field(
        default_factory=lambda: MappingProxyType({fold(name): vat for name, vat in _BY_CLASS.items()})
    )

    def with_own(self, keys_by_rate: Mapping[int, int], keys_by_class: Mapping[str, int]) -> VatTable:
        """This table with a merchant's own choices; keys must be in BY_KEY."""
        rates = {rate: Vat(key, rate) for rate, key in keys_by_rate.items()}
        classes = {fold(name): BY_KEY[key] for name, key in keys_by_class.items()}
        return VatTable(MappingProxyType({**self.by_rate, **rates}), MappingProxyType({**self.by_class, **classes}))

    def for_rate(self, rate: int) -> Vat | None:
        """The key for a rate in basis points, None when no such rate is in force."""
        return self.by_rate.get(rate)

    def for_class(self, name: str) -> Vat | None:
        """The key for a tax class as Wawi names it, in any case and spacing."""
        return self.by_class.get(fold(name))

    def known_rates(self) -> str:
        """The rates that this table accepts, for people."""
        return ", ".join(percent(rate) for rate in sorted(self.by_rate, reverse=True))
