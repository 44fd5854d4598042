"""A receipt on paper, complete after KassenSichV § 6 and UStDV § 33, whatever kind it is.

Name and address, start and end, receipt number and serial number of the register, quantity and kind of the goods, gross and VAT per rate
in one table, payments, and the TSE's block or the plain word that there is none. The table shows net and VAT per rate at every amount, so
that above 250 EUR only the customer's address is missing for an invoice (UStG § 14 (4)), which is printed where the receipt has it.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.receipts.model import BusinessCase, Receipt, ReceiptType
from drivers.escpos.document import Align, Bitmap, Columns, Document, Element, Feed, Picture, Rule, Text
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.fiscal import fiscal_block
from gateway.printing.templates.parties import MOVES_MONEY, customer_block, shop, signature_lines
from gateway.printing.templates.sums import all_lines, payments, total, vat_table
from gateway.printing.templates.titles import reference_lines, title_of
from gateway.printing.templates.words import Words, words_for

TEMPLATE_VERSION: Final = 4
"""Kept with every job; counts up when a receipt's look changes, and the look that was stays in a module of its own."""

SMALL_INVOICE_CENTS: Final = 25_000
"""Up to here a receipt is an invoice without further ado (UStDV § 33)."""


def receipt_document(
    receipt: Receipt,
    register_id: str,
    settings: BranchSettings,
    columns: int,
    mark: CopyMark | None = None,
    logo: Bitmap | None = None,
    *,
    tse_text: bool = True,
) -> Document:
    """The receipt of a register for paper of so many columns.

    `mark` makes it a copy, `logo` stands above the shop's name; `tse_text` False leaves the TSE's data to the QR code.
    """
    words, zone = words_for(settings.language), ZoneInfo(settings.time_zone)
    serial = register_id.upper()
    elements: list[Element] = [
        *copy_header(mark, words, zone),
        *_logo(logo),
        *shop(settings, words, columns),
        Feed(),
        *_title(receipt, words),
        *_head(receipt, serial, words, zone),
        *customer_block(receipt.customer, settings, words),
        Rule(),
        *all_lines(receipt, words, columns),
        Rule(),
        total(receipt, words),
        Feed(),
        *payments(receipt, words),
        *vat_table(receipt, words, columns),
        *_notes(receipt, words),
        Rule(),
        *fiscal_block(receipt, serial, words, zone, legible=tse_text),
        *signature_lines(receipt, words),
        *_farewell(receipt, words),
    ]
    return Document(tuple(elements))


def _logo(logo: Bitmap | None) -> list[Element]:
    return [] if logo is None else [Picture(logo), Feed()]


def _title(receipt: Receipt, words: Words) -> list[Element]:
    lines: list[Element] = []
    if receipt.type is ReceiptType.AV_TRAINING:
        lines += _training(words)
    elif title := title_of(receipt, words):
        lines.append(Text(title, Align.CENTER, bold=True))
    lines += [Text(reference, Align.CENTER) for reference in reference_lines(receipt, words)]
    return [*lines, Feed()] if lines else []


def _training(words: Words) -> list[Element]:
    return [
        Text(words.training, Align.CENTER, bold=True, double=True),
        Text(words.training_rule, Align.CENTER, bold=True),
    ]


def _head(receipt: Receipt, serial: str, words: Words, zone: ZoneInfo) -> list[Element]:
    lines: list[Element] = [
        Columns(f"{words.number} {receipt.receipt_number}", f"{words.register} {serial}", bold=True),
    ]
    if receipt.first_order_at_ms:
        lines.append(Columns(words.first_order, words.time(receipt.first_order_at_ms, zone)))
    lines += [
        Columns(words.began, words.time(receipt.started_at_ms, zone)),
        Columns(words.ended, words.time(receipt.finished_at_ms, zone)),
    ]
    served = any(line.business_case not in MOVES_MONEY for line in receipt.lines)
    seller = receipt.user_name or receipt.user_id
    told = ((words.served_by if served else words.user, seller), (words.group, receipt.allocation_group))
    lines += [Columns(label, text) for label, text in told if text]
    return lines


def _notes(receipt: Receipt, words: Words) -> list[Element]:
    """The remark, unless it only repeats what a void refers to, and what makes a larger receipt a full invoice."""
    lines: list[Element] = []
    if receipt.note and not receipt.reverses_receipt:
        lines.append(Text(f"{words.note}: {receipt.note}"))
    if _sold_cents(receipt) > SMALL_INVOICE_CENTS:
        lines.append(Text(words.supply_date))
    return [Feed(), *lines] if lines else []


def _sold_cents(receipt: Receipt) -> int:
    """What goods were sold for; nothing on a receipt that counts nowhere."""
    if receipt.type is not ReceiptType.BELEG:
        return 0
    return sum(
        line.gross_cents for line in receipt.lines if line.business_case is BusinessCase.UMSATZ and not line.voided
    )


def _farewell(receipt: Receipt, words: Words) -> list[Element]:
    if receipt.type is ReceiptType.AV_TRAINING:
        return [Feed(), *_training(words)]
    return [Feed(), Text(words.thanks, Align.CENTER)] if _sold_cents(receipt) > 0 else []
