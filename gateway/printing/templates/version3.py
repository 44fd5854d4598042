"""How receipts looked until template 3. Frozen: a job that was made with it prints as it would have on the day it was made.

Nothing is added here. What changes on receipts changes in `receipt` and counts its `TEMPLATE_VERSION` up.
"""

from __future__ import annotations

import textwrap
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.money import QUANTITY_UNITS, quantity_text
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType, TseSignature
from branchgate.reports import Layout, labelled_tax_id
from branchgate.vat import NOT_TAXABLE, VatSum
from drivers.escpos.document import Align, Bitmap, Columns, Document, Element, Feed, Picture, Rule, Text
from drivers.escpos.sanitise import printable
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.words import NO_TSE, Words, words_for

VERSION: Final = 3

CURRENCY: Final = "EUR"
QUANTITY_WIDTH: Final = 4
WEIGHT_AND_MEASURE: Final = frozenset({"g", "kg", "t", "ml", "cl", "l", "cm", "m", "m²", "m³", "qm"})


def receipt_document_v3(
    receipt: Receipt,
    register_id: str,
    settings: BranchSettings,
    columns: int,
    mark: CopyMark | None = None,
    logo: Bitmap | None = None,
) -> Document:
    """A receipt as template 3 laid it out; parameters as of `receipt.receipt_document`."""
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
        *(element for line in receipt.lines for element in _article_lines(line, words, columns, taxed=taxed)),
        Rule(),
        Columns(f"{words.total} {CURRENCY}", words.money(receipt.total_cents), bold=True, double=True),
        Feed(),
        *_payments(receipt, words),
        *(_vat_table(receipt.vat_sums, words, columns) if taxed else []),
        Rule(),
        *_fiscal_block(receipt.tse, words, zone),
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
            f"{_letter(vat.vat_key)} {words.percent(vat.vat_rate_basis_points)}",
            [words.money(cents) for cents in (vat.net_cents, vat.vat_cents, vat.gross_cents)],
        )
        for vat in sums
        if vat.vat_key != NOT_TAXABLE
    ]
    table = Layout(columns).table((words.rate, words.net, words.vat, words.gross), rows)
    beside = [
        Columns(f"{_letter(NOT_TAXABLE)} {words.not_taxable}", words.money(vat.gross_cents))
        for vat in sums
        if vat.vat_key == NOT_TAXABLE
    ]
    return [*(Text(line) for line in table), *beside]


def _farewell(receipt: Receipt, words: Words) -> list[Element]:
    sold = receipt.total_cents > 0 and any(line.business_case is BusinessCase.UMSATZ for line in receipt.lines)
    if receipt.type is not ReceiptType.BELEG or not sold:
        return []
    return [Feed(), Text(words.thanks, Align.CENTER)]


def _letter(vat_key: int) -> str:
    return chr(ord("A") + vat_key - 1) if 1 <= vat_key <= 7 else str(vat_key)


def _article_lines(line: Line, words: Words, columns: int, *, taxed: bool = True) -> list[Element]:
    printed = _rows(line, words, columns, taxed)
    if line.voided:
        printed.append(Columns(f"{'':{QUANTITY_WIDTH}}{words.line_void}", _amount(line, words, -1, taxed)))
    return printed


def _rows(line: Line, words: Words, columns: int, taxed: bool) -> list[Element]:
    weighed = line.unit in WEIGHT_AND_MEASURE or line.quantity_thousandths % QUANTITY_UNITS != 0
    quantity = quantity_text(line.quantity_thousandths, weighed, words.language)
    margin = "" if weighed else f"{quantity:>{QUANTITY_WIDTH - 1}} "
    amount = _amount(line, words, 1, taxed)
    first, *more = textwrap.wrap(
        printable(line.text).strip() or "-",
        columns - len(amount) - 1,
        initial_indent=f"{margin:{QUANTITY_WIDTH}}",
        subsequent_indent=" " * QUANTITY_WIDTH,
        drop_whitespace=True,
    )
    rows: list[Element] = [Columns(first, amount), *(Columns(text, "") for text in more)]
    if weighed or abs(line.quantity_thousandths) != QUANTITY_UNITS:
        rows.append(Columns(f"{'':{QUANTITY_WIDTH}}{_origin(line, words, weighed, quantity)}", ""))
    return rows


def _origin(line: Line, words: Words, weighed: bool, quantity: str) -> str:
    price = words.unit_price(line.unit_price)
    return f"{quantity} {line.unit} x {price} €/{line.unit}" if weighed else f"{quantity} x {price} €"


def _amount(line: Line, words: Words, sign: int, taxed: bool) -> str:
    amount = words.money(sign * line.gross_cents)
    return f"{amount} {_letter(line.vat_key)}" if taxed else amount


def _fiscal_block(tse: TseSignature | None, words: Words, zone: ZoneInfo) -> list[Element]:
    if tse is None:
        return [Text(NO_TSE, Align.CENTER, bold=True)]
    if tse.failure:
        return [Text(f"{words.tse_failed}: {tse.failure}", Align.CENTER, bold=True)]
    return [
        Columns(words.tse_transaction, str(tse.transaction_number)),
        Columns(words.tse_counter, str(tse.signature_counter)),
        Columns(f"TSE {words.began}", words.time(tse.started_at_ms, zone)),
        Columns(f"TSE {words.ended}", words.time(tse.finished_at_ms, zone)),
        Text(f"{words.tse_serial}:"),
        Text(tse.tse_serial),
        Text(f"{words.signature}:"),
        Text(tse.signature),
    ]
