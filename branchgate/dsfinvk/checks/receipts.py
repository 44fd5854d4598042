"""Receipts: what each must have, and that lines, VAT and payments come to the printed total (DSFinV-K 2.4, p. 31, annexes B to D)."""

from __future__ import annotations

from typing import Final

from branchgate.dsfinvk.checks.check import CENT, HALF_CENT, Check
from branchgate.dsfinvk.facts import values

CASH_ONLY: Final = ", ".join(f"'{each}'" for each in sorted(values("gv_typ_cash_only")))

_OF_RECEIPT: Final = "{0}.closing = Bonkopf.closing AND {0}.BON_ID = Bonkopf.BON_ID"


def _receipt_without(code: str, name: str) -> Check:
    return Check(
        code,
        "transactions.csv",
        "SELECT line, 'BON_ID', BON_ID, '' FROM Bonkopf WHERE BON_TYP = 'Beleg'"
        f" AND NOT EXISTS (SELECT 1 FROM {name} WHERE {_OF_RECEIPT.format(name)})",
    )


def _of_receipts(code: str, column: str, condition: str, value: str = "''", rule: str = "''") -> Check:
    return Check(code, "transactions.csv", f"SELECT line, '{column}', {value}, {rule} FROM Bonkopf WHERE {condition}")


def _article_field(column: str, empty: str) -> Check:
    return Check(
        "ARTICLE_FIELD",
        "lines.csv",
        f"SELECT line, '{column}', '', 'GV_TYP Umsatz' FROM Bonpos WHERE GV_TYP = 'Umsatz' AND {column} {empty}",
    )


_TOTAL: Final = f"""
SELECT Bonkopf.line, 'UMS_BRUTTO', written(UMS_BRUTTO), written(coalesce(total, 0)) FROM Bonkopf
LEFT JOIN (SELECT closing, BON_ID, sum({{amount}}) AS total FROM {{name}} GROUP BY closing, BON_ID) AS sums
ON sums.closing = Bonkopf.closing AND sums.BON_ID = Bonkopf.BON_ID
WHERE {{condition}} AND abs(UMS_BRUTTO - coalesce(total, 0)) > {HALF_CENT}
"""

_GROSS_PER_KEY: Final = """
SELECT closing, BON_ID, UST_SCHLUESSEL AS vat_key, sum(of_lines) AS lines_gross, sum(of_receipt) AS receipt_gross,
    max(lines_row) AS lines_row, max(receipt_row) AS receipt_row
FROM (
    SELECT closing, BON_ID, UST_SCHLUESSEL, coalesce(POS_BRUTTO, POS_NETTO + POS_UST) AS of_lines, NULL AS of_receipt,
        line AS lines_row, NULL AS receipt_row
    FROM Bonpos_USt
    UNION ALL
    SELECT closing, BON_ID, UST_SCHLUESSEL, NULL, BON_BRUTTO, NULL, line FROM Bonkopf_USt
)
GROUP BY closing, BON_ID, UST_SCHLUESSEL
"""

# A line's amount is quantity by price; a factor, or the parts of the price, may say more. The law fixes no order of rounding.
_LINE_AMOUNT: Final = f"""
SELECT line, 'STK_BR', written(STK_BR), written(gross) FROM (
    SELECT Bonpos.line AS line, STK_BR, MENGE / {CENT}.0 / 100 AS quantity, coalesce(FAKTOR, 100 * {CENT}) / {CENT}.0 / 100 AS factor,
        (SELECT sum(coalesce(POS_BRUTTO, POS_NETTO + POS_UST)) FROM Bonpos_USt AS vat
         WHERE vat.closing = Bonpos.closing AND vat.BON_ID = Bonpos.BON_ID AND vat.POS_ZEILE = Bonpos.POS_ZEILE) AS gross,
        (SELECT total(PF_BRUTTO) FROM Bonpos_Preisfindung AS part
         WHERE part.closing = Bonpos.closing AND part.BON_ID = Bonpos.BON_ID AND part.POS_ZEILE = Bonpos.POS_ZEILE) AS parts,
        (SELECT total(PF_BRUTTO) FROM Bonpos_Preisfindung AS part
         WHERE part.closing = Bonpos.closing AND part.BON_ID = Bonpos.BON_ID AND part.POS_ZEILE = Bonpos.POS_ZEILE
         AND TYP NOT IN ('base_amount', 'Grundpreis')) AS changes
    FROM Bonpos WHERE MENGE IS NOT NULL AND STK_BR IS NOT NULL
)
WHERE gross IS NOT NULL
    AND abs(gross - quantity * STK_BR) > {CENT} AND abs(gross - quantity * factor * STK_BR) > {CENT}
    AND abs(gross - quantity * STK_BR - changes) > {CENT} AND abs(gross - quantity * (STK_BR + changes)) > {CENT}
    AND (parts = 0 OR (abs(gross - parts) > {CENT} AND abs(gross - quantity * parts) > {CENT}))
"""

_ONLY_CASH_CASES: Final = f"""
SELECT payment.line, 'ZAHLART_TYP', ZAHLART_TYP, 'Bar' FROM Bonkopf_Zahlarten AS payment
WHERE ZAHLART_TYP <> 'Bar' AND BASISWAEH_BETRAG <> 0
    AND EXISTS (SELECT 1 FROM Bonpos WHERE Bonpos.closing = payment.closing AND Bonpos.BON_ID = payment.BON_ID)
    AND NOT EXISTS (SELECT 1 FROM Bonpos WHERE Bonpos.closing = payment.closing AND Bonpos.BON_ID = payment.BON_ID
        AND GV_TYP NOT IN ({CASH_ONLY}))
"""

RECEIPTS: Final = (
    _receipt_without("LINES_MISSING", "Bonpos"),
    _receipt_without("PAYMENT_MISSING", "Bonkopf_Zahlarten"),
    _receipt_without("RECEIPT_VAT_MISSING", "Bonkopf_USt"),
    Check(
        "LINE_VAT_MISSING",
        "lines.csv",
        "SELECT Bonpos.line, 'POS_ZEILE', POS_ZEILE, Bonpos.BON_ID FROM Bonpos"
        " JOIN Bonkopf ON Bonkopf.closing = Bonpos.closing AND Bonkopf.BON_ID = Bonpos.BON_ID AND BON_TYP = 'Beleg'"
        " WHERE NOT EXISTS (SELECT 1 FROM Bonpos_USt AS vat WHERE vat.closing = Bonpos.closing AND vat.BON_ID = Bonpos.BON_ID"
        " AND vat.POS_ZEILE = Bonpos.POS_ZEILE)",
    ),
    _of_receipts("VOID_TYPE", "BON_TYP", "BON_TYP = 'AVBelegstorno'", "BON_TYP", "'Beleg'"),
    _of_receipts("VOID_FLAG", "BON_STORNO", "BON_STORNO = '1'", "BON_STORNO", "'0'"),
    _of_receipts("NAME_MISSING", "BON_NAME", "BON_TYP = 'AVSonstige' AND trim(BON_NAME) = ''", rule="'AVSonstige'"),
    _of_receipts("OPERATOR_MISSING", "BEDIENER_NAME", "trim(BEDIENER_NAME) = ''"),
    _of_receipts(
        "ABORT_WITH_AMOUNT",
        "UMS_BRUTTO",
        "BON_TYP = 'AVBelegabbruch' AND UMS_BRUTTO <> 0",
        "written(UMS_BRUTTO)",
        "'0,00'",
    ),
    _of_receipts("TIME_ORDER", "BON_ENDE", "julianday(BON_START) > julianday(BON_ENDE)", "BON_ENDE", "BON_START"),
    Check(
        "BON_NR_TWICE",
        "transactions.csv",
        "SELECT max(line), 'BON_NR', BON_NR, min(line) FROM Bonkopf WHERE BON_NR IS NOT NULL"
        " GROUP BY closing, TERMINAL_ID, BON_NR HAVING count(*) > 1",
    ),
    _article_field("ART_NR", "= ''"),
    _article_field("MENGE", "IS NULL"),
    _article_field("STK_BR", "IS NULL"),
    Check(
        "SUM_RECEIPT_VAT",
        "transactions.csv",
        _TOTAL.format(amount="BON_BRUTTO", name="Bonkopf_USt", condition="(BON_TYP <> 'Beleg' OR total IS NOT NULL)"),
    ),
    Check(
        "SUM_RECEIPT_PAYMENTS",
        "transactions.csv",
        _TOTAL.format(
            amount="BASISWAEH_BETRAG", name="Bonkopf_Zahlarten", condition="BON_TYP = 'Beleg' AND total IS NOT NULL"
        ),
    ),
    Check(
        "SUM_LINES_VAT",
        "transactions_vat.csv",
        f"SELECT receipt_row, 'BON_BRUTTO', written(receipt_gross), written(lines_gross) FROM ({_GROSS_PER_KEY})"
        f" WHERE receipt_row IS NOT NULL AND lines_row IS NOT NULL AND abs(coalesce(receipt_gross, 0) - coalesce(lines_gross, 0)) > {HALF_CENT}",
    ),
    Check(
        "VAT_SPLIT",
        "transactions_vat.csv",
        f"SELECT receipt_row, 'UST_SCHLUESSEL', vat_key, 'lines_vat.csv' FROM ({_GROSS_PER_KEY})"
        " WHERE lines_row IS NULL AND receipt_gross <> 0",
    ),
    Check(
        "VAT_SPLIT",
        "lines_vat.csv",
        f"SELECT lines_row, 'UST_SCHLUESSEL', vat_key, 'transactions_vat.csv' FROM ({_GROSS_PER_KEY}) AS found"
        " JOIN Bonkopf ON Bonkopf.closing = found.closing AND Bonkopf.BON_ID = found.BON_ID AND BON_TYP = 'Beleg'"
        " WHERE receipt_row IS NULL AND lines_gross <> 0",
    ),
    Check("LINE_AMOUNT", "lines.csv", _LINE_AMOUNT),
    Check(
        "PAYMENT_CURRENCY",
        "datapayment.csv",
        "SELECT payment.line, 'ZAHLWAEH_BETRAG', written(ZAHLWAEH_BETRAG),"
        " CASE ZAHLWAEH_CODE WHEN KASSE_BASISWAEH_CODE THEN written(BASISWAEH_BETRAG) ELSE ZAHLWAEH_CODE END"
        " FROM Bonkopf_Zahlarten AS payment"
        " JOIN (SELECT closing, min(KASSE_BASISWAEH_CODE) AS KASSE_BASISWAEH_CODE FROM Stamm_Kassen GROUP BY closing) AS register"
        " ON register.closing = payment.closing WHERE CASE ZAHLWAEH_CODE WHEN KASSE_BASISWAEH_CODE"
        " THEN ZAHLWAEH_BETRAG <> BASISWAEH_BETRAG ELSE ZAHLWAEH_BETRAG IS NULL END",
    ),
    Check("CASH_CASE_PAYMENT", "datapayment.csv", _ONLY_CASH_CASES),
    Check(
        "CASH_CASE_VAT",
        "lines_vat.csv",
        "SELECT vat.line, 'UST_SCHLUESSEL', UST_SCHLUESSEL, '5' FROM Bonpos JOIN Bonpos_USt AS vat ON vat.closing = Bonpos.closing"
        " AND vat.BON_ID = Bonpos.BON_ID AND vat.POS_ZEILE = Bonpos.POS_ZEILE"
        f" WHERE GV_TYP IN ({CASH_ONLY}) AND UST_SCHLUESSEL <> 5",
    ),
)
