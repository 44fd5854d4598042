"""Closings: numbers without gaps, first and last receipt, and sums that come out of the single records (DSFinV-K 2.4, p. 31, 69, 80-83)."""

from __future__ import annotations

from typing import Final

from branchgate.dsfinvk.checks.check import HALF_CENT, KEY_TEXT, Check
from branchgate.dsfinvk.facts import VERSION

_PAID: Final = """
Bonkopf_Zahlarten AS payment
JOIN Bonkopf ON Bonkopf.closing = payment.closing AND Bonkopf.BON_ID = payment.BON_ID AND BON_TYP = 'Beleg'
"""

# Both sides in one grouping: a group that stands on one side only has a sum that is not zero, unless it is zero.
_CASES: Final = """
SELECT closing, GV_TYP || ' / ' || GV_NAME || ' / ' || agency || ' / ' || UST_SCHLUESSEL AS label, max(row) AS row,
    total(gross) AS gross, total(net) AS net, total(tax) AS tax,
    total(own_gross) AS own_gross, total(own_net) AS own_net, total(own_tax) AS own_tax
FROM (
    SELECT closing, GV_TYP, GV_NAME, coalesce(AGENTUR_ID, 0) AS agency, UST_SCHLUESSEL, line AS row,
        NULL AS gross, NULL AS net, NULL AS tax, Z_UMS_BRUTTO AS own_gross, Z_UMS_NETTO AS own_net, Z_UST AS own_tax
    FROM Z_GV_Typ
    UNION ALL
    SELECT vat.closing, GV_TYP, GV_NAME, coalesce(AGENTUR_ID, 0), UST_SCHLUESSEL, NULL,
        sum(coalesce(POS_BRUTTO, POS_NETTO + POS_UST)), sum(coalesce(POS_NETTO, POS_BRUTTO - POS_UST)),
        sum(coalesce(POS_UST, POS_BRUTTO - POS_NETTO)), NULL, NULL, NULL
    FROM Bonpos_USt AS vat
    JOIN Bonkopf ON Bonkopf.closing = vat.closing AND Bonkopf.BON_ID = vat.BON_ID AND BON_TYP = 'Beleg'
    JOIN Bonpos ON Bonpos.closing = vat.closing AND Bonpos.BON_ID = vat.BON_ID AND Bonpos.POS_ZEILE = vat.POS_ZEILE
    GROUP BY vat.closing, GV_TYP, GV_NAME, coalesce(AGENTUR_ID, 0), UST_SCHLUESSEL
)
GROUP BY closing, GV_TYP, GV_NAME, agency, UST_SCHLUESSEL
"""

_BUSINESS_CASES: Final = f"""
SELECT row, column_name, label || ': ' || written(CAST(own AS INTEGER)), written(CAST(expected AS INTEGER)) FROM (
    SELECT row, label,
        CASE WHEN abs(own_gross - gross) > {HALF_CENT} THEN 'Z_UMS_BRUTTO' WHEN abs(own_net - net) > {HALF_CENT} THEN 'Z_UMS_NETTO'
            ELSE 'Z_UST' END AS column_name,
        CASE WHEN abs(own_gross - gross) > {HALF_CENT} THEN own_gross WHEN abs(own_net - net) > {HALF_CENT} THEN own_net
            ELSE own_tax END AS own,
        CASE WHEN abs(own_gross - gross) > {HALF_CENT} THEN gross WHEN abs(own_net - net) > {HALF_CENT} THEN net ELSE tax END AS expected
    FROM ({_CASES})
    WHERE abs(own_gross - gross) > {HALF_CENT} OR abs(own_net - net) > {HALF_CENT} OR abs(own_tax - tax) > {HALF_CENT}
)
"""

_PAYMENT_TYPES: Final = f"""
SELECT max(row), 'Z_ZAHLART_BETRAG', ZAHLART_TYP || ' / ' || ZAHLART_NAME || ': ' || written(CAST(total(own) AS INTEGER)),
    written(CAST(total(expected) AS INTEGER))
FROM (
    SELECT closing, ZAHLART_TYP, ZAHLART_NAME, line AS row, Z_ZAHLART_BETRAG AS own, NULL AS expected FROM Z_Zahlart
    UNION ALL
    SELECT payment.closing, ZAHLART_TYP, ZAHLART_NAME, NULL, NULL, sum(BASISWAEH_BETRAG) FROM {_PAID}
    GROUP BY payment.closing, ZAHLART_TYP, ZAHLART_NAME
)
GROUP BY closing, ZAHLART_TYP, ZAHLART_NAME HAVING abs(total(own) - total(expected)) > {HALF_CENT}
"""

_CURRENCIES: Final = f"""
SELECT max(row), 'ZAHLART_BETRAG_WAEH', currency || ': ' || written(CAST(total(own) AS INTEGER)), written(CAST(total(expected) AS INTEGER))
FROM (
    SELECT closing, ZAHLART_WAEH AS currency, line AS row, ZAHLART_BETRAG_WAEH AS own, NULL AS expected FROM Z_Waehrungen
    UNION ALL
    SELECT payment.closing, ZAHLWAEH_CODE, NULL, NULL, sum(coalesce(ZAHLWAEH_BETRAG, BASISWAEH_BETRAG)) FROM {_PAID}
    WHERE ZAHLART_TYP = 'Bar' GROUP BY payment.closing, ZAHLWAEH_CODE
)
GROUP BY closing, currency HAVING abs(total(own) - total(expected)) > {HALF_CENT}
"""


def _closing_total(code: str, column: str, condition: str) -> Check:
    return Check(
        code,
        "cashpointclosing.csv",
        f"SELECT own.line, '{column}', written({column}), written(total) FROM (SELECT line, {column}, coalesce((SELECT"
        f" sum(BASISWAEH_BETRAG) FROM {_PAID} WHERE payment.closing = Stamm_Abschluss.closing AND {condition}), 0) AS total"
        f" FROM Stamm_Abschluss) AS own WHERE abs({column} - total) > {HALF_CENT}",
    )


def _bound(column: str, first: bool) -> tuple[Check, Check]:
    """The receipt a closing begins or ends with: it exists, and it is the first or last by number, by time or by its place in the file."""
    edge, moment = ("min", "BON_START") if first else ("max", "BON_ENDE")
    of_closing = "FROM Bonkopf WHERE Bonkopf.closing = Stamm_Abschluss.closing"
    by_number = f"bound.BON_NR = (SELECT {edge}(BON_NR) {of_closing})"
    by_time = f"julianday(bound.{moment}) = (SELECT {edge}(julianday({moment})) {of_closing})"
    by_place = f"bound.line = (SELECT {edge}(line) {of_closing})"
    return (
        Check(
            "Z_BOUND_UNKNOWN",
            "cashpointclosing.csv",
            f"SELECT line, '{column}', {column}, 'transactions.csv' FROM Stamm_Abschluss WHERE EXISTS (SELECT 1 {of_closing})"
            f" AND NOT EXISTS (SELECT 1 {of_closing} AND BON_ID = {column})",
        ),
        Check(
            "Z_BOUND_WRONG",
            "cashpointclosing.csv",
            f"SELECT Stamm_Abschluss.line, '{column}', {column}, (SELECT BON_ID {of_closing} ORDER BY BON_NR {'' if first else 'DESC'}"
            " LIMIT 1) FROM Stamm_Abschluss JOIN Bonkopf AS bound ON bound.closing = Stamm_Abschluss.closing"
            f" AND bound.BON_ID = {column} WHERE NOT coalesce({by_number} OR {by_time} OR {by_place}, 1)",
        ),
    )


def _group_rows(file: str, name: str, condition: str) -> Check:
    return Check(
        "ROWS_MISSING",
        file,
        f"SELECT 0, '', {KEY_TEXT.format(closing='closing')}, '' FROM Stamm_Abschluss WHERE closing NOT IN (SELECT closing FROM {name})"
        f" AND EXISTS (SELECT 1 FROM {_PAID} WHERE payment.closing = Stamm_Abschluss.closing AND {condition})",
    )


_IN_ORDER: Final = """
SELECT line, Z_NR, Z_ERSTELLUNG, lag(Z_NR) OVER by_number AS last_number, lag(Z_ERSTELLUNG) OVER by_number AS last_time
FROM Stamm_Abschluss JOIN closings ON closings.id = closing WINDOW by_number AS (PARTITION BY Z_KASSE_ID ORDER BY Z_NR)
"""

CLOSINGS: Final = (
    Check(
        "TAXONOMY",
        "cashpointclosing.csv",
        f"SELECT line, 'TAXONOMIE_VERSION', TAXONOMIE_VERSION, '{VERSION}' FROM Stamm_Abschluss WHERE TAXONOMIE_VERSION <> '{VERSION}'",
    ),
    Check("Z_NR_GAP", "cashpointclosing.csv", f"SELECT line, 'Z_NR', Z_NR, last_number + 1 FROM ({_IN_ORDER}) WHERE Z_NR > last_number + 1"),
    Check(
        "Z_ORDER",
        "cashpointclosing.csv",
        f"SELECT line, 'Z_ERSTELLUNG', Z_ERSTELLUNG, last_time FROM ({_IN_ORDER}) WHERE julianday(Z_ERSTELLUNG) < julianday(last_time)",
    ),
    *_bound("Z_START_ID", first=True),
    *_bound("Z_ENDE_ID", first=False),
    _group_rows("businesscases.csv", "Z_GV_Typ", "1"),
    _group_rows("payment.csv", "Z_Zahlart", "1"),
    _group_rows("cash_per_currency.csv", "Z_Waehrungen", "ZAHLART_TYP = 'Bar'"),
    Check("SUM_BUSINESS_CASES", "businesscases.csv", _BUSINESS_CASES),
    Check("SUM_PAYMENT_TYPES", "payment.csv", _PAYMENT_TYPES),
    Check("SUM_CASH_CURRENCY", "cash_per_currency.csv", _CURRENCIES),
    _closing_total("SUM_Z_PAYMENTS", "Z_SE_ZAHLUNGEN", "1"),
    _closing_total("SUM_Z_CASH", "Z_SE_BARZAHLUNGEN", "ZAHLART_TYP = 'Bar'"),
)  # fmt: skip
