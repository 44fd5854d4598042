"""X and what came after it: together they are the Z."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from branchgate.figures import Figures
from branchgate.receipts.model import Receipt, ReceiptType
from tests.gateway.sales.plain_figures import cash


@dataclass(frozen=True)
class Snapshot:
    """An X report: of which period, and how many receipts it had by then."""

    register_id: str
    z_number: int
    receipts: int
    figures: Figures


def amounts(figures: Figures) -> Counter[str]:
    """What adds up, by name."""
    found = Counter({"gross": figures.gross_cents, "count": figures.receipt_count, "lines": figures.line_count})
    found.update({f"vat {row.vat_key} gross": row.gross_cents for row in figures.vat})
    found.update({f"vat {row.vat_key}": row.vat_cents for row in figures.vat})
    for row in figures.payments:
        found[f"paid {row.type}"] += row.amount_cents
    found.update({f"case {row.business_case}": row.gross_cents for row in figures.business_cases})
    found.update({"cash": figures.cash_cents, "training": figures.training_count, "given up": figures.abandoned_count})
    return found


def amounts_of(receipts: list[Receipt]) -> Counter[str]:
    """The same of receipts."""
    found: Counter[str] = Counter()
    for receipt in receipts:
        found["training"] += receipt.type is ReceiptType.AV_TRAINING
        found["given up"] += receipt.type is ReceiptType.AV_BELEGABBRUCH
        if receipt.type is not ReceiptType.BELEG:
            continue
        found["count"] += 1
        for line in receipt.lines:
            if not line.voided:
                found["lines"] += 1
                found["gross"] += line.gross_cents
                found[f"case {line.business_case.dsfinvk}"] += line.gross_cents
        for vat in receipt.vat_sums:
            found[f"vat {vat.vat_key} gross"] += vat.gross_cents
            found[f"vat {vat.vat_key}"] += vat.vat_cents
        found["cash"] += cash(receipt)
        for payment in receipt.payments:
            found[f"paid {payment.type.dsfinvk}"] += payment.amount_cents
    return found


def together(one: Counter[str], other: Counter[str]) -> dict[str, int]:
    """The sum of both, without what is nothing."""
    names = {*one, *other}
    return {name: one[name] + other[name] for name in names if one[name] + other[name]}
