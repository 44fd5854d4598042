"""Tables of sales.duckdb, after DSFinV-K's: receipts, lines, VAT, payments, and what else a closing counts.

Every row carries its journal sequence and its period; the period's register, Z number and business day stand once, in `periods`
and `period_days`. Rows are only ever appended (and no table has an index), which keeps to the part of DuckDB whose log replays
reliably after a crash; `watermark` is the one row that changes, in the same transaction as the rows it speaks of.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.sales.closed_rows import SUMMED

SCHEMA_VERSION = 7
"""A file of another version is rebuilt from the journal, so there are no migrations."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is loaded from CSV: its columns in order, with their types."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def create(self) -> str:
        """The statement that makes it; nothing is ever NULL."""
        columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in self.columns)
        return f"CREATE TABLE {self.name} ({columns})"


RECEIPTS = Table(
    "receipts",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("type", "INTEGER"),
        ("receipt_number", "VARCHAR"),
        # Made by the gateway, with a number of the reserved part.
        ("own", "BOOLEAN"),
        ("running_number", "BIGINT"),
        ("started_at_ms", "BIGINT"),
        ("finished_at_ms", "BIGINT"),
        ("hour", "TINYINT"),
        ("user_id", "VARCHAR"),
        ("user_name", "VARCHAR"),
        ("reverses_receipt", "BOOLEAN"),
        ("total_cents", "BIGINT"),
        # Turnover; and the lines that make whoever stands there a customer.
        ("sales_cents", "BIGINT"),
        ("sales_lines", "INTEGER"),
        # Something was sold; goods came back for less turnover than was sold. Neither is a void.
        ("sale", "BOOLEAN"),
        ("gives_back", "BOOLEAN"),
        ("line_count", "INTEGER"),
        ("line_voids", "INTEGER"),
        # The business case that its cash of the branch's own currency was moved for, 0 without: that of its first line that moves money,
        # else the one of all lines if it is told apart, else Umsatz.
        ("cash_case", "INTEGER"),
        ("cash_cents", "BIGINT"),
        # 0 no TSE, as for everything that the gateway makes, 1 signed, 2 the TSE was out of order.
        ("tse", "TINYINT"),
    ),
)

LINES = Table(
    "lines",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        # A line counts when its receipt is a Beleg and it was not voided before payment.
        ("counts", "BOOLEAN"),
        ("line_number", "INTEGER"),
        ("business_case", "INTEGER"),
        ("article_number", "VARCHAR"),
        ("text", "VARCHAR"),
        ("quantity_thousandths", "BIGINT"),
        ("unit", "VARCHAR"),
        ("gross_cents", "BIGINT"),
        ("vat_key", "INTEGER"),
        ("category_key", "VARCHAR"),
        ("category_name", "VARCHAR"),
        ("hour", "TINYINT"),
    ),
)

VAT_SUMS = Table(
    "vat_sums",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("counts", "BOOLEAN"),
        ("vat_key", "INTEGER"),
        ("vat_rate_basis_points", "INTEGER"),
        ("gross_cents", "BIGINT"),
        ("net_cents", "BIGINT"),
        ("vat_cents", "BIGINT"),
    ),
)

PAYMENTS = Table(
    "payments",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("counts", "BOOLEAN"),
        ("type", "INTEGER"),
        ("name", "VARCHAR"),
        ("currency", "VARCHAR"),
        ("amount_cents", "BIGINT"),
        ("foreign_amount", "BIGINT"),
    ),
)

DRAWER_OPENINGS = Table(
    "drawer_openings",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("reason", "VARCHAR"),
        ("outcome", "VARCHAR"),
        ("user_id", "VARCHAR"),
        ("at_ms", "BIGINT"),
    ),
)

FINDINGS = Table(
    "findings",
    (("sequence", "BIGINT"), ("period", "INTEGER"), ("reason", "VARCHAR"), ("refused", "BOOLEAN")),
)

# What a closing printed is in its entry in the journal, at `sequence`. Kept here too, all bodies would stand in one group of rows, which
# DuckDB reads into memory as a whole at every checkpoint: those of a large branch's year did not fit any more.
CLOSINGS = Table(
    "closings",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("register_id", "VARCHAR"),
        ("z_number", "BIGINT"),
        ("business_day", "VARCHAR"),
        ("event_id", "VARCHAR"),
        # What stays in the drawer, 0 when nothing is carried; it opens the next period once that has a receipt.
        ("carried_float_cents", "BIGINT"),
    ),
)

# Closings whose body is damaged: the period has ended, and nobody knows any more what was printed.
LOST_CLOSINGS = Table(
    "lost_closings",
    (("sequence", "BIGINT"), ("period", "INTEGER"), ("register_id", "VARCHAR"), ("z_number", "BIGINT")),
)

# What closings told, in numbers: see `closed_rows`.
CLOSED_TOTALS = Table(
    "closed_totals",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("first_at_ms", "BIGINT"),
        ("last_at_ms", "BIGINT"),
        *((name, "BIGINT") for name in SUMMED),
    ),
)

CLOSED_PARTS = Table(
    "closed_parts",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("part", "TINYINT"),
        ("key", "VARCHAR"),
        ("name", "VARCHAR"),
        ("currency", "VARCHAR"),
        ("rate", "INTEGER"),
        ("count", "BIGINT"),
        ("gross_cents", "BIGINT"),
        ("net_cents", "BIGINT"),
        ("vat_cents", "BIGINT"),
    ),
)

CLOSED_ARTICLES = Table(
    "closed_articles",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        ("article_number", "VARCHAR"),
        ("text", "VARCHAR"),
        ("unit", "VARCHAR"),
        ("quantity_thousandths", "BIGINT"),
        ("gross_cents", "BIGINT"),
    ),
)

CASH_COUNTS = Table(
    "cash_counts",
    (
        ("sequence", "BIGINT"),
        ("period", "INTEGER"),
        # The body of the CASH_COUNT event in hexadecimal.
        ("body", "VARCHAR"),
    ),
)

PERIODS = Table(
    "periods",
    (("period", "INTEGER"), ("register_id", "VARCHAR"), ("z_number", "BIGINT"), ("first_sequence", "BIGINT")),
)

# A period has a business day from its first receipt on; zone and shift are those of that moment and stay.
PERIOD_DAYS = Table(
    "period_days",
    (
        ("period", "INTEGER"),
        ("business_day", "VARCHAR"),
        ("time_zone", "VARCHAR"),
        ("day_starts_at_minutes", "INTEGER"),
        ("first_receipt_sequence", "BIGINT"),
    ),
)

LOADED = (
    RECEIPTS,
    LINES,
    VAT_SUMS,
    PAYMENTS,
    DRAWER_OPENINGS,
    FINDINGS,
    CLOSINGS,
    LOST_CLOSINGS,
    CLOSED_TOTALS,
    CLOSED_PARTS,
    CLOSED_ARTICLES,
    CASH_COUNTS,
    PERIODS,
    PERIOD_DAYS,
)

WATERMARK = """
CREATE TABLE watermark (
    schema_version INTEGER NOT NULL,
    journal_id VARCHAR NOT NULL,
    sequence BIGINT NOT NULL,
    chain_hash VARCHAR NOT NULL,
    rows_loaded VARCHAR NOT NULL
)
"""
"""One row: the journal it was filled from and up to where, that entry's chain hash, and per table how many rows that made (JSON)."""

ENDED = """
CREATE VIEW ended AS
SELECT sequence, period, register_id, z_number, carried_float_cents FROM closings
UNION ALL
SELECT sequence, period, register_id, z_number, 0 FROM lost_closings
"""
"""Every end of a period, also where its closing cannot be read."""

OPEN_PERIODS = """
CREATE VIEW open_periods AS
SELECT period, register_id, z_number, first_sequence, business_day
FROM periods JOIN period_days USING (period)
WHERE period NOT IN (SELECT period FROM ended)
"""
"""Periods with at least one receipt and no closing."""

SCHEMA = (*(table.create for table in LOADED), WATERMARK, ENDED, OPEN_PERIODS)
