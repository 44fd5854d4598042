"""The one definition of every figure, in SQL over the sales store's tables.

X, Z, the branch's sum and the summaries for central all come from `figures_by`: the same statements, grouped by period or over all
periods asked for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb

from branchgate.currencies import OWN_MONEY
from branchgate.figures.model import (
    ArticleFigure,
    BusinessCaseFigure,
    CashFigure,
    CategoryFigure,
    Figures,
    HourFigure,
    PaymentFigure,
    SummaryColumns,
    UserFigure,
)
from branchgate.receipts.model import BusinessCase, PaymentType
from branchgate.vat import VatSum
from gateway.sales import statements

Grouped: TypeAlias = dict[int, list[tuple[Any, ...]]]

SUM = 0
"""The group of everything asked for, when figures are not wanted by period; periods count from 1."""

_PAYMENT_TYPES = frozenset(int(kind) for kind in PaymentType)
_BUSINESS_CASES = frozenset(int(case) for case in BusinessCase)
_RABATT = int(BusinessCase.RABATT)
_AUFSCHLAG = int(BusinessCase.AUFSCHLAG)


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

    receipts, vat, payments = grouped(statements.RECEIPTS), grouped(statements.VAT), grouped(statements.PAYMENTS)
    users, hours, cash = grouped(statements.USERS), grouped(statements.HOURS), grouped(statements.CASH)
    cases, categories = grouped(statements.CASES), grouped(statements.CATEGORIES)
    articles, findings, no_sale = (
        grouped(statements.ARTICLES),
        grouped(statements.FINDINGS),
        grouped(statements.NO_SALE),
    )
    # A sum over several registers has no first and last number: they are numbers of different ranges.
    numbered = not together or len({period.register_id for period in periods}) == 1
    groups = [SUM] if together else [period.number for period in periods]
    return {
        group: _figures(
            receipts[group][0] if receipts[group] else _NO_RECEIPTS,
            vat=vat[group],
            payments=payments[group],
            cash=cash[group],
            cases=cases[group],
            categories=categories[group],
            users=users[group],
            hours=hours[group],
            articles=articles[group],
            findings=findings[group][0] if findings[group] else _NO_FINDINGS,
            no_sale=_count(no_sale[group]),
            numbered=numbered,
        )
        for group in groups
    }


def cash_by(connection: duckdb.DuckDBPyConnection, periods: list[PeriodKey]) -> dict[int, tuple[CashFigure, ...]]:
    """What moved cash, by period number: the same rows that the figures have, and nothing else of them."""
    rows: Grouped = defaultdict(list)
    if periods:
        for period, *rest in connection.execute(statements.CASH.format(g="period", w=_where(periods))).fetchall():
            rows[period].append(tuple(rest))
    return {period.number: _cash(rows[period.number]) for period in periods}


def articles_by(connection: duckdb.DuckDBPyConnection, periods: list[PeriodKey]) -> dict[int, list[tuple[Any, ...]]]:
    """Every article sold by period number, in order of its number: the values of an `ArticleFigure` each."""
    rows: Grouped = defaultdict(list)
    if periods:
        found = connection.execute(statements.ALL_ARTICLES.format(g="period", w=_where(periods))).fetchall()
        for period, *rest in found:
            rows[period].append(tuple(rest))
    return rows


def columns_by(connection: duckdb.DuckDBPyConnection, periods: list[PeriodKey]) -> dict[int, SummaryColumns]:
    """Turnover by hour, category and VAT key, by period number."""
    rows: Grouped = defaultdict(list)
    if periods:
        for period, *rest in connection.execute(statements.COLUMNS.format(w=_where(periods))).fetchall():
            rows[period].append(tuple(rest))
    return {period.number: _columns(rows[period.number]) for period in periods}


def periods_where(connection: duckdb.DuckDBPyConnection, condition: str, values: list[Any]) -> list[PeriodKey]:
    """The periods that have a receipt or a closing and fit, in order of register and Z number."""
    rows = connection.execute(
        "SELECT p.period, p.register_id, p.z_number, p.first_sequence, coalesce(c.business_day, d.business_day, '') AS day,"
        " e.period IS NOT NULL AS closed"
        " FROM periods p LEFT JOIN period_days d USING (period) LEFT JOIN closings c USING (period)"
        " LEFT JOIN ended e USING (period)"
        f" WHERE (d.period IS NOT NULL OR e.period IS NOT NULL) AND {condition} ORDER BY p.register_id, p.z_number",
        values,
    ).fetchall()
    return [PeriodKey(*row) for row in rows]


def _where(periods: list[PeriodKey]) -> str:
    """Rows lie in the order of the journal, so the first sequence lets DuckDB skip whatever is older without reading it."""
    numbers = ", ".join(str(period.number) for period in periods)
    first = min(period.first_sequence for period in periods)
    return f"sequence >= {first} AND period IN ({numbers})"


_NO_RECEIPTS = (0, 0, 0, "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", "")
_NO_FINDINGS = (0, 0)


def _figures(
    receipts: tuple[Any, ...],
    *,
    vat: list[tuple[Any, ...]],
    payments: list[tuple[Any, ...]],
    cash: list[tuple[Any, ...]],
    cases: list[tuple[Any, ...]],
    categories: list[tuple[Any, ...]],
    users: list[tuple[Any, ...]],
    hours: list[tuple[Any, ...]],
    articles: list[tuple[Any, ...]],
    findings: tuple[Any, ...],
    no_sale: int,
    numbered: bool,
) -> Figures:
    count, lines, gross, first, last, returns, returned, *voids, line_voids, training, abandoned = receipts[:14]
    first_at_ms, last_at_ms, sales, signed, unsigned, *staff, first_reserved, last_reserved = receipts[14:]
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
        void_count=voids[0],
        void_cents=voids[1],
        line_void_count=line_voids,
        discount_cents=sum(row[2] for row in cases if row[0] == _RABATT),
        training_count=training,
        cash_cents=sum(row[4] for row in payments if row[0] == PaymentType.BAR and row[2] in OWN_MONEY),
        finding_count=findings[0],
        no_sale_count=no_sale,
        cash=_cash(cash),
        movement_void_count=voids[2],
        movement_void_cents=voids[3],
        abandoned_count=abandoned,
        surcharge_cents=sum(row[2] for row in cases if row[0] == _AUFSCHLAG),
        late_count=findings[1],
        first_at_ms=first_at_ms,
        last_at_ms=last_at_ms,
        sale_count=sales,
        signed_count=signed,
        unsigned_count=unsigned,
        staff_count=staff[0],
        staff_cents=staff[1],
        first_reserved_number=first_reserved if numbered else "",
        last_reserved_number=last_reserved if numbered else "",
    )


def _cash(rows: list[tuple[Any, ...]]) -> tuple[CashFigure, ...]:
    return tuple(CashFigure(_business_case(row[0]), *row[1:]) for row in rows)


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
