"""The sections of a report, each a list of lines. An empty section is left out, so that a quiet day has a short report."""

from __future__ import annotations

from branchgate.figures.model import Figures
from branchgate.money import euros, quantity_text
from branchgate.reports.layout import columns, pair, rule
from branchgate.reports.words import Language, business_case_word, payment_word, word
from branchgate.vat import EXEMPT, NOT_TAXABLE, VatSum

_VAT_COLUMN = 13
_COUNT_COLUMN = 8
_AMOUNT_COLUMN = 15


def body(figures: Figures, language: Language) -> list[str]:
    """Everything the figures tell, turnover first."""
    if not (figures.receipt_count or figures.training_count or figures.no_sale_count or figures.finding_count):
        return [word("none", language)]
    sections = (
        _totals(figures, language),
        _vat(figures, language),
        _payments(figures, language),
        _business_cases(figures, language),
        [pair(word("cash", language), euros(figures.cash_cents, language))],
        _corrections(figures, language),
        _control(figures, language),
        _categories(figures, language),
        _users(figures, language),
        _hours(figures, language),
        _articles(figures, language),
    )
    lines: list[str] = []
    for section in sections:
        if section:
            lines += [*([rule()] if lines else []), *section]
    return lines


def _totals(figures: Figures, language: Language) -> list[str]:
    lines = [
        pair(word("turnover", language), euros(figures.turnover_cents, language)),
        pair(word("gross", language), euros(figures.gross_cents, language)),
        pair(word("receipts", language), str(figures.receipt_count)),
        pair(word("lines", language), str(figures.line_count)),
    ]
    if figures.first_receipt_number:
        lines.append(pair(word("first", language), figures.first_receipt_number))
        lines.append(pair(word("last", language), figures.last_receipt_number))
    return lines


def _vat(figures: Figures, language: Language) -> list[str]:
    if not figures.vat:
        return []
    rate, *heads = word("vat_columns", language).split("|")
    lines = [word("vat", language), columns(rate, heads, _VAT_COLUMN)]
    taxable = [row for row in figures.vat if row.vat_key != NOT_TAXABLE]
    for row in taxable:
        lines.append(_vat_row(_rate(row, language), [row], language))
    lines.append(_vat_row(word("vat_sum", language), taxable, language))
    beside = [row for row in figures.vat if row.vat_key == NOT_TAXABLE]
    if beside:
        # A float in the sum would be read as turnover; left out altogether, the sum of all receipts could not be followed.
        label = f"{_percent(0, language)} {word('not_taxable', language)}"
        lines.append(pair(label, euros(sum(row.gross_cents for row in beside), language)))
    return lines


def _rate(row: VatSum, language: Language) -> str:
    percent = _percent(row.vat_rate_basis_points, language)
    return f"{percent} {word('exempt', language)}" if row.vat_key == EXEMPT else percent


def _vat_row(label: str, rows: list[VatSum], language: Language) -> str:
    sums = (
        sum(row.gross_cents for row in rows),
        sum(row.net_cents for row in rows),
        sum(row.vat_cents for row in rows),
    )
    return columns(label, [euros(cents, language) for cents in sums], _VAT_COLUMN)


def _payments(figures: Figures, language: Language) -> list[str]:
    rows = [
        (f"{payment_word(row.type, row.name, language)} {row.currency}", row.count, row.amount_cents)
        for row in figures.payments
    ]
    return _counted(word("payments", language), rows, language)


def _business_cases(figures: Figures, language: Language) -> list[str]:
    rows = [
        (business_case_word(row.business_case, language), row.count, row.gross_cents) for row in figures.business_cases
    ]
    return _counted(word("cases", language), rows, language)


def _corrections(figures: Figures, language: Language) -> list[str]:
    rows = [
        (word("voids", language), figures.void_count, figures.void_cents),
        (word("returns", language), figures.return_count, figures.return_cents),
    ]
    return [
        *_counted(word("corrections", language), rows, language),
        pair(word("line_voids", language), str(figures.line_void_count)),
        pair(word("discounts", language), euros(figures.discount_cents, language)),
    ]


def _control(figures: Figures, language: Language) -> list[str]:
    return [
        word("control", language),
        pair(word("training", language), str(figures.training_count)),
        pair(word("no_sale", language), str(figures.no_sale_count)),
        pair(word("findings", language), str(figures.finding_count)),
    ]


def _categories(figures: Figures, language: Language) -> list[str]:
    if not figures.categories:
        return []
    lines = [word("categories", language)]
    for row in figures.categories:
        name = row.category_name or row.category_key or word("no_category", language)
        lines.append(pair(name, euros(row.gross_cents, language)))
    return lines


def _users(figures: Figures, language: Language) -> list[str]:
    rows = [(row.user_id or word("no_user", language), row.receipt_count, row.gross_cents) for row in figures.users]
    return _counted(word("users", language), rows, language)


def _hours(figures: Figures, language: Language) -> list[str]:
    rows = [(f"{row.hour:02d}–{(row.hour + 1) % 24:02d}", row.receipt_count, row.gross_cents) for row in figures.hours]
    return _counted(word("hours", language), rows, language)


def _articles(figures: Figures, language: Language) -> list[str]:
    if not figures.top_articles:
        return []
    lines = [word("articles", language)]
    for row in figures.top_articles:
        quantity = quantity_text(row.quantity_thousandths, False, language)
        values = [quantity, euros(row.gross_cents, language)]
        lines.append(_two(row.text or row.article_number, values[0], values[1]))
    return lines


def _counted(title: str, rows: list[tuple[str, int, int]], language: Language) -> list[str]:
    if not rows:
        return []
    return [title, *(_two(label, str(count), euros(cents, language)) for label, count, cents in rows)]


def _two(label: str, count: str, amount: str) -> str:
    right = count.rjust(_COUNT_COLUMN) + amount.rjust(max(_AMOUNT_COLUMN, len(amount) + 1))
    return columns(label, [right], len(right))


def _percent(basis_points: int, language: Language) -> str:
    whole, rest = divmod(basis_points, 100)
    if not rest:
        return f"{whole} %"
    return f"{whole}{',' if language == 'de' else '.'}{rest:02d}".rstrip("0") + " %"
