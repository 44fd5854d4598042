"""What a closing told, as rows of numbers: reports over months and years add these up and read no line of any receipt.

The figures are the closing's own, as they were printed. Closings of programs that did not keep every article sold give the best of them.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from branchgate.v1 import figures_pb2

Row: TypeAlias = tuple[Any, ...]

VAT, PAYMENTS, CASES, CATEGORIES, USERS, HOURS, CASH = range(1, 8)
"""What a row of `closed_parts` is about."""

SUMMED: Final = (
    "receipt_count",
    "line_count",
    "gross_cents",
    "return_count",
    "return_cents",
    "void_count",
    "void_cents",
    "line_void_count",
    "discount_cents",
    "training_count",
    "cash_cents",
    "finding_count",
    "no_sale_count",
    "movement_void_count",
    "movement_void_cents",
    "abandoned_count",
    "surcharge_cents",
    "late_count",
    "sale_count",
    "signed_count",
    "unsigned_count",
    "staff_count",
    "staff_cents",
)
"""Figures that are one number each and add up over closings; the span of time, beside them, is a minimum and a maximum."""


def total_row(sequence: int, period: int, figures: figures_pb2.Figures) -> Row:
    """The row of `closed_totals`."""
    return sequence, period, figures.first_at_ms, figures.last_at_ms, *(getattr(figures, name) for name in SUMMED)


def part_rows(sequence: int, period: int, figures: figures_pb2.Figures) -> list[Row]:
    """The rows of `closed_parts`: part, key, name, currency, VAT rate, count, gross, net, VAT."""
    rows: list[Row] = [
        (VAT, str(row.vat_key), "", "", row.vat_rate_basis_points, 0, row.gross_cents, row.net_cents, row.vat_cents)
        for row in figures.vat
    ]
    # Payments have no net; what was paid in foreign money stands there.
    rows += [
        (PAYMENTS, row.type, row.name, row.currency, 0, row.count, row.amount_cents, row.foreign_amount, 0)
        for row in figures.payments
    ]
    rows += [_plain(CASES, row.business_case, row.count, row.gross_cents) for row in figures.business_cases]
    rows += [_plain(CATEGORIES, row.category_key, 0, row.gross_cents, row.category_name) for row in figures.categories]
    rows += [_plain(USERS, row.user_id, row.receipt_count, row.gross_cents, row.user_name) for row in figures.users]
    rows += [_plain(HOURS, str(row.hour), row.receipt_count, row.gross_cents) for row in figures.hours]
    rows += [_plain(CASH, row.business_case, row.count, row.amount_cents) for row in figures.cash]
    return [(sequence, period, *row) for row in rows]


def article_rows(sequence: int, period: int, closing: figures_pb2.Closing) -> list[Row]:
    """The rows of `closed_articles`."""
    return [
        (sequence, period, row.article_number, row.text, row.unit, row.quantity_thousandths, row.gross_cents)
        for row in closing.articles or closing.figures.top_articles
    ]


def _plain(part: int, key: str, count: int, gross_cents: int, name: str = "", currency: str = "") -> Row:
    return part, key, name, currency, 0, count, gross_cents, 0, 0
