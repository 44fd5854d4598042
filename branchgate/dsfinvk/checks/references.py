"""References: returns and voids point to their sale, and what a reference names exists (DSFinV-K 2.4, p. 45f and references.csv)."""

from __future__ import annotations

from typing import Final

from branchgate.dsfinvk.checks.check import Check

# The closing a reference names, when this archive should hold it: its number lies between the register's first and last here.
_WITHIN: Final = """
SELECT reference.line, REF_BON_ID, REF_DATUM, REF_Z_KASSE_ID, REF_Z_NR, (
    SELECT Stamm_Abschluss.closing FROM closings JOIN Stamm_Abschluss ON Stamm_Abschluss.closing = closings.id
    WHERE closings.Z_KASSE_ID = REF_Z_KASSE_ID AND closings.Z_NR = REF_Z_NR LIMIT 1) AS target
FROM Bon_Referenzen AS reference
JOIN (SELECT Z_KASSE_ID, min(Z_NR) AS first, max(Z_NR) AS last FROM closings JOIN Stamm_Abschluss ON closing = id GROUP BY Z_KASSE_ID)
    AS span ON span.Z_KASSE_ID = REF_Z_KASSE_ID AND REF_Z_NR BETWEEN span.first AND span.last
WHERE REF_TYP = 'Transaktion'
"""

REFERENCES: Final = (
    Check(
        "REFERENCE_MISSING",
        "transactions.csv",
        "SELECT line, 'BON_ID', BON_ID, 'references.csv' FROM Bonkopf WHERE BON_TYP = 'Beleg' AND UMS_BRUTTO < 0"
        " AND EXISTS (SELECT 1 FROM Bonpos WHERE Bonpos.closing = Bonkopf.closing AND Bonpos.BON_ID = Bonkopf.BON_ID AND GV_TYP = 'Umsatz')"
        " AND NOT EXISTS (SELECT 1 FROM Bon_Referenzen AS reference"
        " WHERE reference.closing = Bonkopf.closing AND reference.BON_ID = Bonkopf.BON_ID)",
    ),
    Check(
        "REFERENCE_INCOMPLETE",
        "references.csv",
        "SELECT line, CASE '' WHEN REF_Z_KASSE_ID THEN 'REF_Z_KASSE_ID' ELSE 'REF_Z_NR' END, '', 'Transaktion' FROM Bon_Referenzen"
        " WHERE REF_TYP = 'Transaktion' AND (REF_Z_KASSE_ID = '' OR REF_Z_NR IS NULL)",
    ),
    Check(
        "REFERENCE_TARGET",
        "references.csv",
        f"SELECT line, 'REF_BON_ID', REF_BON_ID, REF_Z_KASSE_ID || ' / ' || REF_Z_NR FROM ({_WITHIN})"
        " WHERE NOT EXISTS (SELECT 1 FROM Bonkopf WHERE Bonkopf.closing = target AND Bonkopf.BON_ID = REF_BON_ID)",
    ),
    Check(
        "REFERENCE_DATE",
        "references.csv",
        f"SELECT line, 'REF_DATUM', REF_DATUM, Z_ERSTELLUNG FROM ({_WITHIN}) JOIN closings ON closings.id = target"
        " WHERE REF_DATUM <> '' AND julianday(REF_DATUM) <> julianday(Z_ERSTELLUNG)",
    ),
    Check(
        "REFERENCE_LINE",
        "references.csv",
        "SELECT line, 'POS_ZEILE', POS_ZEILE, BON_ID FROM Bon_Referenzen AS reference WHERE POS_ZEILE <> '' AND NOT EXISTS"
        " (SELECT 1 FROM Bonpos WHERE Bonpos.closing = reference.closing AND Bonpos.BON_ID = reference.BON_ID"
        " AND Bonpos.POS_ZEILE = reference.POS_ZEILE)",
    ),
    Check(
        "REFERENCE_SELF",
        "references.csv",
        "SELECT line, 'REF_BON_ID', REF_BON_ID, '' FROM Bon_Referenzen JOIN closings ON closings.id = closing"
        " WHERE REF_TYP = 'Transaktion' AND REF_BON_ID = BON_ID AND REF_Z_KASSE_ID = Z_KASSE_ID AND REF_Z_NR = Z_NR",
    ),
)
