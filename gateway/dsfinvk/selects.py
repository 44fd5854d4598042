"""The twenty files as SELECTs over the temporary tables: columns are named as in the file, and come in its order.

Closing sums take the Belege alone, business cases add up the lines' shares, and cash by currency is what the drawer holds (DSFinV-K 2.4,
closing module). Everything is ordered, so that the same periods give the same bytes.

Single records are asked for a `part` of the closings at a time: a year's lines are sorted in pieces that fit into memory.
"""

from __future__ import annotations

from typing import Final

from gateway.dsfinvk.receipts import BASE_CURRENCY
from gateway.dsfinvk.tables import CERTIFICATE_PART, certificate_columns

MACROS: Final = (
    """
    CREATE MACRO fixed(whole, rest) AS whole::VARCHAR || ',' || rest
    """,
    """
    CREATE MACRO signed(x, digits) AS CASE WHEN x < 0 THEN '-' ELSE '' END || digits
    """,
    """
    CREATE MACRO cents(x) AS signed(x, fixed(abs(x) // 100, lpad((abs(x) % 100)::VARCHAR, 2, '0')))
    """,
    """
    CREATE MACRO thousandths(x) AS signed(x, fixed(abs(x) // 1000, lpad((abs(x) % 1000)::VARCHAR, 3, '0')))
    """,
    # A price has five decimals; two are shown at least, and no zero behind them.
    """
    CREATE MACRO decimals(five) AS five[:2] || rtrim(five[3:], '0')
    """,
    """
    CREATE MACRO price(x) AS signed(x, fixed(abs(x) // 100000, decimals(lpad((abs(x) % 100000)::VARCHAR, 5, '0'))))
    """,
    """
    CREATE MACRO flag(x) AS CASE WHEN x THEN '1' ELSE '0' END
    """,
)
"""Numbers as DSFinV-K writes them: decimal comma, no grouping, no leading zero, one digit before the comma at least."""

VAT_WORDS: Final = {
    1: "Allgemeiner Steuersatz (§ 12 Abs. 1 UStG)",
    2: "Ermäßigter Steuersatz (§ 12 Abs. 2 UStG)",
    3: "Durchschnittsatz (§ 24 Abs. 1 Nr. 3 UStG)",
    4: "Durchschnittsatz (§ 24 Abs. 1 Nr. 1 UStG)",
    5: "Nicht steuerbar",
    6: "Umsatzsteuerfrei",
    7: "Umsatzsteuer nicht ermittelbar",
    8: "Nullsteuersatz (§ 12 Abs. 3 UStG)",
    11: "Historischer allgemeiner Steuersatz bis 30.06.2020",
    12: "Historischer ermäßigter Steuersatz bis 30.06.2020",
    13: "Historischer Durchschnittsatz bis 31.12.2021",
    21: "Historischer allgemeiner Steuersatz 2. Halbjahr 2020",
    22: "Historischer ermäßigter Steuersatz 2. Halbjahr 2020",
    23: "Historischer Durchschnittsatz 2022",
    33: "Historischer Durchschnittsatz bis 05.12.2024",
    43: "Historischer Durchschnittsatz bis 31.12.2024",
}
"""UST_BESCHR by key (Anlage 2 of 2024-12-05)."""

NO_TSE: Final = "TESTBETRIEB – keine TSE"
NOT_SECURED: Final = "Ohne TSE aufgezeichnet"
"""TSE_TA_FEHLER of receipts without any word of a TSE: in a closing without a TSE, and in one that has some."""

_CLOSING = 'c.register_id AS "Z_KASSE_ID", c.created AS "Z_ERSTELLUNG", c.z_number AS "Z_NR"'
_RECEIPT = f'{_CLOSING}, r.bon_id AS "BON_ID"'
_LINE = f'{_RECEIPT}, r.line AS "POS_ZEILE"'


def _joined(table: str, order: str) -> str:
    return f"FROM {table} r JOIN part c USING (closing) ORDER BY r.closing, {order}"


CASHPOINTCLOSING = f"""
SELECT {_CLOSING},
    CASE WHEN c.business_day <> c.created[:10] THEN c.business_day END AS "Z_BUCHUNGSTAG",
    c.taxonomy AS "TAXONOMIE_VERSION", b.first AS "Z_START_ID", b.last AS "Z_ENDE_ID",
    c.company AS "NAME", c.street AS "STRASSE", c.postcode AS "PLZ", c.town AS "ORT", c.country AS "LAND",
    c.tax_number AS "STNR", c.vat_id AS "USTID",
    cents(coalesce(p.paid, 0)) AS "Z_SE_ZAHLUNGEN", cents(coalesce(p.cash, 0)) AS "Z_SE_BARZAHLUNGEN"
FROM closings c
LEFT JOIN (
    SELECT closing, arg_min(bon_id, sequence) AS first, arg_max(bon_id, sequence) AS last FROM receipts GROUP BY closing
) b USING (closing)
LEFT JOIN (
    SELECT closing, sum(amount_cents) AS paid, sum(amount_cents) FILTER (type = 'Bar') AS cash
    FROM payments WHERE counts GROUP BY closing
) p USING (closing)
ORDER BY c.closing
"""

LOCATION = f"""
SELECT {_CLOSING}, c.branch AS "LOC_NAME", c.street AS "LOC_STRASSE", c.postcode AS "LOC_PLZ", c.town AS "LOC_ORT",
    c.country AS "LOC_LAND", c.vat_id AS "LOC_USTID"
FROM closings c ORDER BY c.closing
"""

CASHREGISTER = f"""
SELECT {_CLOSING}, NULL AS "KASSE_BRAND", NULL AS "KASSE_MODELL", c.serial AS "KASSE_SERIENNR",
    c.software AS "KASSE_SW_BRAND", c.software_version AS "KASSE_SW_VERSION",
    '{BASE_CURRENCY}' AS "KASSE_BASISWAEH_CODE", '0' AS "KEINE_UST_ZUORDNUNG"
FROM closings c ORDER BY c.closing
"""

VAT = f"""
WITH used AS (
    SELECT closing, vat_key, vat_rate, count(*) AS often
    FROM (SELECT closing, vat_key, vat_rate FROM lines UNION ALL SELECT closing, vat_key, vat_rate FROM vat_sums)
    GROUP BY ALL
), one_rate AS (
    SELECT closing, vat_key, first(vat_rate ORDER BY often DESC, vat_rate) AS vat_rate FROM used GROUP BY ALL
    UNION ALL
    SELECT closing, 5, 0 FROM closings WHERE closing NOT IN (SELECT closing FROM used)
)
SELECT {_CLOSING}, o.vat_key AS "UST_SCHLUESSEL", cents(o.vat_rate) AS "UST_SATZ",
    coalesce(w.word, CASE WHEN o.vat_key >= 1000 THEN 'Eigener Steuerschlüssel' ELSE 'Unbekannter Steuerschlüssel' END) AS "UST_BESCHR"
FROM one_rate o JOIN closings c USING (closing) LEFT JOIN vat_words w USING (vat_key)
ORDER BY o.closing, o.vat_key
"""

BUSINESSCASES = f"""
SELECT {_CLOSING}, s.business_case AS "GV_TYP", s.business_case_name AS "GV_NAME", 0 AS "AGENTUR_ID",
    s.vat_key AS "UST_SCHLUESSEL", cents(s.gross) AS "Z_UMS_BRUTTO", cents(s.net) AS "Z_UMS_NETTO", cents(s.vat) AS "Z_UST"
FROM (
    SELECT closing, business_case, business_case_name, vat_key,
        sum(gross_cents) AS gross, sum(net_cents) AS net, sum(vat_cents) AS vat
    FROM lines WHERE counts GROUP BY ALL
) s JOIN closings c USING (closing)
ORDER BY s.closing, s.business_case, s.business_case_name, s.vat_key
"""

PAYMENT = f"""
SELECT {_CLOSING}, s.type AS "ZAHLART_TYP", s.name AS "ZAHLART_NAME", cents(s.amount) AS "Z_ZAHLART_BETRAG"
FROM (SELECT closing, type, name, sum(amount_cents) AS amount FROM payments WHERE counts GROUP BY ALL) s
JOIN closings c USING (closing)
ORDER BY s.closing, s.type, s.name
"""

# Every closing tells its euros, also when the drawer was never touched.
CASH_PER_CURRENCY = f"""
SELECT {_CLOSING}, s.currency AS "ZAHLART_WAEH", cents(s.amount) AS "ZAHLART_BETRAG_WAEH"
FROM (
    SELECT closing, currency, sum(CASE WHEN currency = '{BASE_CURRENCY}' THEN amount_cents ELSE foreign_cents END) AS amount
    FROM (
        SELECT closing, currency, amount_cents, foreign_cents FROM payments WHERE counts AND type = 'Bar'
        UNION ALL SELECT closing, '{BASE_CURRENCY}', 0, 0 FROM closings
    ) GROUP BY ALL
) s JOIN closings c USING (closing)
ORDER BY s.closing, s.currency
"""

# A void is a Beleg of its own with turned signs, so no receipt is marked as voided (DSFinV-K 2.4, AVBelegstorno).
TRANSACTIONS = f"""
SELECT {_RECEIPT}, r.running_number AS "BON_NR", r.type AS "BON_TYP", r.type_name AS "BON_NAME", NULL AS "TERMINAL_ID",
    '0' AS "BON_STORNO", r.started AS "BON_START", r.finished AS "BON_ENDE",
    r.user_id AS "BEDIENER_ID", r.user_name AS "BEDIENER_NAME", cents(r.total_cents) AS "UMS_BRUTTO",
    r.customer_name AS "KUNDE_NAME", r.customer_id AS "KUNDE_ID", r.customer_kind AS "KUNDE_TYP",
    r.customer_street AS "KUNDE_STRASSE", r.customer_postcode AS "KUNDE_PLZ", r.customer_town AS "KUNDE_ORT",
    r.customer_country AS "KUNDE_LAND", r.customer_vat_id AS "KUNDE_USTID", r.note AS "BON_NOTIZ"
{_joined("receipts", "r.sequence")}
"""

DATAPAYMENT = f"""
SELECT {_RECEIPT}, r.type AS "ZAHLART_TYP", r.name AS "ZAHLART_NAME", r.currency AS "ZAHLWAEH_CODE",
    CASE WHEN r.currency <> '{BASE_CURRENCY}' THEN cents(r.foreign_cents) END AS "ZAHLWAEH_BETRAG",
    cents(r.amount_cents) AS "BASISWAEH_BETRAG"
{_joined("payments", "r.sequence, r.place")}
"""

LINES = f"""
SELECT {_LINE}, r.voucher_number AS "GUTSCHEIN_NR", r.text AS "ARTIKELTEXT", NULL AS "POS_TERMINAL_ID",
    r.business_case AS "GV_TYP", r.business_case_name AS "GV_NAME", NULL AS "INHAUS", flag(r.voided) AS "P_STORNO",
    0 AS "AGENTUR_ID", r.article_number AS "ART_NR", r.gtin AS "GTIN", r.category_key AS "WARENGR_ID",
    r.category_name AS "WARENGR", thousandths(r.quantity) AS "MENGE", '1,000' AS "FAKTOR", r.unit AS "EINHEIT",
    price(r.unit_price) AS "STK_BR"
{_joined("lines", "r.sequence, r.place")}
"""

ITEMAMOUNTS = f"""
SELECT {_LINE}, r.type AS "TYP", r.vat_key AS "UST_SCHLUESSEL", price(r.gross) AS "PF_BRUTTO", price(r.net) AS "PF_NETTO",
    price(r.vat) AS "PF_UST"
{_joined("price_steps", "r.sequence, r.place, r.step")}
"""

TRANSACTIONS_TSE = f"""
SELECT {_RECEIPT}, d.tse_id AS "TSE_ID", nullif(r.transaction_number, 0) AS "TSE_TANR", r.started AS "TSE_TA_START",
    r.finished AS "TSE_TA_ENDE", r.process_type AS "TSE_TA_VORGANGSART", nullif(r.signature_counter, 0) AS "TSE_TA_SIGZ",
    r.signature AS "TSE_TA_SIG",
    CASE
        WHEN r.failure <> '' THEN r.failure
        WHEN r.signature <> '' THEN NULL
        WHEN r.closing IN (SELECT closing FROM devices) THEN '{NOT_SECURED}'
        ELSE '{NO_TSE}'
    END AS "TSE_TA_FEHLER",
    r.process_data AS "TSE_VORGANGSDATEN"
FROM signatures r JOIN part c USING (closing) LEFT JOIN devices d ON d.closing = r.closing AND d.serial = r.serial
ORDER BY r.closing, r.sequence
"""

TRANSACTIONS_VAT = f"""
SELECT {_RECEIPT}, r.vat_key AS "UST_SCHLUESSEL", cents(r.gross_cents) AS "BON_BRUTTO", cents(r.net_cents) AS "BON_NETTO",
    cents(r.vat_cents) AS "BON_UST"
{_joined("vat_sums", "r.sequence, r.vat_key")}
"""

# A line that was voided before payment names its key and has no amounts, so that the lines come to what was paid.
LINES_VAT = f"""
SELECT {_LINE}, r.vat_key AS "UST_SCHLUESSEL", CASE WHEN NOT r.voided THEN cents(r.gross_cents) END AS "POS_BRUTTO",
    CASE WHEN NOT r.voided THEN cents(r.net_cents) END AS "POS_NETTO", CASE WHEN NOT r.voided THEN cents(r.vat_cents) END AS "POS_UST"
{_joined("lines", "r.sequence, r.place")}
"""

ALLOCATION_GROUPS = f"""
SELECT {_RECEIPT}, r.allocation_group AS "ABRECHNUNGSKREIS"
FROM receipts r JOIN part c USING (closing) WHERE r.allocation_group <> '' ORDER BY r.closing, r.sequence
"""

REFERENCES = f"""
SELECT {_LINE}, r.type AS "REF_TYP", r.name AS "REF_NAME", coalesce(l.dated, r.dated) AS "REF_DATUM",
    r.register_id AS "REF_Z_KASSE_ID", nullif(coalesce(l.z_number, r.z_number), 0) AS "REF_Z_NR",
    coalesce(l.referenced, r.referenced) AS "REF_BON_ID"
FROM bon_references r JOIN part c USING (closing)
LEFT JOIN located l ON l.register_id = r.register_id AND l.number = r.number
ORDER BY r.closing, r.sequence, r.place
"""


def tse(certificate_parts: int) -> str:
    """tse.csv, with as many columns as the longest certificate needs."""
    parts = ", ".join(
        f'substr(d.certificate, {place * CERTIFICATE_PART + 1}, {CERTIFICATE_PART}) AS "{column}"'
        for place, column in enumerate(certificate_columns(certificate_parts))
    )
    return f"""
    SELECT {_CLOSING}, d.tse_id AS "TSE_ID", d.serial AS "TSE_SERIAL", d.algorithm AS "TSE_SIG_ALGO",
        d.time_format AS "TSE_ZEITFORMAT", d.encoding AS "TSE_PD_ENCODING", d.public_key AS "TSE_PUBLIC_KEY", {parts}
    FROM devices d JOIN closings c USING (closing) ORDER BY d.closing, d.tse_id
    """


def select(file: str, certificate_parts: int) -> str | None:
    """The SELECT of a file; None for one that never has rows."""
    return tse(certificate_parts) if file == "tse.csv" else _SELECTS[file]


_SELECTS: Final = {
    "cashpointclosing.csv": CASHPOINTCLOSING,
    "location.csv": LOCATION,
    "cashregister.csv": CASHREGISTER,
    # No terminals without a closing of their own, no agencies, no bundles.
    "slaves.csv": None,
    "pa.csv": None,
    "subitems.csv": None,
    "vat.csv": VAT,
    "businesscases.csv": BUSINESSCASES,
    "payment.csv": PAYMENT,
    "cash_per_currency.csv": CASH_PER_CURRENCY,
    "transactions.csv": TRANSACTIONS,
    "datapayment.csv": DATAPAYMENT,
    "lines.csv": LINES,
    "itemamounts.csv": ITEMAMOUNTS,
    "transactions_tse.csv": TRANSACTIONS_TSE,
    "transactions_vat.csv": TRANSACTIONS_VAT,
    "lines_vat.csv": LINES_VAT,
    "allocation_groups.csv": ALLOCATION_GROUPS,
    "references.csv": REFERENCES,
}
