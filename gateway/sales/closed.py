"""Sums over closed days, from what their closings told: a year is answered without looking at its lines.

The definition of a figure is the closing's; here it is only added up, as `branchgate.figures.add` does, and the best articles are
found among all that the closings name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any, TypeAlias

import duckdb

from branchgate.figures.addition import add
from branchgate.figures.model import (
    TOP_ARTICLES,
    ArticleFigure,
    BusinessCaseFigure,
    CashFigure,
    CategoryFigure,
    Figures,
    HourFigure,
    PaymentFigure,
    UserFigure,
)
from branchgate.figures.spans import SpanSum
from branchgate.vat import VatSum
from gateway.sales.closed_rollup import days_of, source_of
from gateway.sales.closed_rows import CASES, CASH, CATEGORIES, HOURS, PAYMENTS, SUMMED, USERS, VAT
from gateway.sales.span import Span

Grouped: TypeAlias = dict[str, list[tuple[Any, ...]]]


_GROUPS = {Span.WHOLE: "''", Span.MONTH: "month", Span.DAY: "first_day"}

_TOTALS = f"""
SELECT {{g}} AS g, sum(closings), min(first_day), max(last_day), coalesce(min(first_at_ms) FILTER (first_at_ms > 0), 0),
    max(last_at_ms), {", ".join(f"sum({name})" for name in SUMMED)}
FROM ({{rows}}) GROUP BY g ORDER BY g
"""

_PARTS = """
SELECT {g} AS g, part, key, arg_max(name, last), currency, rate, sum(count), sum(gross_cents), sum(net_cents), sum(vat_cents)
FROM ({rows}) GROUP BY g, part, key, currency, rate, told_apart
"""

_ARTICLES = f"""
WITH article AS (
    SELECT {{g}} AS g, article_number, sum(gross_cents) AS gross, sum(quantity_thousandths) AS quantity, max(last) AS last
    FROM ({{rows}}) GROUP BY g, article_number
), top AS (
    SELECT g, unnest(min_by(article, (-gross, article_number), {TOP_ARTICLES})) AS found FROM article GROUP BY g
)
SELECT g, r.article_number, any_value(r.text), any_value(found.quantity), any_value(found.gross), any_value(r.unit)
FROM top JOIN ({{rows}}) r ON r.last = found.last AND r.article_number = found.article_number
GROUP BY g, r.article_number
"""


def closed_sums(
    connection: duckdb.DuckDBPyConnection, register_id: str | None, from_day: str, to_day: str, span: Span
) -> list[SpanSum]:
    """The sums over closings with a business day (ISO 8601) in the range, of one register or all; an empty bound is none."""

    def rows(kind: str, statement: str) -> list[tuple[Any, ...]]:
        if span is Span.DAY:
            source, values = days_of(kind, register_id, from_day, to_day)
        else:
            source, values = source_of(connection, kind, register_id, from_day, to_day)
        times = statement.count("{rows}")
        return connection.execute(statement.format(g=_GROUPS[span], rows=source), values * times).fetchall()

    parts: dict[str, dict[int, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for group, part, *rest in rows("parts", _PARTS):
        parts[group][part].append(tuple(rest))
    articles: Grouped = defaultdict(list)
    for group, *rest in rows("articles", _ARTICLES):
        articles[group].append(tuple(rest))
    return [
        SpanSum(group, closings, first, last, _figures(numbers, parts[group], articles[group]))
        for group, closings, first, last, *numbers in rows("totals", _TOTALS)
    ]


def _figures(numbers: list[int], parts: dict[int, list[tuple[Any, ...]]], articles: list[tuple[Any, ...]]) -> Figures:
    first_at_ms, last_at_ms, *sums = numbers
    scalars: dict[str, Any] = dict(zip(SUMMED, sums, strict=True))
    figures = Figures(
        vat=tuple(VatSum(int(key), rate, *money) for key, _, _, rate, _, *money in parts[VAT]),
        payments=tuple(
            PaymentFigure(key, name, currency, count, cents, foreign)
            for key, name, currency, _, count, cents, foreign, _ in parts[PAYMENTS]
        ),
        business_cases=tuple(BusinessCaseFigure(key, count, cents) for key, _, _, _, count, cents, *_ in parts[CASES]),
        categories=tuple(CategoryFigure(key, name, cents) for key, name, _, _, _, cents, *_ in parts[CATEGORIES]),
        users=tuple(UserFigure(key, count, cents, name) for key, name, _, _, count, cents, *_ in parts[USERS]),
        hours=tuple(HourFigure(int(key), count, cents) for key, _, _, _, count, cents, *_ in parts[HOURS]),
        cash=tuple(CashFigure(key, count, cents) for key, _, _, _, count, cents, *_ in parts[CASH]),
        top_articles=tuple(ArticleFigure(*row) for row in articles),
        first_at_ms=first_at_ms,
        last_at_ms=last_at_ms,
    )
    # The one definition of a sum also knows the order of the rows.
    return add([replace(figures, **scalars)])
