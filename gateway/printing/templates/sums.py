"""The figures below the lines: what was sold, what is settled otherwise, what is paid and how, and the VAT in it. All as recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from branchgate.currencies import BASE, amount_text
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.reports import Layout
from branchgate.vat import NOT_TAXABLE, VatSum
from drivers.escpos.document import Columns, Element, Feed, Text
from gateway.printing.templates.articles import article_lines, vat_letter
from gateway.printing.templates.words import Words

SETTLING: Final = frozenset(
    {
        BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG,
        BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG,
        BusinessCase.FORDERUNGSENTSTEHUNG,
        BusinessCase.ANZAHLUNGSAUFLOESUNG,
    }
)
"""What pays for goods of the same receipt without being a payment: printed below the goods' sum."""


def is_taxed(receipt: Receipt) -> bool:
    """Whether there is anything that VAT could be on; money that is only moved has no VAT table."""
    return any(vat.vat_key != NOT_TAXABLE for vat in receipt.vat_sums)


def all_lines(receipt: Receipt, words: Words, columns: int) -> list[Element]:
    """The goods, then what settles them, below their sum."""
    taxed = is_taxed(receipt)
    goods = [line for line in receipt.lines if line.business_case not in SETTLING]
    settling = [line for line in receipt.lines if line.business_case in SETTLING]
    printed = _printed(goods, words, columns, taxed)
    if goods and settling:
        sold = sum(line.gross_cents for line in goods if not line.voided)
        printed.append(Columns(words.subtotal, words.money(sold), bold=True))
    return printed + _printed(settling, words, columns, taxed)


def total(receipt: Receipt, words: Words) -> Element:
    """The receipt's sum."""
    return Columns(f"{words.total} {BASE}", words.money(receipt.total_cents), bold=True, double=True)


def payments(receipt: Receipt, words: Words) -> list[Element]:
    """How it was paid, what was given and handed back, and what stays open."""
    lines: list[Element] = [
        Columns(_payment_name(paid, words), words.money(paid.amount_cents))
        for paid in receipt.payments
        if not (receipt.cash_given_cents and paid.type is PaymentType.BAR)
    ]
    lines += _cash_given(receipt, words)
    claimed = -sum(
        line.gross_cents
        for line in receipt.lines
        if line.business_case is BusinessCase.FORDERUNGSENTSTEHUNG and not line.voided
    )
    if claimed and receipt.type is ReceiptType.BELEG:
        lines.append(Columns(f"{words.open_amount} {BASE}", words.money(claimed), bold=True))
    return [*lines, Feed()] if lines else []


def vat_table(receipt: Receipt, words: Words, columns: int) -> list[Element]:
    """Rate, net, VAT and gross of each rate; what bears no VAT stands below, each with the reason and its amount alone."""
    if not is_taxed(receipt):
        return []
    rows = [
        (
            f"{vat_letter(vat.vat_key)} {words.percent(vat.vat_rate_basis_points)}",
            [words.money(cents) for cents in (vat.net_cents, vat.vat_cents, vat.gross_cents)],
        )
        for vat in receipt.vat_sums
        if vat.vat_key not in words.untaxed
    ]
    table = Layout(columns).table((words.rate, words.net, words.vat, words.gross), rows) if rows else []
    return [
        *(Text(line) for line in table),
        *(_untaxed(vat, words) for vat in receipt.vat_sums if vat.vat_key in words.untaxed),
    ]


def _untaxed(vat: VatSum, words: Words) -> Element:
    return Columns(f"{vat_letter(vat.vat_key)} {words.untaxed[vat.vat_key]}", words.money(vat.gross_cents))


def _printed(lines: Sequence[Line], words: Words, columns: int, taxed: bool) -> list[Element]:
    return [element for line in lines for element in article_lines(line, words, columns, taxed=taxed)]


def _cash_given(receipt: Receipt, words: Words) -> list[Element]:
    """What was handed over, each currency for itself, and what came back; nothing where only amounts are known."""
    if not receipt.cash_given_cents:
        return []
    foreign = [paid for paid in receipt.payments if paid.type is PaymentType.BAR and paid.foreign_amount]
    ours = receipt.cash_given_cents - sum(paid.amount_cents for paid in foreign)
    given = [(_payment_name(paid, words), paid.amount_cents) for paid in foreign]
    if ours:
        given.append((words.payments[PaymentType.BAR], ours))
    return [
        *(Columns(f"{words.given} {name}", words.money(cents)) for name, cents in given),
        Columns(words.change, words.money(receipt.change_cents)),
    ]


def _payment_name(payment: Payment, words: Words) -> str:
    name = payment.name or words.payments[payment.type]
    if not payment.foreign_amount:
        return name
    amount = amount_text(payment.foreign_amount, payment.currency)
    return f"{name} ({amount.replace('.', ',') if words.language == 'de' else amount} {payment.currency})"
