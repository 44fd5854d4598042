"""The forms of one closing: the table read by csv, the text read by eye; both say what the figures say, and add up in themselves."""

from __future__ import annotations

import csv
import io

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing
from branchgate.reports import csv_table, z_content, z_report
from tests.gateway.dsfinvk.exported import Row, cents

_SUMMED = ("turnover", "beside", "payments", "cash", "users", "hours", "categories", "business_cases")
"""Sections whose last row is the sum of those above, unless they have one row only."""


def forms_agree(closing: Closing, settings: BranchSettings) -> None:
    """Table and text of a Z."""
    sections: dict[str, list[Row]] = {}
    table = csv_table([z_content(closing, settings)]).removeprefix("\ufeff")
    for row in csv.DictReader(io.StringIO(table, newline=""), delimiter=";"):
        sections.setdefault(row["section"], []).append(row)
    for name in _SUMMED:
        # Foreign cash stands below the sum of a drawer, and is not in it.
        *parts, whole = [row for row in sections.get(name, []) if not row["key"].startswith("foreign/")] or [{}]
        if parts:
            assert whole["total"] == "1", name
            assert sum(cents(row["amount"]) for row in parts if row["total"] != "1") == cents(whole["amount"]), name
    figures, text = closing.figures, z_report(closing, settings)
    told = {(name, row["key"]): row for name, rows in sections.items() for row in rows}
    for case in figures.business_cases:
        assert cents(told["business_cases", case.business_case]["amount"]) == case.gross_cents
        assert written(case.gross_cents) in text
    for vat in figures.vat:
        if vat.vat_key != 5:
            row = told["vat", f"{vat.vat_key}/{vat.vat_rate_basis_points}"]
            amounts = (vat.gross_cents, vat.net_cents, vat.vat_cents)
            assert (cents(row["amount"]), cents(row["net"]), cents(row["vat"])) == amounts
            assert all(written(amount) in text for amount in amounts)
    if figures.receipt_count:
        assert cents(told["business_cases", "all_receipts"]["amount"]) == figures.gross_cents
        assert written(figures.gross_cents) in text
    if figures.cash:
        found = sum(row.amount_cents for row in figures.cash if row.business_case == "DifferenzSollIst")
        assert cents(told["cash", "expected"]["amount"]) == figures.cash_cents - found
        assert written(figures.cash_cents) in text


def written(amount: int) -> str:
    """As Germans write it."""
    whole, rest = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d}"
