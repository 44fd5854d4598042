"""What a shop would do without an analytical store: the sales as SQLite tables with covering indexes, and the same figures of a Z."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

_TABLES = {
    "receipts": "period, type, sequence, receipt_number, total_cents, line_count, line_voids, sales_cents, sales_lines,"
    " reverses_receipt, user_id, hour",
    "lines": "period, counts, business_case, category_key, article_number, quantity_thousandths, gross_cents",
    "vat_sums": "period, counts, vat_key, vat_rate_basis_points, gross_cents, net_cents, vat_cents",
    "payments": "period, counts, type, name, currency, amount_cents",
}

_INDEXES = (
    "CREATE INDEX by_receipt ON receipts (period, type, sequence, total_cents, line_count, line_voids, sales_cents, reverses_receipt)",
    "CREATE INDEX by_user ON receipts (period, user_id, sales_cents) WHERE type = 1 AND sales_lines > 0",
    "CREATE INDEX by_hour ON receipts (period, hour, sales_cents) WHERE type = 1 AND sales_lines > 0",
    "CREATE INDEX by_vat ON vat_sums (counts, period, vat_key, vat_rate_basis_points, gross_cents, net_cents, vat_cents)",
    "CREATE INDEX by_payment ON payments (counts, period, type, name, currency, amount_cents)",
    "CREATE INDEX by_case ON lines (counts, period, business_case, gross_cents)",
    "CREATE INDEX by_category ON lines (counts, period, category_key, gross_cents)",
    "CREATE INDEX by_article ON lines (counts, period, article_number, quantity_thousandths, gross_cents)",
)

_FIGURES = (
    "SELECT period, count(*), sum(line_count), sum(total_cents), min(sequence), max(sequence), sum(line_voids),"
    " sum(sales_cents < 0 AND NOT reverses_receipt), sum(reverses_receipt) FROM receipts WHERE type = 1 GROUP BY period",
    "SELECT period, vat_key, vat_rate_basis_points, sum(gross_cents), sum(net_cents), sum(vat_cents)"
    " FROM vat_sums WHERE counts = 1 GROUP BY period, vat_key, vat_rate_basis_points",
    "SELECT period, type, name, currency, count(*), sum(amount_cents)"
    " FROM payments WHERE counts = 1 GROUP BY period, type, name, currency",
    "SELECT period, user_id, count(*), sum(sales_cents) FROM receipts WHERE type = 1 AND sales_lines > 0 GROUP BY period, user_id",
    "SELECT period, hour, count(*), sum(sales_cents) FROM receipts WHERE type = 1 AND sales_lines > 0 GROUP BY period, hour",
    "SELECT period, business_case, count(*), sum(gross_cents) FROM lines WHERE counts = 1 GROUP BY period, business_case",
    "SELECT period, category_key, sum(gross_cents) FROM lines WHERE counts = 1 GROUP BY period, category_key",
    "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY period ORDER BY gross DESC, article_number) AS place FROM"
    " (SELECT period, article_number, sum(quantity_thousandths), sum(gross_cents) AS gross"
    " FROM lines WHERE counts = 1 GROUP BY period, article_number)) WHERE place <= 20",
)


def copy_sales(source: duckdb.DuckDBPyConnection, path: Path) -> sqlite3.Connection:
    """The sales store's tables as SQLite has them, indexed and analysed."""
    connection = sqlite3.connect(path)
    for table, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
        cursor = source.execute(f"SELECT {columns} FROM {table}")
        places = ", ".join("?" * (columns.count(",") + 1))
        while rows := cursor.fetchmany(50_000):
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
    for index in _INDEXES:
        connection.execute(index)
    connection.execute("ANALYZE")
    connection.commit()
    return connection


def figures(connection: sqlite3.Connection) -> int:
    """The figures of a Z for every register; returns how many rows they are."""
    return sum(len(connection.execute(statement).fetchall()) for statement in _FIGURES)
