"""The sections of a report, each a list of lines. An empty section is left out, so that a quiet day has a short report."""

from __future__ import annotations

from branchgate.figures.model import Figures
from branchgate.money import euros, quantity_text
from branchgate.reports.layout import Layout
from branchgate.reports.words import Language, business_case_word, payment_word, word
from branchgate.vat import EXEMPT, NOT_TAXABLE, VatSum


def body(figures: Figures, language: Language, layout: Layout) -> list[str]:
    """Everything the figures tell, turnover first."""
    if not (figures.receipt_count or figures.training_count or figures.no_sale_count or figures.finding_count):
        return [word("none", language)]
    sections = (
        _totals(figures, language, layout),
        _vat(figures, language, layout),
        _payments(figures, language, layout),
        _business_cases(figures, language, layout),
        [layout.pair(word("cash", language), euros(figures.cash_cents, language))],
        _corrections(figures, language, layout),
        _control(figures, language, layout),
        _categories(figures, language, layout),
        _users(figures, language, layout),
        _hours(figures, language, layout),
        _articles(figures, language, layout),
    )
    lines: list[str] = []
    for section in sections:
        if section:
            lines += [*([layout.rule()] if lines else []), *section]
    return lines


def _totals(figures: Figures, language: Language, layout: Layout) -> list[str]:
    lines = [
        layout.pair(word("turnover", language), euros(figures.turnover_cents, language)),
        layout.pair(word("gross", language), euros(figures.gross_cents, language)),
        layout.pair(word("receipts", language), str(figures.receipt_count)),
        layout.pair(word("lines", language), str(figures.line_count)),
    ]
    if figures.first_receipt_number:
        lines.append(layout.pair(word("first", language), figures.first_receipt_number))
        lines.append(layout.pair(word("last", language), figures.last_receipt_number))
    return lines


def _vat(figures: Figures, language: Language, layout: Layout) -> list[str]:
    if not figures.vat:
        return []
    taxable = [row for row in figures.vat if row.vat_key != NOT_TAXABLE]
    rows = [*((_rate(row, language), [row]) for row in taxable), (word("vat_sum", language), taxable)]
    lines = [
        word("vat", language),
        *layout.table(
            word("vat_columns", language).split("|"), [(label, _sums(summed, language)) for label, summed in rows]
        ),
    ]
    beside = [row for row in figures.vat if row.vat_key == NOT_TAXABLE]
    if beside:
        # A float in the sum would be read as turnover; left out altogether, the sum of all receipts could not be followed.
        label = f"{_percent(0, language)} {word('not_taxable', language)}"
        lines.append(layout.pair(label, euros(sum(row.gross_cents for row in beside), language)))
    return lines


def _rate(row: VatSum, language: Language) -> str:
    percent = _percent(row.vat_rate_basis_points, language)
    return f"{percent} {word('exempt', language)}" if row.vat_key == EXEMPT else percent


def _sums(rows: list[VatSum], language: Language) -> list[str]:
    sums = (
        sum(row.gross_cents for row in rows),
        sum(row.net_cents for row in rows),
        sum(row.vat_cents for row in rows),
    )
    return [euros(cents, language) for cents in sums]


def _payments(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [
        (f"{payment_word(row.type, row.name, language)} {row.currency}", row.count, row.amount_cents)
        for row in figures.payments
    ]
    return _counted(word("payments", language), rows, language, layout)


def _business_cases(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [
        (business_case_word(row.business_case, language), row.count, row.gross_cents) for row in figures.business_cases
    ]
    return _counted(word("cases", language), rows, language, layout)


def _corrections(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [
        (word("voids", language), figures.void_count, figures.void_cents),
        (word("returns", language), figures.return_count, figures.return_cents),
    ]
    return [
        *_counted(word("corrections", language), rows, language, layout),
        layout.pair(word("line_voids", language), str(figures.line_void_count)),
        layout.pair(word("discounts", language), euros(figures.discount_cents, language)),
    ]


def _control(figures: Figures, language: Language, layout: Layout) -> list[str]:
    return [
        word("control", language),
        layout.pair(word("training", language), str(figures.training_count)),
        layout.pair(word("no_sale", language), str(figures.no_sale_count)),
        layout.pair(word("findings", language), str(figures.finding_count)),
    ]


def _categories(figures: Figures, language: Language, layout: Layout) -> list[str]:
    if not figures.categories:
        return []
    lines = [word("categories", language)]
    for row in figures.categories:
        name = row.category_name or row.category_key or word("no_category", language)
        lines.append(layout.pair(name, euros(row.gross_cents, language)))
    return lines


def _users(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [(row.user_id or word("no_user", language), row.receipt_count, row.gross_cents) for row in figures.users]
    return _counted(word("users", language), rows, language, layout)


def _hours(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [(f"{row.hour:02d}–{(row.hour + 1) % 24:02d}", row.receipt_count, row.gross_cents) for row in figures.hours]
    return _counted(word("hours", language), rows, language, layout)


def _articles(figures: Figures, language: Language, layout: Layout) -> list[str]:
    if not figures.top_articles:
        return []
    lines = [word("articles", language)]
    for row in figures.top_articles:
        quantity = quantity_text(row.quantity_thousandths, False, language)
        lines.append(layout.counted(row.text or row.article_number, quantity, euros(row.gross_cents, language)))
    return lines


def _counted(title: str, rows: list[tuple[str, int, int]], language: Language, layout: Layout) -> list[str]:
    if not rows:
        return []
    return [title, *(layout.counted(label, str(count), euros(cents, language)) for label, count, cents in rows)]


def _percent(basis_points: int, language: Language) -> str:
    whole, rest = divmod(basis_points, 100)
    if not rest:
        return f"{whole} %"
    return f"{whole}{',' if language == 'de' else '.'}{rest:02d}".rstrip("0") + " %"
