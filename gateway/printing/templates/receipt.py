"""A receipt on paper, complete after KassenSichV § 6 and UStDV § 33.

Name and address, start and end, receipt number and serial number of the register, quantity and kind of the goods, gross and VAT per rate
in one table, payments, and the TSE's block or the plain word that there is none.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.receipts.model import BusinessCase, Payment, PaymentType, Receipt, ReceiptType
from branchgate.reports import Layout, labelled_tax_id
from branchgate.vat import NOT_TAXABLE, VatSum
from drivers.escpos.document import Align, Bitmap, Columns, Document, Element, Feed, Picture, Rule, Text
from gateway.printing.templates.articles import article_lines, vat_letter
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.fiscal import TseDevice, fiscal_block
from gateway.printing.templates.words import Words, words_for

TEMPLATE_VERSION: Final = 3
"""Kept with every job; counts up when a receipt's look changes."""

CURRENCY: Final = "EUR"


def receipt_document(
    receipt: Receipt,
    register_id: str,
    settings: BranchSettings,
    columns: int,
    mark: CopyMark | None = None,
    tse_device: TseDevice | None = None,
    logo: Bitmap | None = None,
) -> Document:
    """The receipt of a register for paper of so many columns; `mark` makes it a copy, `logo` stands above the shop's name."""
    words, zone = words_for(settings.language), ZoneInfo(settings.time_zone)
    serial = register_id.upper()
    taxed = any(vat.vat_key != NOT_TAXABLE for vat in receipt.vat_sums)
    elements: list[Element] = [
        *copy_header(mark, words, zone),
        *_logo(logo),
        *_shop(settings, words, columns),
        Feed(),
        *_title(receipt, words),
        *_head(receipt, serial, words, zone),
        Rule(),
        *(element for line in receipt.lines for element in article_lines(line, words, columns, taxed=taxed)),
        Rule(),
        Columns(f"{words.total} {CURRENCY}", words.money(receipt.total_cents), bold=True, double=True),
        Feed(),
        *_payments(receipt, words),
        *(_vat_table(receipt.vat_sums, words, columns) if taxed else []),
        Rule(),
        *fiscal_block(receipt.tse, serial, words, zone, tse_device),
        *_farewell(receipt, words),
    ]
    return Document(tuple(elements))


def _logo(logo: Bitmap | None) -> list[Element]:
    return [] if logo is None else [Picture(logo), Feed()]


def _shop(settings: BranchSettings, words: Words, columns: int) -> list[Element]:
    name = settings.company or settings.name
    lines: list[Element] = [Text(name, Align.CENTER, bold=True, double=2 * len(name) <= columns)]
    rest = (
        settings.name if settings.name != name else "",
        settings.street,
        f"{settings.postcode} {settings.town}".strip(),
        labelled_tax_id(settings.tax_id, words.language),
    )
    return lines + [Text(line, Align.CENTER) for line in rest if line]


def _title(receipt: Receipt, words: Words) -> list[Element]:
    title = ""
    if receipt.reverses_receipt:
        title = words.void
    elif receipt.type is not ReceiptType.BELEG:
        title = receipt.type_name or words.types[receipt.type]
    elif _takes_goods_back(receipt):
        title = words.goods_back
    references = [
        f"{words.refers_to} {reference.receipt_number} ({words.register} {reference.register_id.upper()})"
        for reference in receipt.references
    ]
    lines: list[Element] = [Text(title, Align.CENTER, bold=True)] if title else []
    lines += [Text(reference, Align.CENTER) for reference in references]
    return [*lines, Feed()] if lines else []


def _takes_goods_back(receipt: Receipt) -> bool:
    """Whether it says which sale it takes back, or more goods came back than went out; empties alone are no return."""
    sold = [line.gross_cents for line in receipt.lines if line.business_case is BusinessCase.UMSATZ and not line.voided]
    return bool(receipt.references) or sum(sold) < 0


def _head(receipt: Receipt, serial: str, words: Words, zone: ZoneInfo) -> list[Element]:
    lines: list[Element] = [
        Columns(f"{words.number} {receipt.receipt_number}", f"{words.register} {serial}", bold=True),
        Columns(words.began, words.time(receipt.started_at_ms, zone)),
        Columns(words.ended, words.time(receipt.finished_at_ms, zone)),
    ]
    seller = receipt.user_name or receipt.user_id
    return [*lines, Columns(words.served_by, seller)] if seller else lines


def _payments(receipt: Receipt, words: Words) -> list[Element]:
    lines: list[Element] = []
    for payment in receipt.payments:
        name = _payment_name(payment, words)
        if payment.type is PaymentType.BAR and receipt.cash_given_cents:
            lines.append(Columns(f"{words.given} {name}", words.money(receipt.cash_given_cents)))
            lines.append(Columns(words.change, words.money(receipt.change_cents)))
        else:
            lines.append(Columns(name, words.money(payment.amount_cents)))
    return [*lines, Feed()] if lines else []


def _payment_name(payment: Payment, words: Words) -> str:
    name = payment.name or words.payments[payment.type]
    if not payment.foreign_amount:
        return name
    return f"{name} ({words.money(payment.foreign_amount)} {payment.currency})"


def _vat_table(sums: tuple[VatSum, ...], words: Words, columns: int) -> list[Element]:
    """Rate, net, VAT and gross of each rate; what is no supply at all stands below it with its amount alone."""
    rows = [
        (
            f"{vat_letter(vat.vat_key)} {words.percent(vat.vat_rate_basis_points)}",
            [words.money(cents) for cents in (vat.net_cents, vat.vat_cents, vat.gross_cents)],
        )
        for vat in sums
        if vat.vat_key != NOT_TAXABLE
    ]
    table = Layout(columns).table((words.rate, words.net, words.vat, words.gross), rows)
    beside = [
        Columns(f"{vat_letter(NOT_TAXABLE)} {words.not_taxable}", words.money(vat.gross_cents))
        for vat in sums
        if vat.vat_key == NOT_TAXABLE
    ]
    return [*(Text(line) for line in table), *beside]


def _farewell(receipt: Receipt, words: Words) -> list[Element]:
    sold = receipt.total_cents > 0 and any(line.business_case is BusinessCase.UMSATZ for line in receipt.lines)
    if receipt.type is not ReceiptType.BELEG or not sold:
        return []
    return [Feed(), Text(words.thanks, Align.CENTER)]
