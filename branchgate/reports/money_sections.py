"""The sections about money: turnover, takings, VAT, payments, cash and its count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from branchgate.currencies import BASE, amount_text
from branchgate.figures import BusinessCaseFigure, CashCount, CashFigure, Closing, Figures, PaymentFigure
from branchgate.money import euros
from branchgate.receipts.model import BusinessCase
from branchgate.reports.content import Chart, Column, Form, Row, Section
from branchgate.reports.spelling import moment, percent
from branchgate.reports.takings import DIFFERENCE, Takings, takings_of
from branchgate.reports.words import Language, business_case_word, payment_word, word
from branchgate.vat import EXEMPT, NOT_TAXABLE, VatSum

_FLOAT: Final = BusinessCase.ANFANGSBESTAND.dsfinvk


def counted_columns(count: str, language: Language) -> tuple[Column, ...]:
    """How many of what, and how much."""
    return Column("count", word(count, language), Form.COUNT), amount_column(language)


def amount_column(language: Language) -> Column:
    """How much."""
    return Column("amount", word("amount", language), Form.MONEY)


def turnover(takings: Takings, language: Language) -> Section:
    """What was sold, by business case, with its sum."""
    rows = (*_cases(takings.turnover, language), _total("turnover", "turnover_sum", takings.turnover_cents, language))
    return Section("turnover", word("turnover", language), counted_columns("lines", language), rows)


def beside(takings: Takings, language: Language) -> Section:
    """What was paid or settled and is no turnover: vouchers, claims, tips of employees."""
    rows = (*_cases(takings.beside, language), _total("beside", "sum", takings.beside_cents, language))
    section = Section("beside", word("beside", language), counted_columns("lines", language), rows)
    return section if takings.beside else _empty(section)


def sums(takings: Takings, language: Language) -> Section:
    """From turnover to the sum of all receipts."""
    total = takings.takings_cents
    rows = (
        Row("turnover", word("turnover_part", language), (takings.turnover_cents,)),
        Row("beside", word("beside_part", language), (takings.beside_cents,)),
        Row("takings", word("takings", language), (total,), total=True),
        Row("moved", word("moved_part", language), (takings.all_receipts_cents - total,)),
        Row("all_receipts", word("all_receipts", language), (takings.all_receipts_cents,), total=True),
    )
    return Section("sums", word("summary", language), (amount_column(language),), rows)


def vat(figures: Figures, language: Language) -> Section:
    """Gross, net and VAT by rate; what is not taxable stands below their sum, because a float is no turnover."""
    taxable = [row for row in figures.vat if row.vat_key != NOT_TAXABLE]
    beside_it = [row for row in figures.vat if row.vat_key == NOT_TAXABLE]
    rows = [Row(f"{row.vat_key}/{row.vat_rate_basis_points}", _rate(row, language), _sums([row])) for row in taxable]
    rows.append(Row("taxable", word("vat_sum", language), _sums(taxable), total=True))
    if beside_it:
        rows.append(Row("not_taxable", word("not_taxable", language), _sums(beside_it)))
    columns = (
        Column("amount", word("gross", language), Form.MONEY),
        Column("net", word("net", language), Form.MONEY),
        Column("vat", word("vat_amount", language), Form.MONEY),
    )
    section = Section(
        "vat",
        word("vat", language),
        columns,
        tuple(rows),
        corner=word("rate", language),
        note=word("vat_note", language),
        chart=Chart.BARS,
    )
    return section if figures.vat else _empty(section)


def payments(takings: Takings, language: Language) -> Section:
    """How sales were paid; the rows add up to the takings."""
    rows = [_payment(row, language) for row in takings.payments]
    if takings.unexplained_cents:
        rows.append(Row("unexplained", word("unexplained", language), (None, takings.unexplained_cents)))
    rows.append(_total("takings", "takings", takings.takings_cents, language))
    columns = counted_columns("count", language)
    return Section("payments", word("payments", language), columns, tuple(rows), chart=Chart.BARS)


def cash(figures: Figures, takings: Takings, language: Language) -> Section:
    """How the cash that should be in the drawer comes about: float, sales, movements; then what counts found, and what is there by that.

    Foreign cash stands below: nobody counts it as euros.
    """
    opened = [row for row in takings.cash_moved if row.business_case == _FLOAT]
    found = [row for row in takings.cash_moved if row.business_case == DIFFERENCE]
    rows = [
        *(_moved(row, language) for row in opened),
        *_cash_in_and_out(takings, language, without=DIFFERENCE),
        _total("expected", "expected", figures.cash_cents - takings.difference_cents, language),
        *(_moved(row, language) for row in found),
    ]
    if found:
        rows.append(_total("in_drawer", "in_drawer", figures.cash_cents, language))
    rows += [_foreign(row, language) for row in takings.foreign_cash]
    note = word("cash_negative", language) if figures.cash_cents < 0 else ""
    return Section("cash", word("cash", language), counted_columns("receipts", language), tuple(rows), note=note)


def cash_of_period(takings: Takings, language: Language) -> Section:
    """What went into drawers and out of them over many days; floats that each day begins with cannot be added up."""
    columns = counted_columns("receipts", language)
    return Section("cash", word("cash", language), columns, _cash_in_and_out(takings, language))


def _cash_in_and_out(takings: Takings, language: Language, *, without: str = "") -> tuple[Row, ...]:
    sold = takings.sold_for_cash
    moved = [row for row in takings.cash_moved if row.business_case not in {_FLOAT, without}]
    return (
        Row("cash_sales", word("cash_sales", language), (sold.count, sold.amount_cents)),
        *(_moved(row, language) for row in takings.cash_apart),
        *(_moved(row, language) for row in sorted(moved, key=lambda row: row.business_case == DIFFERENCE)),
    )


def cash_count(closing: Closing, counted_by: str, zone: tzinfo, language: Language) -> Section:
    """What the last count found in the drawer and by whom, what all counts found, and what stays there or was not booked out."""
    count, carried_cents, takings = closing.count, closing.carried_float_cents, takings_of(closing.figures)
    rows: list[Row] = []
    if count is not None:
        rows += [
            Row("expected_before", word("expected_before", language), (count.expected_cents,)),
            Row("counted", word("counted", language), (count.counted_cents,), total=True),
            Row("difference", word("difference", language), (count.difference_cents,), total=True),
        ]
        if takings.difference_cents != count.difference_cents:
            rows.append(
                Row("all_differences", word("all_differences", language), (takings.difference_cents,), total=True)
            )
    if carried_cents is not None:
        rows.append(Row("carried", word("carried", language), (carried_cents,)))
    elif closing.figures.cash_cents > 0:
        rows.append(Row("not_carried", word("not_carried", language), (closing.figures.cash_cents,)))
    note = word("not_counted", language) if count is None else _counted_by(count, counted_by, zone, language)
    return Section("cash_count", word("cash_count", language), (amount_column(language),), tuple(rows), note=note)


def denominations(count: CashCount, language: Language) -> Section:
    """Coins and notes, the largest first; on paper they stand on the count's own slip."""
    rows = tuple(
        Row(str(row.value_cents), euros(row.value_cents, language), (row.pieces, row.value_cents * row.pieces))
        for row in sorted(count.denominations, key=lambda row: -row.value_cents)
    )
    columns = counted_columns("pieces", language)
    return Section("denominations", word("denominations", language), columns, rows, on_paper=False)


def all_cases(figures: Figures, language: Language) -> Section:
    """Every business case as DSFinV-K names them; for screens and tables, paper has them by group."""
    columns = counted_columns("lines", language)
    rows = (
        *_cases(figures.business_cases, language),
        _total("all_receipts", "all_receipts", figures.gross_cents, language),
    )
    return Section("business_cases", word("cases", language), columns, rows, on_paper=False)


def _cases(cases: Sequence[BusinessCaseFigure], language: Language) -> tuple[Row, ...]:
    return tuple(
        Row(row.business_case, business_case_word(row.business_case, language), (row.count, row.gross_cents))
        for row in cases
    )


def _payment(row: PaymentFigure, language: Language) -> Row:
    foreign = "" if row.currency == BASE else f" {row.currency}"
    label = payment_word(row.type, row.name, language) + foreign
    return Row("/".join((row.type, row.name, row.currency)), label, (row.count, row.amount_cents))


def _foreign(row: PaymentFigure, language: Language) -> Row:
    amount = amount_text(row.foreign_amount, row.currency) if row.foreign_amount else ""
    amount = amount.replace(".", ",") if language == "de" else amount
    label = word("foreign_cash", language).format(money=f"{amount} {row.currency}".strip())
    return Row(f"foreign/{row.currency}", label, (row.count, row.amount_cents))


def _moved(row: CashFigure, language: Language) -> Row:
    return Row(row.business_case, business_case_word(row.business_case, language), (row.count, row.amount_cents))


def _counted_by(count: CashCount, user: str, zone: tzinfo, language: Language) -> str:
    parts = (
        moment(count.counted_at_ms, zone, language),
        user,
        word("blind", language) if count.blind else "",
        count.note,
    )
    return ", ".join(part for part in parts if part)


def _total(key: str, label: str, cents: int, language: Language) -> Row:
    return Row(key, word(label, language), (None, cents), total=True)


def _rate(row: VatSum, language: Language) -> str:
    text = percent(row.vat_rate_basis_points, language)
    return f"{text} {word('exempt', language)}" if row.vat_key == EXEMPT else text


def _sums(rows: Sequence[VatSum]) -> tuple[int, int, int]:
    return (
        sum(row.gross_cents for row in rows),
        sum(row.net_cents for row in rows),
        sum(row.vat_cents for row in rows),
    )


def _empty(section: Section) -> Section:
    """Without rows: whoever shows the report leaves it out."""
    return Section(section.key, section.title, section.columns, ())
