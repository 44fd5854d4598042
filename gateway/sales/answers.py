"""Answers the parent's questions from a filled store, as plain values for the socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from branchgate.figures.closings import encode_details
from branchgate.figures.codec import encode_figures
from branchgate.figures.model import ArticleFigure
from branchgate.figures.spans import SpanSum
from gateway.sales.closed import closed_sums
from gateway.sales.frames import Message
from gateway.sales.queries import SUM, PeriodKey, articles_by, cash_by, columns_by, figures_by, periods_where
from gateway.sales.source import JournalSource
from gateway.sales.span import Span


def answer(connection: duckdb.DuckDBPyConnection, journal: JournalSource, question: Message) -> Any:
    """What the question `ask` names; KeyError for an unknown one, duckdb.Error when the store fails.

    What closings printed is read from their entries in the `journal`.
    """
    ask = question["ask"]
    if ask in _OF_CLOSINGS:
        return _OF_CLOSINGS[ask](connection, journal, question)
    return _ANSWERS[ask](connection, question)


def _open_figures(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    periods = _open(connection, question["register_id"])
    figures = figures_by(connection, periods, together=True)[SUM]
    return {"figures": encode_figures(figures).hex(), "periods": [_named(period) for period in periods]}


def _open_periods(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    periods = _open(connection, question["register_id"])
    figures = figures_by(connection, periods, together=False)
    counts = _last_counts(connection)
    return [
        {
            **_named(period),
            "figures": encode_figures(figures[period.number]).hex(),
            "count": counts.get(period.register_id, ""),
        }
        for period in periods
    ]


def _details(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """What the closing of one period keeps beside its figures."""
    condition, values = "p.register_id = ? AND p.z_number = ?", [question["register_id"], question["z_number"]]
    periods = periods_where(connection, condition, values)
    return [_details_of(connection, period) for period in periods]


def _details_of(connection: duckdb.DuckDBPyConnection, period: PeriodKey) -> str:
    columns, articles = columns_by(connection, [period]), articles_by(connection, [period])
    return encode_details(columns[period.number], [ArticleFigure(*row) for row in articles[period.number]]).hex()


def _drawers(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """What should be in the drawers: of each register that has an open period or a closing behind it, or was counted."""
    periods = _open(connection, question["register_id"])
    cash = cash_by(connection, periods)
    moved = {period.register_id: cash[period.number] for period in periods}
    carried = dict(
        connection.execute(
            "SELECT register_id, arg_max(carried_float_cents, sequence) FROM ended GROUP BY register_id"
        ).fetchall()
    )
    counts = _last_counts(connection)
    wanted = question["register_id"]
    return [
        {
            "register_id": register_id,
            # The float opens the period with the period's first receipt; from then on it is among what moved cash.
            "carried": 0 if register_id in moved else carried.get(register_id, 0),
            "cash": [[row.business_case, row.count, row.amount_cents] for row in moved.get(register_id, ())],
            "count": counts.get(register_id, ""),
        }
        for register_id in sorted({*moved, *carried, *counts})
        if wanted is None or register_id == wanted
    ]


def _figures_of(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    wanted = {(register_id, z_number) for register_id, z_number in question["periods"]}
    names = sorted({register_id for register_id, _ in wanted})
    found = periods_where(connection, "list_contains(?, p.register_id)", [names])
    periods = [period for period in found if (period.register_id, period.z_number) in wanted]
    figures = figures_by(connection, periods, together=True)[SUM]
    return {"figures": encode_figures(figures).hex(), "periods": [_named(period) for period in periods]}


def _summary_names(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """The periods of a business day, or of every one, by register and Z number."""
    day = question["business_day"]
    periods = periods_where(connection, "day = ?", [day]) if day is not None else periods_where(connection, "true", [])
    return [[period.register_id, period.z_number] for period in periods]


def _summary(connection: duckdb.DuckDBPyConnection, journal: JournalSource, question: Message) -> Any:
    """A closed period as its closing told it, one that is open or whose closing is damaged as it stands; None for one that is not there."""
    values = [question["register_id"], question["z_number"]]
    for period in periods_where(connection, "p.register_id = ? AND p.z_number = ?", values):
        closed = connection.execute("SELECT sequence FROM closings WHERE period = ?", [period.number]).fetchone()
        told = journal.body(closed[0]) if closed else None
        if told is not None:
            return {"closing": told.hex()}
        figures = figures_by(connection, [period], together=False)[period.number]
        return {**_named(period), "figures": encode_figures(figures).hex(), "details": _details_of(connection, period)}
    return None


def _closings(connection: duckdb.DuckDBPyConnection, journal: JournalSource, question: Message) -> Any:
    """Newest first; one whose entry has become unreadable since is left out, as the journal's examination tells."""
    register_id = question["register_id"]
    found = connection.execute(
        "SELECT event_id, sequence FROM closings WHERE (? OR register_id = ?) AND business_day >= ? AND (? OR business_day <= ?)"
        " ORDER BY sequence DESC LIMIT ?",
        [
            *(register_id is None, register_id or ""),
            question["from_day"],
            *(not question["to_day"], question["to_day"]),
            question["limit"],
        ],
    ).fetchall()
    bodies = ((event_id, journal.body(sequence)) for event_id, sequence in found)
    return [(event_id, body.hex()) for event_id, body in bodies if body is not None]


def _closed(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """Sums over closed days, and how many periods of these days are still open and therefore not in them."""
    register_id, from_day, to_day = question["register_id"], question["from_day"], question["to_day"]
    spans = [Span.WHOLE, *([Span(question["span"])] if question["span"] != Span.WHOLE else [])]
    sums = [closed_sums(connection, register_id, from_day, to_day, span) for span in spans]
    standing = [period.business_day for period in _open(connection, register_id)]
    return {
        "whole": [_summed(found) for found in sums[0]],
        "parts": [_summed(found) for found in sums[-1]] if len(sums) > 1 else [],
        "still_open": sum(from_day <= day and (not to_day or day <= to_day) for day in standing),
    }


def _summed(found: SpanSum) -> Message:
    return {
        "name": found.name,
        "closings": found.closings,
        "first_day": found.first_day,
        "last_day": found.last_day,
        "figures": encode_figures(found.figures).hex(),
    }


def _numbered(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """The newest receipt of a number; a number that was printed twice is a finding of its own."""
    row = connection.execute(
        "SELECT max(sequence) FROM receipts WHERE receipt_number = ?", [question["receipt_number"]]
    ).fetchone()
    return row[0] if row else None


def _watermark(connection: duckdb.DuckDBPyConnection, question: Message) -> Any:
    """Nothing of its own: every reply tells up to where the store is filled."""
    return None


def _last_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The newest count of each period that is not closed, by register."""
    rows = connection.execute(
        "SELECT p.register_id, arg_max(c.body, c.sequence) FROM cash_counts c JOIN periods p USING (period)"
        " WHERE c.period NOT IN (SELECT period FROM ended) GROUP BY p.register_id"
    )
    return dict(rows.fetchall())


def _open(connection: duckdb.DuckDBPyConnection, register_id: str | None) -> list[PeriodKey]:
    if register_id is None:
        return periods_where(connection, "NOT closed", [])
    return periods_where(connection, "NOT closed AND p.register_id = ?", [register_id])


def _named(period: PeriodKey) -> Message:
    return {"register_id": period.register_id, "z_number": period.z_number, "business_day": period.business_day}


_ANSWERS: dict[str, Callable[[duckdb.DuckDBPyConnection, Message], Any]] = {
    "open_figures": _open_figures,
    "open_periods": _open_periods,
    "details": _details,
    "drawers": _drawers,
    "figures_of": _figures_of,
    "summary_names": _summary_names,
    "closed": _closed,
    "numbered": _numbered,
    "watermark": _watermark,
}

_OF_CLOSINGS: dict[str, Callable[[duckdb.DuckDBPyConnection, JournalSource, Message], Any]] = {
    "summary": _summary,
    "closings": _closings,
}
