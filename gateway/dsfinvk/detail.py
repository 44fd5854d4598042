"""The temporary tables between journal and files: what is exported, one row per thing, so that every file is one SELECT.

Every row carries its closing's place in the export; the closing's own data stands once, in `closings`. Money is integer cents, prices
are integer 1/100,000 EUR, quantities integer thousandths. '' and 0 stand for nothing where a column may be empty.
"""

from __future__ import annotations

from gateway.sales.tables import Table

_RECEIPT = (("closing", "INTEGER"), ("sequence", "BIGINT"), ("bon_id", "VARCHAR"))


def _texts(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, "VARCHAR") for name in names)


def _numbers(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, "BIGINT") for name in names)


CLOSINGS = Table(
    "closings",
    (
        ("closing", "INTEGER"),
        ("z_number", "BIGINT"),
        *_texts("register_id", "created", "business_day", "taxonomy", "company", "street", "postcode", "town"),
        *_texts("country", "tax_number", "vat_id", "branch", "serial", "software", "software_version"),
    ),
)
RECEIPTS = Table(
    "receipts",
    (
        *_RECEIPT,
        *_numbers("running_number", "total_cents"),
        *_texts("type", "type_name", "started", "finished", "user_id", "user_name", "note", "allocation_group"),
        *_texts("customer_name", "customer_id", "customer_kind", "customer_street", "customer_postcode"),
        *_texts("customer_town", "customer_country", "customer_vat_id"),
    ),
)
LINES = Table(
    "lines",
    (
        *_RECEIPT,
        ("place", "INTEGER"),
        # Counts in the closing's sums: of a Beleg, and not voided before payment.
        ("counts", "BOOLEAN"),
        ("voided", "BOOLEAN"),
        *_texts("line", "voucher_number", "text", "business_case", "business_case_name", "article_number", "gtin"),
        *_texts("category_key", "category_name", "unit"),
        *_numbers("quantity", "unit_price", "vat_key", "vat_rate", "gross_cents", "net_cents", "vat_cents"),
    ),
)
PRICE_STEPS = Table(
    "price_steps",
    (
        *_RECEIPT,
        ("place", "INTEGER"),
        ("step", "INTEGER"),
        *_texts("line", "type"),
        *_numbers("vat_key", "gross", "net", "vat"),
    ),
)
VAT_SUMS = Table("vat_sums", (*_RECEIPT, *_numbers("vat_key", "vat_rate", "gross_cents", "net_cents", "vat_cents")))
PAYMENTS = Table(
    "payments",
    (
        *_RECEIPT,
        ("place", "INTEGER"),
        ("counts", "BOOLEAN"),
        *_texts("type", "name", "currency"),
        *_numbers("amount_cents", "foreign_cents"),
    ),
)
REFERENCES = Table(
    "bon_references",
    (
        *_RECEIPT,
        ("place", "INTEGER"),
        *_texts("line", "type", "name", "dated", "register_id", "referenced", "number"),
        ("z_number", "BIGINT"),
    ),
)
LOCATED = Table("located", (*_texts("register_id", "number", "referenced", "dated"), ("z_number", "BIGINT")))
SIGNATURES = Table(
    "signatures",
    (
        *_RECEIPT,
        *_texts("serial", "started", "finished", "process_type", "signature", "failure", "process_data"),
        *_numbers("transaction_number", "signature_counter"),
    ),
)
DEVICES = Table(
    "devices",
    (
        ("closing", "INTEGER"),
        ("tse_id", "INTEGER"),
        *_texts("serial", "algorithm", "time_format", "encoding", "public_key", "certificate"),
    ),
)

OF_RECEIPTS = (RECEIPTS, LINES, PRICE_STEPS, VAT_SUMS, PAYMENTS, REFERENCES, SIGNATURES)
ALL = (CLOSINGS, *OF_RECEIPTS, LOCATED, DEVICES)
