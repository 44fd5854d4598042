"""The one definition of every figure, in SQL over the sales store's tables.

X, Z, the branch's sum and the summaries for central all come from `figures_by`: the same statements, grouped by period or over all
periods asked for. What counts is written down where rows are made (`decode`): a row `counts` when its receipt is a Beleg and, for a
line, when it was not voided before payment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb

from branchgate.figures.model import (
    CASH_MOVEMENTS,
    TOP_ARTICLES,
    ArticleFigure,
    BusinessCaseFigure,
    CategoryFigure,
    Figures,
    HourFigure,
    PaymentFigure,
    SummaryColumns,
    UserFigure,
)
from branchgate.receipts.model import BusinessCase, PaymentType, ReceiptType
from branchgate.vat import VatSum

Grouped: TypeAlias = dict[int, list[tuple[Any, ...]]]

SUM = 0
"""The group of everything asked for, when figures are not wanted by period; periods count from 1."""

_BELEG = int(ReceiptType.BELEG)
_TRAINING = int(ReceiptType.AV_TRAINING)
_PAYMENT_TYPES = frozenset(int(kind) for kind in PaymentType)
_BUSINESS_CASES = frozenset(int(case) for case in BusinessCase)
_UMSATZ = int(BusinessCase.UMSATZ)
_RABATT = int(BusinessCase.RABATT)
_MOVED = ", ".join(str(int(case)) for case in sorted(CASH_MOVEMENTS))
_OPENED = "outcome NOT IN ('NOT_OPENED', 'EXPIRED')"

# {g} is the group's expression, {w} the condition that picks the rows of the periods.
_RECEIPTS = f"""
SELECT {{g}} AS g,
    count(*) FILTER (type = {_BELEG}),
    coalesce(sum(line_count) FILTER (type = {_BELEG}), 0),
    coalesce(sum(total_cents) FILTER (type = {_BELEG}), 0),
    coalesce(arg_min(receipt_number, sequence) FILTER (type = {_BELEG}), ''),
    coalesce(arg_max(receipt_number, sequence) FILTER (type = {_BELEG}), ''),
    count(*) FILTER (type = {_BELEG} AND sales_cents < 0 AND NOT reverses_receipt),
    coalesce(sum(sales_cents) FILTER (type = {_BELEG} AND sales_cents < 0 AND NOT reverses_receipt), 0),
    count(*) FILTER (type = {_BELEG} AND reverses_receipt),
    coalesce(sum(total_cents) FILTER (type = {_BELEG} AND reverses_receipt), 0),
    coalesce(sum(line_voids) FILTER (type = {_BELEG}), 0),
    count(*) FILTER (type = {_TRAINING})
FROM receipts WHERE {{w}} GROUP BY g
"""

_VAT = """
SELECT {g} AS g, vat_key, vat_rate_basis_points, sum(gross_cents), sum(net_cents), sum(vat_cents)
FROM vat_sums WHERE counts AND {w} GROUP BY g, vat_key, vat_rate_basis_points ORDER BY ALL
"""

_PAYMENTS = """
SELECT {g} AS g, type, name, currency, count(*), sum(amount_cents)
FROM payments WHERE counts AND {w} GROUP BY g, type, name, currency ORDER BY g, type, name, currency
"""

_USERS = f"""
SELECT {{g}} AS g, user_id, count(*), sum(sales_cents)
FROM receipts WHERE type = {_BELEG} AND sales_lines > 0 AND {{w}} GROUP BY g, user_id ORDER BY g, user_id
"""

_HOURS = f"""
SELECT {{g}} AS g, hour, count(*), sum(sales_cents)
FROM receipts WHERE type = {_BELEG} AND sales_lines > 0 AND {{w}} GROUP BY g, hour ORDER BY g, hour
"""

_CASES = """
SELECT {g} AS g, business_case, count(*), sum(gross_cents)
FROM lines WHERE counts AND {w} GROUP BY g, business_case ORDER BY g, business_case
"""

_CATEGORIES = f"""
WITH category AS (
    SELECT {{g}} AS g, category_key, sum(gross_cents) AS gross, max(sequence) AS last
    FROM lines WHERE counts AND business_case NOT IN ({_MOVED}) AND {{w}} GROUP BY g, category_key
)
SELECT g, c.category_key, arg_max(category_name, line_number), any_value(gross)
FROM category c JOIN lines l ON l.sequence = c.last AND l.category_key = c.category_key AND counts
GROUP BY g, c.category_key ORDER BY g, c.category_key
"""

# Sold goods alone: a deposit's line bears the number of its article, and would add its quantity and lend its name.
# min_by with a count keeps a heap per group, where ranking by a window would sort every article of every register. Quantity and text are
# looked up for the few at the top alone.
_ARTICLES = f"""
WITH article AS (
    SELECT {{g}} AS g, article_number, sum(gross_cents) AS gross
    FROM lines WHERE counts AND business_case = {_UMSATZ} AND article_number <> '' AND {{w}} GROUP BY g, article_number
), top AS (
    SELECT g, unnest(min_by(article_number, (-gross, article_number), {TOP_ARTICLES})) AS article_number
    FROM article GROUP BY g
)
SELECT t.g, t.article_number, arg_max(text, (sequence, line_number)), sum(quantity_thousandths), sum(gross_cents) AS gross
FROM top t JOIN lines l ON t.g = {{g}} AND l.article_number = t.article_number
WHERE counts AND business_case = {_UMSATZ} AND {{w}}
GROUP BY t.g, t.article_number ORDER BY t.g, gross DESC, t.article_number
"""

_FINDINGS = "SELECT {g} AS g, count(*) FROM findings WHERE NOT refused AND {w} GROUP BY g"

_NO_SALE = f"SELECT {{g}} AS g, count(*) FROM drawer_openings WHERE reason <> 'SALE' AND {_OPENED} AND {{w}} GROUP BY g"

_COLUMNS = f"""
SELECT period, hour, category_key, vat_key, sum(gross_cents), count(*)
FROM lines WHERE counts AND business_case NOT IN ({_MOVED}) AND {{w}}
GROUP BY period, hour, category_key, vat_key ORDER BY period, hour, category_key, vat_key
"""


@dataclass(frozen=True, slots=True)
class PeriodKey:
    """A period as the store numbers it. `closed`: its Z is in the journal; the day is empty before the first receipt."""

    number: int
    register_id: str
    z_number: int
    first_sequence: int
    business_day: str
    closed: bool


def figures_by(
    connection: duckdb.DuckDBPyConnection, periods: list[PeriodKey], *, together: bool
) -> dict[int, Figures]:
    """Figures by period number or, together, one sum under `SUM`; a group without rows has empty figures."""
    if not periods:
        return {SUM: Figures()} if together else {}
    words = {"g": str(SUM) if together else "period", "w": _where(periods)}

    def grouped(statement: str) -> Grouped:
        rows: Grouped = defaultdict(list)
        for group, *rest in connection.execute(statement.format(**words)).fetchall():
            rows[group].append(tuple(rest))
        return rows

    receipts, vat, payments = grouped(_RECEIPTS), grouped(_VAT), grouped(_PAYMENTS)
    users, hours = grouped(_USERS), grouped(_HOURS)
    cases, categories, articles = grouped(_CASES), grouped(_CATEGORIES), grouped(_ARTICLES)
    findings, no_sale = grouped(_FINDINGS), grouped(_NO_SALE)
    # A sum over several registers has no first and last number: they are numbers of different ranges.
    numbered = not together or len({period.register_id for period in periods}) == 1
    groups = [SUM] if together else [period.number for period in periods]
    return {
        group: _figures(
            receipts[group][0] if receipts[group] else _NO_RECEIPTS,
            vat=vat[group],
            payments=payments[group],
            cases=cases[group],
            categories=categories[group],
            users=users[group],
            hours=hours[group],
            articles=articles[group],
            findings=_count(findings[group]),
            no_sale=_count(no_sale[group]),
            numbered=numbered,
        )
        for group in groups
    }


def columns_by(connection: duckdb.DuckDBPyConnection, periods: list[PeriodKey]) -> dict[int, SummaryColumns]:
    """Turnover by hour, category and VAT key, by period number."""
    rows: Grouped = defaultdict(list)
    if periods:
        for period, *rest in connection.execute(_COLUMNS.format(w=_where(periods))).fetchall():
            rows[period].append(tuple(rest))
    return {period.number: _columns(rows[period.number]) for period in periods}


def periods_where(connection: duckdb.DuckDBPyConnection, condition: str, values: list[Any]) -> list[PeriodKey]:
    """The periods that have a receipt or a closing and fit, in order of register and Z number."""
    rows = connection.execute(
        "SELECT p.period, p.register_id, p.z_number, p.first_sequence, coalesce(c.business_day, d.business_day, '') AS day,"
        " c.period IS NOT NULL AS closed"
        " FROM periods p LEFT JOIN period_days d USING (period) LEFT JOIN closings c USING (period)"
        f" WHERE (d.period IS NOT NULL OR c.period IS NOT NULL) AND {condition} ORDER BY p.register_id, p.z_number",
        values,
    ).fetchall()
    return [PeriodKey(*row) for row in rows]


def _where(periods: list[PeriodKey]) -> str:
    """Rows lie in the order of the journal, so the first sequence lets DuckDB skip whatever is older without reading it."""
    numbers = ", ".join(str(period.number) for period in periods)
    first = min(period.first_sequence for period in periods)
    return f"sequence >= {first} AND period IN ({numbers})"


_NO_RECEIPTS = (0, 0, 0, "", "", 0, 0, 0, 0, 0, 0)


def _figures(
    receipts: tuple[Any, ...],
    *,
    vat: list[tuple[Any, ...]],
    payments: list[tuple[Any, ...]],
    cases: list[tuple[Any, ...]],
    categories: list[tuple[Any, ...]],
    users: list[tuple[Any, ...]],
    hours: list[tuple[Any, ...]],
    articles: list[tuple[Any, ...]],
    findings: int,
    no_sale: int,
    numbered: bool,
) -> Figures:
    count, lines, gross, first, last, returns, returned, voids, voided, line_voids, training = receipts
    return Figures(
        receipt_count=count,
        line_count=lines,
        gross_cents=gross,
        first_receipt_number=first if numbered else "",
        last_receipt_number=last if numbered else "",
        vat=tuple(VatSum(*row) for row in vat),
        payments=tuple(PaymentFigure(_payment_type(row[0]), *row[1:]) for row in payments),
        business_cases=tuple(BusinessCaseFigure(_business_case(row[0]), *row[1:]) for row in cases),
        categories=tuple(CategoryFigure(*row) for row in categories),
        users=tuple(UserFigure(*row) for row in users),
        hours=tuple(HourFigure(*row) for row in hours),
        top_articles=tuple(ArticleFigure(*row) for row in articles),
        return_count=returns,
        return_cents=returned,
        void_count=voids,
        void_cents=voided,
        line_void_count=line_voids,
        discount_cents=sum(row[2] for row in cases if row[0] == _RABATT),
        training_count=training,
        cash_cents=sum(row[4] for row in payments if row[0] == PaymentType.BAR),
        finding_count=findings,
        no_sale_count=no_sale,
    )


def _columns(rows: list[tuple[Any, ...]]) -> SummaryColumns:
    keys = sorted({row[1] for row in rows})
    place = {key: number for number, key in enumerate(keys)}
    return SummaryColumns(
        hour=tuple(row[0] for row in rows),
        category=tuple(place[row[1]] for row in rows),
        vat_key=tuple(row[2] for row in rows),
        gross_cents=tuple(row[3] for row in rows),
        line_count=tuple(row[4] for row in rows),
        category_keys=tuple(keys),
    )


def _count(rows: list[tuple[Any, ...]]) -> int:
    return int(rows[0][0]) if rows else 0


def _payment_type(number: int) -> str:
    return PaymentType(number).dsfinvk if number in _PAYMENT_TYPES else str(number)


def _business_case(number: int) -> str:
    return BusinessCase(number).dsfinvk if number in _BUSINESS_CASES else str(number)
