"""A receipt on paper, complete after KassenSichV § 6 and UStDV § 33.

Name and address, start and end, receipt number and serial number of the register, quantity and kind of the goods, gross and VAT per rate
in one table, payments, and the TSE's block or the plain word that there is none.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.receipts.model import BusinessCase, Payment, PaymentType, Receipt, ReceiptType
from branchgate.vat import VatSum
from drivers.escpos.document import Align, Columns, Document, Element, Feed, Rule, Text
from gateway.printing.templates.articles import article_lines, vat_letter
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.fiscal import TseDevice, fiscal_block
from gateway.printing.templates.words import Words, words_for

TEMPLATE_VERSION: Final = 2
"""Kept with every job; counts up when a receipt's look changes."""

CURRENCY: Final = "EUR"


def receipt_document(
    receipt: Receipt,
    register_id: str,
    settings: BranchSettings,
    columns: int,
    mark: CopyMark | None = None,
    tse_device: TseDevice | None = None,
) -> Document:
    """The receipt of a register for paper of so many columns; `mark` makes it a copy."""
    words, zone = words_for(settings.language), ZoneInfo(settings.time_zone)
    serial = register_id.upper()
    elements: list[Element] = [
        *copy_header(mark, words, zone),
        *_shop(settings, columns),
        Feed(),
        *_title(receipt, words),
        *_head(receipt, serial, words, zone),
        Rule(),
        *(element for line in receipt.lines for element in article_lines(line, words, columns)),
        Rule(),
        Columns(f"{words.total} {CURRENCY}", words.money(receipt.total_cents), bold=True, double=True),
        Feed(),
        *_payments(receipt, words),
        *_vat_table(receipt.vat_sums, words, columns),
        Rule(),
        *fiscal_block(receipt.tse, serial, words, zone, tse_device),
        *_farewell(receipt, words),
    ]
    return Document(tuple(elements))


def _shop(settings: BranchSettings, columns: int) -> list[Element]:
    name = settings.company or settings.name
    lines: list[Element] = [Text(name, Align.CENTER, bold=True, double=2 * len(name) <= columns)]
    rest = (
        settings.name if settings.name != name else "",
        settings.street,
        f"{settings.postcode} {settings.town}".strip(),
        settings.tax_id,
    )
    return lines + [Text(line, Align.CENTER) for line in rest if line]


def _title(receipt: Receipt, words: Words) -> list[Element]:
    title = ""
    if receipt.reverses_receipt:
        title = words.void
    elif receipt.type is not ReceiptType.BELEG:
        title = receipt.type_name or words.types[receipt.type]
    elif receipt.references:
        title = words.goods_back
    references = [
        f"{words.refers_to} {reference.receipt_number} ({words.register} {reference.register_id.upper()})"
        for reference in receipt.references
    ]
    lines: list[Element] = [Text(title, Align.CENTER, bold=True)] if title else []
    lines += [Text(reference, Align.CENTER) for reference in references]
    return [*lines, Feed()] if lines else []


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
    """Rate, net, VAT and gross of each rate, in columns that grow with the paper."""
    width = (columns - 8) // 3
    first = columns - 3 * width

    def row(head: str, *cells: str) -> Text:
        return Text(f"{head:<{first}}" + "".join(f"{cell:>{width}}" for cell in cells))

    lines: list[Element] = [row(words.rate, words.net, words.vat, words.gross)]
    for vat in sums:
        head = f"{vat_letter(vat.vat_key)} {words.percent(vat.vat_rate_basis_points)}"
        lines.append(row(head, words.money(vat.net_cents), words.money(vat.vat_cents), words.money(vat.gross_cents)))
    return lines


def _farewell(receipt: Receipt, words: Words) -> list[Element]:
    sold = receipt.total_cents > 0 and any(line.business_case is BusinessCase.UMSATZ for line in receipt.lines)
    if receipt.type is not ReceiptType.BELEG or not sold:
        return []
    return [Feed(), Text(words.thanks, Align.CENTER)]
