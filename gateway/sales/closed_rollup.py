"""Sums of the closings by month, kept in the child's memory, so that a year of a large branch is a few thousand rows.

They hold every closing up to a sequence and are brought up to date by the closings behind it; the first question after a start reads all
of them. What is not a whole month of all registers is summed from the closings' own rows, by the same statements.
"""

from __future__ import annotations

from calendar import monthrange
from typing import Any, Final

import duckdb

from gateway.sales.closed_rows import PAYMENTS, SUMMED

_OF_CLOSINGS: Final = "JOIN closings c USING (sequence) WHERE"
_MONTH: Final = "c.business_day[1:7] AS month, c.business_day AS first_day"

# The rows of closings, in the shape that their sums by month have as well.
_ROWS: Final = {
    "totals": f"SELECT {_MONTH}, c.business_day AS last_day, 1 AS closings, first_at_ms, last_at_ms, {', '.join(SUMMED)}"
    f" FROM closed_totals {_OF_CLOSINGS}",
    # A payment's name tells it from others; elsewhere the name is what was printed last.
    "parts": f"SELECT {_MONTH}, part, key, currency, rate, CASE WHEN part = {PAYMENTS} THEN name ELSE '' END AS told_apart,"
    f" name, sequence AS last, count, gross_cents, net_cents, vat_cents FROM closed_parts {_OF_CLOSINGS}",
    "articles": f"SELECT {_MONTH}, article_number, text, unit, gross_cents, quantity_thousandths, sequence AS last FROM closed_articles {_OF_CLOSINGS}",
}

_SUMS: Final = {
    "totals": "month, min(first_day) AS first_day, max(last_day) AS last_day, sum(closings)::BIGINT AS closings,"
    " coalesce(min(first_at_ms) FILTER (first_at_ms > 0), 0) AS first_at_ms, max(last_at_ms) AS last_at_ms, "
    + ", ".join(f"sum({name})::BIGINT AS {name}" for name in SUMMED),
    "parts": "month, min(first_day) AS first_day, part, key, currency, rate, told_apart, arg_max(name, last) AS name, max(last) AS last,"
    " sum(count)::BIGINT AS count, sum(gross_cents)::BIGINT AS gross_cents, sum(net_cents)::BIGINT AS net_cents,"
    " sum(vat_cents)::BIGINT AS vat_cents",
    "articles": "month, min(first_day) AS first_day, article_number, arg_max(text, last) AS text, arg_max(unit, last) AS unit, sum(gross_cents)::BIGINT AS gross_cents,"
    " sum(quantity_thousandths)::BIGINT AS quantity_thousandths, max(last) AS last",
}

_KEYS: Final = {
    "totals": "month",
    "parts": "month, part, key, currency, rate, told_apart",
    "articles": "month, article_number",
}


def source_of(
    connection: duckdb.DuckDBPyConnection, kind: str, register_id: str | None, from_day: str, to_day: str
) -> tuple[str, list[Any]]:
    """Rows to be summed, as a statement with its values: of closings in a range of business days, of one register or of all."""
    if register_id is None and _whole_months(from_day, to_day):
        _refresh(connection, kind)
        return f"SELECT * FROM month_{kind} WHERE month >= ? AND (? OR month <= ?)", [
            from_day[:7],
            not to_day,
            to_day[:7],
        ]
    return days_of(kind, register_id, from_day, to_day)


def days_of(kind: str, register_id: str | None, from_day: str, to_day: str) -> tuple[str, list[Any]]:
    """The rows of each closing, not summed by month."""
    chosen = "(? OR c.register_id = ?) AND c.business_day >= ? AND (? OR c.business_day <= ?)"
    return f"{_ROWS[kind]} {chosen}", [register_id is None, register_id or "", from_day, not to_day, to_day]


def _whole_months(from_day: str, to_day: str) -> bool:
    if from_day and not from_day.endswith("-01"):
        return False
    return not to_day or int(to_day[8:]) == monthrange(int(to_day[:4]), int(to_day[5:7]))[1]


def _refresh(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS rolled_up (kind VARCHAR, through BIGINT)")
    ((newest, rolled),) = connection.execute(
        "SELECT (SELECT coalesce(max(sequence), 0) FROM closings), (SELECT max(through) FROM rolled_up WHERE kind = ?)",
        [kind],
    ).fetchall()
    if newest == rolled:
        return
    added = f"{_ROWS[kind]} c.sequence > {rolled or 0}"
    rows = added if rolled is None else f"SELECT * FROM month_{kind} UNION ALL BY NAME ({added})"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE month_{kind} AS SELECT {_SUMS[kind]} FROM ({rows}) GROUP BY {_KEYS[kind]}"
    )
    connection.execute("INSERT INTO rolled_up VALUES (?, ?)", [kind, newest])
