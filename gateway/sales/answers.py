"""Answers the parent's questions from a filled store, as plain values for the socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from branchgate.figures.codec import encode_figures
from branchgate.figures.model import SummaryColumns
from gateway.sales.frames import Message
from gateway.sales.queries import SUM, PeriodKey, columns_by, figures_by, periods_where


def answer(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """What the question `ask` names; KeyError for an unknown one, duckdb.Error when the store fails."""
    return _ANSWERS[question["ask"]](connection, question)


def _open_figures(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    periods = _open(connection, question["register_id"])
    figures = figures_by(connection, periods, together=True)[SUM]
    return {"figures": encode_figures(figures).hex(), "periods": [_named(period) for period in periods]}


def _open_periods(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    periods = _open(connection, question["register_id"])
    figures = figures_by(connection, periods, together=False)
    return [{**_named(period), "figures": encode_figures(figures[period.number]).hex()} for period in periods]


def _figures_of(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    wanted = {(register_id, z_number) for register_id, z_number in question["periods"]}
    names = sorted({register_id for register_id, _ in wanted})
    found = periods_where(connection, "list_contains(?, p.register_id)", [names])
    periods = [period for period in found if (period.register_id, period.z_number) in wanted]
    figures = figures_by(connection, periods, together=True)[SUM]
    return {"figures": encode_figures(figures).hex(), "periods": [_named(period) for period in periods]}


def _summaries(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """Closed periods as they were printed, open ones as they stand; the columns are sums of their own."""
    day = question["business_day"]
    periods = periods_where(connection, "day = ?", [day]) if day is not None else periods_where(connection, "true", [])
    still_open = figures_by(connection, [period for period in periods if not period.closed], together=False)
    columns = columns_by(connection, periods)
    closings = dict(
        connection.execute(
            "SELECT period, body FROM closings WHERE list_contains(?, period)", [[p.number for p in periods]]
        ).fetchall()
    )
    return [
        {
            **_named(period),
            "closing": closings.get(period.number, ""),
            "figures": "" if period.closed else encode_figures(still_open[period.number]).hex(),
            "columns": _packed(columns[period.number]),
        }
        for period in periods
    ]


def _closings(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """Newest first."""
    register_id = question["register_id"]
    return connection.execute(
        "SELECT event_id, body FROM closings WHERE ? OR register_id = ? ORDER BY sequence DESC LIMIT ?",
        [register_id is None, register_id or "", question["limit"]],
    ).fetchall()


def _watermark(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """Nothing of its own: every reply tells up to where the store is filled."""
    return None


def _open(connection: duckdb.DuckDBPyConnection, register_id: str | None) -> list[PeriodKey]:
    if register_id is None:
        return periods_where(connection, "NOT closed", [])
    return periods_where(connection, "NOT closed AND p.register_id = ?", [register_id])


def _named(period: PeriodKey) -> Message:
    return {"register_id": period.register_id, "z_number": period.z_number, "business_day": period.business_day}


def _packed(columns: SummaryColumns) -> Message:
    return {
        "hour": columns.hour,
        "category": columns.category,
        "vat_key": columns.vat_key,
        "gross_cents": columns.gross_cents,
        "line_count": columns.line_count,
        "category_keys": columns.category_keys,
    }


_ANSWERS: dict[str, Callable[[duckdb.DuckDBPyConnection, Message], Any]] = {
    "open_figures": _open_figures,
    "open_periods": _open_periods,
    "figures_of": _figures_of,
    "summaries": _summaries,
    "closings": _closings,
    "watermark": _watermark,
}
