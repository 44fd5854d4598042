"""The demo's own books, kept in plain Python from what the tills say they sold, and held against everybody else's figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Books:
    """Sums over receipts; money in cents."""

    receipts: int = 0
    gross: int = 0
    vat: Counter[tuple[int, int]] = field(default_factory=Counter)
    payments: Counter[str] = field(default_factory=Counter)
    numbers: list[str] = field(default_factory=list)

    def enter(self, sold: dict[str, Any]) -> None:
        """Enters one receipt as a till answered it."""
        self.receipts += 1
        self.gross += sold["total_cents"]
        self.numbers.append(sold["receipt_number"])
        for vat in sold["vat_sums"]:
            self.vat[vat["vat_key"], vat["vat_rate_basis_points"]] += vat["gross_cents"]
        for payment in sold["payments"]:
            self.payments[payment["type"]] += payment["amount_cents"]

    def add(self, other: Books) -> None:
        """Adds another register's books."""
        self.receipts += other.receipts
        self.gross += other.gross
        self.vat.update(other.vat)
        self.payments.update(other.payments)
        self.numbers += other.numbers

    def differences(self, figures: dict[str, Any], whose: str) -> list[str]:
        """What disagrees with figures as the gateway or central reports them; empty when every figure agrees."""
        theirs_vat: Counter[tuple[int, int]] = Counter()
        for vat in figures["vat"]:
            theirs_vat[vat["vat_key"], vat["vat_rate_basis_points"]] += vat["gross_cents"]
        theirs_payments: Counter[str] = Counter()
        for payment in figures["payments"]:
            theirs_payments[payment["type"]] += payment["amount_cents"]
        pairs = [
            ("receipts", self.receipts, figures["receipt_count"]),
            ("gross", self.gross, figures["gross_cents"]),
            ("vat", _without_zeros(self.vat), _without_zeros(theirs_vat)),
            ("payments", _without_zeros(self.payments), _without_zeros(theirs_payments)),
            ("cash", self.payments["Bar"], figures["cash_cents"]),
        ]
        return [f"{whose}: {name} {theirs}, sold {ours}" for name, ours, theirs in pairs if ours != theirs]


def _without_zeros(counter: Counter[Any]) -> dict[Any, int]:
    return {key: value for key, value in counter.items() if value}
