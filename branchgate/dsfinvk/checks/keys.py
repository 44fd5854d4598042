"""Keys: every row belongs to a closing and to its receipt and line, and no key stands twice (DSFinV-K 2.4, index.xml)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from branchgate.dsfinvk.checks.check import KEY_TEXT, Check
from branchgate.dsfinvk.facts import Table, tables

_OF_RECEIPTS: Final = (
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
_OF_LINES: Final = ("itemamounts.csv", "subitems.csv", "lines_vat.csv")
_AT_LEAST_ONE: Final = ("location.csv", "cashregister.csv", "vat.csv")


def _keys() -> Iterator[Check]:
    for table in tables().values():
        if table.key is not None:
            yield Check("KEY_TWICE", table.file, _twice(table, table.key))
        if table.file != "cashpointclosing.csv":
            yield Check("CLOSING_UNKNOWN", table.file, _without_closing(table.name))
    for file in _OF_RECEIPTS:
        yield Check("RECEIPT_UNKNOWN", file, _without_receipt(tables()[file].name))
    for file in _OF_LINES:
        yield Check("LINE_UNKNOWN", file, _without_line(tables()[file].name))
    for file in _AT_LEAST_ONE:
        yield Check("ROWS_MISSING", file, _closing_without_row(tables()[file].name))


def _twice(table: Table, key: tuple[str, ...]) -> str:
    parts = ["coalesce(AGENTUR_ID, 0)" if part == "AGENTUR_ID" else part for part in key]
    value = " || ' / ' || ".join(parts) if parts else KEY_TEXT.format(closing="closing")
    # A transaction that failed before the TSE gave it a number has none.
    filled = " WHERE TSE_TANR IS NOT NULL" if "TSE_TANR" in key else ""
    return (
        f"SELECT max(line), '{key[0] if key else 'Z_NR'}', {value}, min(line) FROM {table.name}{filled}"
        f" GROUP BY {', '.join(('closing', *parts))} HAVING count(*) > 1"
    )


def _without_closing(name: str) -> str:
    return (
        f"SELECT min(line), 'Z_NR', {KEY_TEXT.format(closing='closing')}, 'cashpointclosing.csv' FROM {name}"
        " WHERE closing NOT IN (SELECT closing FROM Stamm_Abschluss) GROUP BY closing"
    )


def _without_receipt(name: str) -> str:
    return (
        f"SELECT line, 'BON_ID', BON_ID, 'transactions.csv' FROM {name} AS child WHERE NOT EXISTS"
        " (SELECT 1 FROM Bonkopf WHERE Bonkopf.closing = child.closing AND Bonkopf.BON_ID = child.BON_ID)"
    )


def _without_line(name: str) -> str:
    return (
        f"SELECT line, 'POS_ZEILE', POS_ZEILE, BON_ID FROM {name} AS child WHERE NOT EXISTS"
        " (SELECT 1 FROM Bonpos WHERE Bonpos.closing = child.closing AND Bonpos.BON_ID = child.BON_ID"
        " AND Bonpos.POS_ZEILE = child.POS_ZEILE)"
    )


def _closing_without_row(name: str) -> str:
    return (
        f"SELECT 0, '', {KEY_TEXT.format(closing='closing')}, '' FROM Stamm_Abschluss"
        f" WHERE closing NOT IN (SELECT closing FROM {name})"
    )


KEYS: Final = (
    *_keys(),
    Check(
        "Z_NR_TWICE",
        "cashpointclosing.csv",
        "SELECT max(line), 'Z_NR', Z_NR, min(line) FROM Stamm_Abschluss JOIN closings ON closings.id = closing"
        " GROUP BY Z_KASSE_ID, Z_NR HAVING count(DISTINCT Z_ERSTELLUNG) > 1",
    ),
    Check(
        "ONE_OF_PAIR",
        "cashpointclosing.csv",
        "SELECT line, 'STNR', '', 'STNR, USTID' FROM Stamm_Abschluss WHERE STNR = '' AND USTID = ''",
    ),
    Check(
        "ONE_OF_PAIR",
        "pa.csv",
        "SELECT line, 'AGENTUR_STNR', '', 'AGENTUR_STNR, AGENTUR_USTID' FROM Stamm_Agenturen"
        " WHERE AGENTUR_STNR = '' AND AGENTUR_USTID = ''",
    ),
    # A register that is its own terminal may name itself and needs no row.
    Check(
        "TERMINAL_UNKNOWN",
        "transactions.csv",
        "SELECT line, 'TERMINAL_ID', TERMINAL_ID, 'slaves.csv' FROM Bonkopf JOIN closings ON closings.id = closing"
        " WHERE TERMINAL_ID NOT IN ('', Z_KASSE_ID) AND NOT EXISTS (SELECT 1 FROM Stamm_Terminals AS terminal"
        " WHERE terminal.closing = Bonkopf.closing AND terminal.TERMINAL_ID = Bonkopf.TERMINAL_ID)",
    ),
    Check(
        "TERMINAL_UNKNOWN",
        "lines.csv",
        "SELECT line, 'POS_TERMINAL_ID', POS_TERMINAL_ID, 'slaves.csv' FROM Bonpos JOIN closings ON closings.id = closing"
        " WHERE POS_TERMINAL_ID NOT IN ('', Z_KASSE_ID) AND NOT EXISTS (SELECT 1 FROM Stamm_Terminals AS terminal"
        " WHERE terminal.closing = Bonpos.closing AND terminal.TERMINAL_ID = Bonpos.POS_TERMINAL_ID)",
    ),
    # Agency 0 is the business itself.
    *(
        Check(
            "AGENCY_UNKNOWN",
            file,
            f"SELECT line, 'AGENTUR_ID', AGENTUR_ID, 'pa.csv' FROM {tables()[file].name} AS child WHERE AGENTUR_ID <> 0 AND NOT EXISTS"
            " (SELECT 1 FROM Stamm_Agenturen AS agency WHERE agency.closing = child.closing AND agency.AGENTUR_ID = child.AGENTUR_ID)",
        )
        for file in ("lines.csv", "businesscases.csv")
    ),
)
