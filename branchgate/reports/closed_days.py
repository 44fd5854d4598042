"""Lists of closings and of closed days, for the branch's sum and for longer periods."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from branchgate.figures import Closing, Figures
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


def days_section(closings: Sequence[Closing], language: Language) -> Section:
    """A row for each business day of closings that are ordered by it, and their sum."""
    columns = (
        Column("closings", word("closing_count", language), Form.COUNT),
        Column("count", word("sales_count", language), Form.COUNT),
        Column("amount", word("turnover_part", language), Form.MONEY),
        Column("net", word("net", language), Form.MONEY),
        Column("vat", word("vat_amount", language), Form.MONEY),
        Column("takings", word("takings_part", language), Form.MONEY),
        Column("difference", word("cash_difference", language), Form.MONEY),
    )
    by_day = [(iso, list(group)) for iso, group in groupby(closings, key=lambda closing: closing.business_day)]
    rows = [Row(iso, day(iso, language), _of_day(group)) for iso, group in by_day]
    rows.append(Row("sum", word("sum", language), _of_day(closings), total=True))
    return Section(
        "days",
        word("days", language),
        columns,
        tuple(rows),
        corner=word("business_day", language),
        chart=Chart.COLUMNS if len(by_day) > 1 else None,
    )


def _of_day(closings: Sequence[Closing]) -> tuple[Value, ...]:
    figures = [closing.figures for closing in closings]
    takings = [takings_of(part) for part in figures]
    return (
        len(closings),
        sum(part.sale_count for part in figures),
        sum(part.turnover_cents for part in takings),
        sum(_taxable(part)[0] for part in figures),
        sum(_taxable(part)[1] for part in figures),
        sum(part.takings_cents for part in takings),
        sum(part.difference_cents for part in takings),
    )


def _taxable(figures: Figures) -> tuple[int, int]:
    """Net and VAT of what is taxable."""
    rows = [row for row in figures.vat if row.vat_key != NOT_TAXABLE]
    return sum(row.net_cents for row in rows), sum(row.vat_cents for row in rows)
