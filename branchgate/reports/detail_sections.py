"""The sections about everything but money's sums: corrections, controls, the TSE, and who, when and what made the turnover."""

from __future__ import annotations

from typing import Final

from branchgate.figures import Figures
from branchgate.receipts.model import BusinessCase
from branchgate.reports.content import Chart, Column, Form, Quantity, Row, Section
from branchgate.reports.money_sections import amount_column, counted_columns
from branchgate.reports.words import Language, word

MOST_CATEGORIES_ON_PAPER: Final = 12
MOST_ARTICLES_ON_PAPER: Final = 10


def corrections(figures: Figures, language: Language) -> Section:
    """What was taken back, given away or broken off. It is part of the turnover above, lines voided, abandoned receipts
    and goods for employees apart.
    """
    lines = {row.business_case: row.count for row in figures.business_cases}
    rows = (
        ("voids", figures.void_count, figures.void_cents),
        ("returns", figures.return_count, figures.return_cents),
        ("movement_voids", figures.movement_void_count, figures.movement_void_cents),
        ("discounts", lines.get(BusinessCase.RABATT.dsfinvk, 0), figures.discount_cents),
        ("surcharges", lines.get(BusinessCase.AUFSCHLAG.dsfinvk, 0), figures.surcharge_cents),
        ("line_voids", figures.line_void_count, None),
        ("abandoned", figures.abandoned_count, None),
        *((("staff", figures.staff_count, figures.staff_cents),) if figures.staff_count else ()),
    )
    return Section(
        "corrections",
        word("corrections", language),
        counted_columns("count", language),
        tuple(Row(key, word(key, language), (count, cents)) for key, count, cents in rows),
    )


def control(figures: Figures, parked: int | None, language: Language) -> Section:
    """What somebody who controls the shop looks at. `parked`: receipts that a closing carried over, None in other reports."""
    rows = (
        ("counting", figures.receipt_count),
        ("sales", figures.sale_count),
        ("all_lines", figures.line_count),
        ("training", figures.training_count),
        ("no_sale", figures.no_sale_count),
        ("late", figures.late_count),
        ("findings", figures.finding_count),
        *((("carried_parked", parked),) if parked is not None else ()),
    )
    return _counts("control", rows, "count", language)


def tse(figures: Figures, language: Language) -> Section:
    """What the TSE signed and what it did not; without rows where there is none."""
    without = figures.receipt_count - figures.signed_count - figures.unsigned_count
    rows = (
        ("signed", figures.signed_count),
        ("unsigned", figures.unsigned_count),
        *((("without_tse", without),) if without else ()),
    )
    return _counts("tse", rows if has_tse(figures) else (), "receipts", language)


def has_tse(figures: Figures) -> bool:
    """Whether a TSE had to do with any receipt, be it that it was out of order."""
    return bool(figures.signed_count or figures.unsigned_count)


def categories(figures: Figures, language: Language) -> Section:
    """Turnover by category, the largest first."""
    found = sorted(figures.categories, key=lambda row: (-row.gross_cents, row.category_key))
    rows = tuple(
        Row(
            row.category_key,
            row.category_name or row.category_key or word("no_category", language),
            (row.gross_cents,),
        )
        for row in found
    )
    return Section(
        "categories",
        word("categories", language),
        (amount_column(language),),
        _summed(rows, (sum(row.gross_cents for row in found),), language),
        most_on_paper=MOST_CATEGORIES_ON_PAPER,
        chart=Chart.BARS,
    )


def users(figures: Figures, language: Language) -> Section:
    """Turnover by user; a float is nobody's."""
    rows = tuple(
        Row(row.user_id, user_label(row.user_id, figures, language), (row.receipt_count, row.gross_cents))
        for row in figures.users
    )
    total = (sum(row.receipt_count for row in figures.users), sum(row.gross_cents for row in figures.users))
    columns = counted_columns("receipts", language)
    return Section("users", word("users", language), columns, _summed(rows, total, language))


def user_label(user_id: str, figures: Figures, language: Language) -> str:
    """The user's name as last printed, with the id where they differ; the id of somebody who sold nothing."""
    name = next((row.user_name for row in figures.users if row.user_id == user_id), "")
    if not user_id:
        return word("no_user", language)
    return f"{name} ({user_id})" if name and name != user_id else user_id


def hours(figures: Figures, language: Language) -> Section:
    """Turnover by hour of the branch's day."""
    rows = tuple(
        Row(f"{row.hour:02d}", f"{row.hour:02d}–{(row.hour + 1) % 24:02d}", (row.receipt_count, row.gross_cents))
        for row in figures.hours
    )
    total = (sum(row.receipt_count for row in figures.hours), sum(row.gross_cents for row in figures.hours))
    columns = counted_columns("receipts", language)
    return Section("hours", word("hours", language), columns, _summed(rows, total, language), chart=Chart.COLUMNS)


def articles(figures: Figures, language: Language) -> Section:
    """The articles with the highest turnover, each with its own unit: kilograms and pieces are never added."""
    columns = (Column("quantity", word("quantity", language), Form.QUANTITY), amount_column(language))
    rows = tuple(
        Row(
            row.article_number,
            row.text or row.article_number,
            (Quantity(row.quantity_thousandths, row.unit), row.gross_cents),
        )
        for row in figures.top_articles
    )
    return Section(
        "articles",
        word("articles", language),
        columns,
        rows,
        most_on_paper=MOST_ARTICLES_ON_PAPER,
        chart=Chart.BARS,
    )


def _summed(rows: tuple[Row, ...], total: tuple[int, ...], language: Language) -> tuple[Row, ...]:
    """With the sum where there is more than one row."""
    return (*rows, Row("sum", word("sum", language), total, total=True)) if len(rows) > 1 else rows


def _counts(key: str, rows: tuple[tuple[str, int], ...], head: str, language: Language) -> Section:
    return Section(
        key,
        word(key, language),
        (Column("count", word(head, language), Form.COUNT),),
        tuple(Row(name, word(name, language), (count,)) for name, count in rows),
    )
