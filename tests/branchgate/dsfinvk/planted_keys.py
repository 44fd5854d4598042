"""Planted faults that every table can have: a key twice, a closing, a receipt or a line that is not there, a closing without rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from branchgate.dsfinvk.facts import tables
from tests.branchgate.dsfinvk.exports import Export
from tests.branchgate.dsfinvk.planting import Planted, cell, done, doubled

OF_RECEIPTS: Final = (
    "datapayment.csv",
    "lines.csv",
    "itemamounts.csv",
    "subitems.csv",
    "transactions_tse.csv",
    "transactions_vat.csv",
    "lines_vat.csv",
    "allocation_groups.csv",
    "references.csv",
)


def without_rows(file: str) -> Planted:
    """K2's second closing has no row in this file."""

    def act(export: Export) -> None:
        rows = export.tables[file]
        export.tables[file] = [row for row in rows if (row["Z_KASSE_ID"], row["Z_NR"]) != ("K2", "42")]

    return done(f"a closing without {file}", "ROWS_MISSING", file, "", 0, act)


def _planted() -> Iterator[Planted]:
    for file, table in tables().items():
        if table.key is not None:
            yield doubled(file, table.key[0] if table.key else "Z_NR")
        if file != "cashpointclosing.csv":
            yield cell("CLOSING_UNKNOWN", file, "Z_NR", "44")
    for file in OF_RECEIPTS:
        yield cell("RECEIPT_UNKNOWN", file, "BON_ID", "K1-03-99")
    for file in ("itemamounts.csv", "subitems.csv", "lines_vat.csv"):
        yield cell("LINE_UNKNOWN", file, "POS_ZEILE", "9")
    for file in (
        "location.csv",
        "cashregister.csv",
        "vat.csv",
        "businesscases.csv",
        "payment.csv",
        "cash_per_currency.csv",
    ):
        yield without_rows(file)


PLANTED_KEYS: Final = (
    *_planted(),
    cell("AGENCY_UNKNOWN", "lines.csv", "AGENTUR_ID", "8", AGENTUR_ID="7"),
    cell("AGENCY_UNKNOWN", "businesscases.csv", "AGENTUR_ID", "8", AGENTUR_ID="7"),
)
