"""The sums of a receipt worked out once more with fractions, from what was rung up and not from what the register computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from branchgate.receipts.model import Receipt

RATES = {1: 19, 2: 7, 5: 0}
"""Per cent by VAT key."""


def rounded(value: Fraction) -> int:
    """To whole cents, halves away from zero."""
    size = (abs(value) + Fraction(1, 2)).__floor__()
    return size if value >= 0 else -size


def net_of(gross_cents: int, percent: int) -> int:
    """What is left of a gross amount without its VAT."""
    return rounded(Fraction(gross_cents * 100, 100 + percent))


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """A total of any sign over weights that are all positive; the earlier of two equal parts gets the odd cent."""
    whole = sum(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [value.__floor__() for value in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


@dataclass
class Expected:
    """What a receipt must come to, in cents: by VAT key, by payment type (`Bar`), and what is turnover of goods by key."""

    by_key: dict[int, int] = field(default_factory=dict)
    goods: dict[int, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_key.values())

    def add(self, key: int, cents: int, *, goods: bool = False) -> None:
        self.by_key[key] = self.by_key.get(key, 0) + cents
        if goods:
            self.goods[key] = self.goods.get(key, 0) + cents

    def change_goods(self, cents: int) -> None:
        """A discount or surcharge of the whole receipt: split over the keys of its goods."""
        keys = [key for key, gross in self.goods.items() if gross > 0]
        for key, part in zip(keys, largest_remainder(cents, [self.goods[key] for key in keys]), strict=True):
            self.add(key, part, goods=True)

    def reversed(self) -> Expected:
        """What its void must come to."""
        return Expected(
            {key: -cents for key, cents in self.by_key.items()},
            {},
            {kind: -cents for kind, cents in self.paid.items()},
        )


def agrees(receipt: Receipt, expected: Expected) -> None:
    """Lines, VAT per key and payments of a receipt come to what they must, to the cent."""
    lines: dict[int, int] = {}
    for line in receipt.lines:
        if not line.voided:
            lines[line.vat_key] = lines.get(line.vat_key, 0) + line.gross_cents
    assert lines == expected.by_key
    assert receipt.total_cents == expected.total
    assert {vat.vat_key: vat.gross_cents for vat in receipt.vat_sums} == lines
    for vat in receipt.vat_sums:
        net = net_of(vat.gross_cents, RATES[vat.vat_key])
        assert (vat.net_cents, vat.vat_cents) == (net, vat.gross_cents - net)
    paid: dict[str, int] = {}
    for payment in receipt.payments:
        paid[payment.type.dsfinvk] = paid.get(payment.type.dsfinvk, 0) + payment.amount_cents
    assert paid == expected.paid
    assert sum(paid.values()) == expected.total
