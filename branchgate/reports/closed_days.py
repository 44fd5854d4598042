"""Lists of closings and of closed days, for the branch's sum and for longer periods."""

from __future__ import annotations

from collections.abc import Sequence

from branchgate.figures import Closing, Figures, SpanSum
from branchgate.reports.content import Chart, Column, Form, Row, Section, Value
from branchgate.reports.spelling import day
from branchgate.reports.takings import takings_of
from branchgate.reports.words import Language, word
from branchgate.vat import NOT_TAXABLE


def closings_section(closings: Sequence[Closing], anchor_characters: int, language: Language) -> Section:
    """Each closing with its Z number, and what holds it against the journal."""
    columns = (
        Column("z_number", word("z_short", language), Form.TEXT),
        Column("business_day", word("business_day", language), Form.TEXT),
        Column("count", word("sales_count", language), Form.COUNT),
        Column("amount", word("turnover_part", language), Form.MONEY),
        Column("through", word("through", language), Form.TEXT),
        Column("anchor", word("anchor", language), Form.TEXT),
    )
    rows = tuple(
        Row(
            f"{closing.register_id}/{closing.z_number}",
            closing.register_id,
            (
                str(closing.z_number),
                day(closing.business_day, language),
                closing.figures.sale_count,
                takings_of(closing.figures).turnover_cents,
                str(closing.through_journal_sequence),
                closing.chain_hash.hex()[:anchor_characters],
            ),
        )
        for closing in closings
    )
    return Section("closings", word("closings", language), columns, rows, corner=word("register", language))


def days_section(parts: Sequence[SpanSum], whole: SpanSum, language: Language) -> Section:
    """A row for each business day or month that has closings, in their order, and the sum."""
    by_month = bool(parts) and len(parts[0].name) == len("2026-12")
    columns = (
        Column("closings", word("closing_count", language), Form.COUNT),
        Column("count", word("sales_count", language), Form.COUNT),
        Column("amount", word("turnover_part", language), Form.MONEY),
        Column("net", word("net", language), Form.MONEY),
        Column("vat", word("vat_amount", language), Form.MONEY),
        Column("takings", word("takings_part", language), Form.MONEY),
        Column("difference", word("cash_difference", language), Form.MONEY),
    )
    rows = [Row(part.name, day(part.name, language), _values(part)) for part in parts]
    rows.append(Row("sum", word("sum", language), _values(whole), total=True))
    return Section(
        "days",
        word("months" if by_month else "days", language),
        columns,
        tuple(rows),
        corner=word("month" if by_month else "business_day", language),
        chart=Chart.COLUMNS,
    )


def _values(part: SpanSum) -> tuple[Value, ...]:
    takings, (net, vat) = takings_of(part.figures), _taxable(part.figures)
    return (
        part.closings,
        part.figures.sale_count,
        takings.turnover_cents,
        net,
        vat,
        takings.takings_cents,
        takings.difference_cents,
    )


def _taxable(figures: Figures) -> tuple[int, int]:
    """Net and VAT of what is taxable."""
    rows = [row for row in figures.vat if row.vat_key != NOT_TAXABLE]
    return sum(row.net_cents for row in rows), sum(row.vat_cents for row in rows)
