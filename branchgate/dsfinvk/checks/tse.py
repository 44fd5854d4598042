"""The TSE's transactions: numbers without gaps, counters that rise, signatures or a reason for none (DSFinV-K 2.4, TSE_Transaktionen)."""

from __future__ import annotations

from typing import Final

from branchgate.dsfinvk.checks.check import Check

# TSE_ID counts inside a closing; what a TSE is, its serial number says.
_BY_TSE: Final = """
SELECT tse.line, TSE_SERIAL, TSE_TANR, TSE_TA_SIGZ, TSE_TA_ENDE
FROM TSE_Transaktionen AS tse
JOIN (SELECT closing, TSE_ID, min(TSE_SERIAL) AS TSE_SERIAL FROM Stamm_TSE GROUP BY closing, TSE_ID) AS device
    ON device.closing = tse.closing AND device.TSE_ID = tse.TSE_ID
"""

_BY_NUMBER: Final = f"""
SELECT line, TSE_SERIAL, TSE_TANR, lag(TSE_TANR) OVER by_number AS last_number, lag(line) OVER by_number AS last_line
FROM ({_BY_TSE}) WHERE TSE_TANR IS NOT NULL WINDOW by_number AS (PARTITION BY TSE_SERIAL ORDER BY TSE_TANR, line)
"""

_BY_COUNTER: Final = f"""
SELECT line, TSE_TA_SIGZ, TSE_TA_ENDE, lag(TSE_TA_SIGZ) OVER by_counter AS last_counter, lag(TSE_TA_ENDE) OVER by_counter AS last_end,
    lag(line) OVER by_counter AS last_line
FROM ({_BY_TSE}) WHERE TSE_TA_SIGZ IS NOT NULL WINDOW by_counter AS (PARTITION BY TSE_SERIAL ORDER BY TSE_TA_SIGZ, line)
"""

_EMPTY_FIELDS: Final = (
    ("TSE_ID", "TSE_ID IS NULL"),
    ("TSE_TANR", "TSE_TANR IS NULL"),
    ("TSE_TA_START", "TSE_TA_START = ''"),
    ("TSE_TA_ENDE", "TSE_TA_ENDE = ''"),
    ("TSE_TA_VORGANGSART", "TSE_TA_VORGANGSART = ''"),
    ("TSE_TA_SIGZ", "TSE_TA_SIGZ IS NULL"),
    ("TSE_TA_SIG", "TSE_TA_SIG = ''"),
)

_SIGNED_TYPES: Final = (
    "'Beleg', 'AVRechnung', 'AVTransfer', 'AVBestellung', 'AVTraining', 'AVBelegabbruch', 'AVSachbezug'"
)


def _of_rows(code: str, column: str, value: str, rule: str, condition: str) -> Check:
    return Check(code, "transactions_tse.csv", f"SELECT line, '{column}', {value}, {rule} FROM {condition}")


TSE: Final = (
    Check(
        "TSE_ROW_MISSING",
        "transactions.csv",
        f"SELECT line, 'BON_ID', BON_ID, 'transactions_tse.csv' FROM Bonkopf WHERE BON_TYP IN ({_SIGNED_TYPES}) AND NOT EXISTS"
        " (SELECT 1 FROM TSE_Transaktionen AS tse WHERE tse.closing = Bonkopf.closing AND tse.BON_ID = Bonkopf.BON_ID)",
    ),
    Check(
        "TSE_UNKNOWN",
        "transactions_tse.csv",
        "SELECT line, 'TSE_ID', TSE_ID, 'tse.csv' FROM TSE_Transaktionen AS tse WHERE TSE_ID IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM Stamm_TSE WHERE Stamm_TSE.closing = tse.closing AND Stamm_TSE.TSE_ID = tse.TSE_ID)",
    ),
    *(
        _of_rows(
            "TSE_FIELD_MISSING",
            column,
            "''",
            "'TSE_TA_FEHLER'",
            f"TSE_Transaktionen WHERE {empty} AND TSE_TA_FEHLER = ''",
        )
        for column, empty in _EMPTY_FIELDS
    ),
    _of_rows(
        "TSE_FIELD_MISSING",
        "TSE_ID",
        "''",
        "'TSE_TANR'",
        "TSE_Transaktionen WHERE TSE_ID IS NULL AND TSE_TA_FEHLER <> ''"
        " AND (TSE_TANR IS NOT NULL OR TSE_TA_SIGZ IS NOT NULL OR TSE_TA_SIG <> '')",
    ),
    _of_rows("TSE_NUMBER_TWICE", "TSE_TANR", "TSE_TANR", "last_line", f"({_BY_NUMBER}) WHERE TSE_TANR = last_number"),
    _of_rows(
        "TSE_NUMBER_GAP", "TSE_TANR", "TSE_TANR", "last_number + 1", f"({_BY_NUMBER}) WHERE TSE_TANR > last_number + 1"
    ),
    _of_rows(
        "TSE_COUNTER_TWICE",
        "TSE_TA_SIGZ",
        "TSE_TA_SIGZ",
        "last_line",
        f"({_BY_COUNTER}) WHERE TSE_TA_SIGZ = last_counter",
    ),
    _of_rows(
        "TSE_COUNTER_ORDER",
        "TSE_TA_SIGZ",
        "TSE_TA_SIGZ",
        "last_counter || ' / ' || last_end",
        f"({_BY_COUNTER}) WHERE TSE_TA_SIGZ > last_counter AND TSE_TA_ENDE <> '' AND last_end <> '' AND TSE_TA_ENDE < last_end",
    ),
    _of_rows(
        "TSE_TIME_ORDER",
        "TSE_TA_ENDE",
        "TSE_TA_ENDE",
        "TSE_TA_START",
        "TSE_Transaktionen WHERE TSE_TA_START <> '' AND TSE_TA_ENDE <> '' AND TSE_TA_START > TSE_TA_ENDE",
    ),
    # A receipt whose TSE failed has no type of process, or the one it would have had.
    Check(
        "TSE_PROCESS_TYPE",
        "transactions_tse.csv",
        "SELECT min(tse.line), 'TSE_TA_VORGANGSART', min(TSE_TA_VORGANGSART), 'Kassenbeleg-V1' FROM TSE_Transaktionen AS tse JOIN Bonkopf"
        " ON Bonkopf.closing = tse.closing AND Bonkopf.BON_ID = tse.BON_ID AND BON_TYP IN ('Beleg', 'AVTraining', 'AVBelegabbruch')"
        " GROUP BY tse.closing, tse.BON_ID HAVING sum(TSE_TA_VORGANGSART IN ('Kassenbeleg-V1', '')) = 0",
    ),
)
