"""The rules of everything that is not a plain sale of goods: vouchers, claims, tips, discounts, moving cash, training, abandoned receipts.

They follow DSFinV-K 2.4 (Anhang B, C and D) and the mapping in docs/day-end.md. A sale of goods never gets here, so none of this is on its
path.
"""

from __future__ import annotations

from collections.abc import Iterator

from branchgate.events import Finding
from branchgate.money import euros
from branchgate.receipts.model import BusinessCase, PaymentType, ReceiptType
from branchgate.receipts.view import LineView, ReceiptView
from branchgate.vat import NOT_TAXABLE

MAX_CASH_CENTS = 100_000 * 100
"""100,000 EUR in notes do not fit into a drawer: an amount that was scanned or typed into the wrong field."""

_CASH_ONLY = frozenset(case.value for case in BusinessCase if case >= BusinessCase.ANFANGSBESTAND)
MOVES_CASH = _CASH_ONLY
"""Business cases that move the drawer's cash without goods (DSFinV-K p. 34)."""

_WITHOUT_VAT = _CASH_ONLY | {
    BusinessCase.TRINKGELD_AN.value,
    BusinessCase.MEHRZWECKGUTSCHEIN_KAUF.value,
    BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG.value,
    BusinessCase.FORDERUNGSENTSTEHUNG.value,
    BusinessCase.FORDERUNGSAUFLOESUNG.value,
}
_VOUCHERS = frozenset(
    {
        BusinessCase.EINZWECKGUTSCHEIN_KAUF.value,
        BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG.value,
        BusinessCase.MEHRZWECKGUTSCHEIN_KAUF.value,
        BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG.value,
    }
)
_NEVER_POSITIVE = frozenset(
    {
        BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG.value,
        BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG.value,
        BusinessCase.FORDERUNGSENTSTEHUNG.value,
        BusinessCase.ANZAHLUNGSAUFLOESUNG.value,
        BusinessCase.PRIVATENTNAHME.value,
        BusinessCase.LOHNZAHLUNG.value,
        BusinessCase.AUSZAHLUNG.value,
    }
)
_NEVER_NEGATIVE = frozenset(
    {
        BusinessCase.ANFANGSBESTAND.value,
        BusinessCase.PRIVATEINLAGE.value,
        BusinessCase.EINZAHLUNG.value,
    }
)
_OWED = BusinessCase.FORDERUNGSENTSTEHUNG.value
_UMSATZ = BusinessCase.UMSATZ.value
_RABATT = BusinessCase.RABATT.value
_REDUCTIONS = frozenset({_RABATT, BusinessCase.AUFSCHLAG.value})
_UNPAID = frozenset(
    {
        ReceiptType.AV_TRANSFER.value,
        ReceiptType.AV_BESTELLUNG.value,
        ReceiptType.AV_BELEGABBRUCH.value,
        ReceiptType.AV_SACHBEZUG.value,
        ReceiptType.AV_RECHNUNG.value,
    }
)
_BAR = PaymentType.BAR.value
_KEINE = PaymentType.KEINE.value


def check_cases(receipt: ReceiptView) -> list[Finding]:
    """Every rule of these that `receipt` breaks."""
    return [*_check_each(receipt), *_check_reductions(receipt), *_check_payments(receipt), *_check_type(receipt)]


def _check_each(receipt: ReceiptView) -> Iterator[Finding]:
    """Line by line: VAT key, voucher number, customer, sign and size."""
    for index, line in enumerate(receipt.lines):
        case, where = line.business_case, f"lines[{index}]"
        if case in _WITHOUT_VAT and line.vat_key != NOT_TAXABLE:
            rule = f"{BusinessCase(case).dsfinvk} has key {NOT_TAXABLE}"
            yield Finding("CASE_VAT_KEY", f"{where}.vat_key", str(line.vat_key), rule)
        if case in _VOUCHERS and not line.voucher_number:
            yield Finding("VOUCHER_NUMBER_MISSING", f"{where}.voucher_number", line.text, BusinessCase(case).dsfinvk)
        if case == _OWED and not line.voided and not _names_customer(receipt):
            rule = "a sale on account names its customer"
            yield Finding("CUSTOMER_MISSING", "customer", euros(-line.gross_cents), rule)
        if not receipt.reverses_receipt and not line.voided:
            yield from _check_sign(line, where)
        if case in MOVES_CASH and abs(line.gross_cents) > MAX_CASH_CENTS:
            yield Finding("CASH_ABSURD", f"{where}.gross_cents", euros(line.gross_cents), euros(MAX_CASH_CENTS))


def _check_sign(line: LineView, where: str) -> Iterator[Finding]:
    case, gross = line.business_case, line.gross_cents
    if (gross > 0 and case in _NEVER_POSITIVE) or (gross < 0 and case in _NEVER_NEGATIVE):
        rule = f"{BusinessCase(case).dsfinvk} is {'minus' if gross > 0 else 'plus'}"
        yield Finding("CASE_SIGN", f"{where}.gross_cents", euros(gross), rule)


def _check_reductions(receipt: ReceiptView) -> Iterator[Finding]:
    """A discount has the VAT key of what it reduces and takes at most what is there; with a surcharge it may be more."""
    lines = {line.line_number: line for line in receipt.lines}
    taken: dict[int, int] = {}
    for index, line in enumerate(receipt.lines):
        if line.business_case not in _REDUCTIONS or line.voided or not line.applies_to_line:
            continue
        reduced = lines.get(line.applies_to_line)
        if reduced is None:
            rule = "the number of a line of this receipt"
            yield Finding("LINE_UNKNOWN", f"lines[{index}].applies_to_line", str(line.applies_to_line), rule)
            continue
        if line.vat_key != reduced.vat_key:
            rule = f"key {reduced.vat_key}, as the line it belongs to"
            yield Finding("DISCOUNT_VAT_KEY", f"lines[{index}].vat_key", str(line.vat_key), rule)
        left = taken.get(line.applies_to_line, reduced.gross_cents)
        taken[line.applies_to_line] = left + line.gross_cents
        if line.business_case == _RABATT and left * (left + line.gross_cents) < 0:
            yield Finding("DISCOUNT_TOO_LARGE", f"lines[{index}].gross_cents", euros(line.gross_cents), euros(left))
    yield from _check_receipt_reductions(receipt)


def _check_receipt_reductions(receipt: ReceiptView) -> Iterator[Finding]:
    """Discounts of the whole receipt, against the goods of their key."""
    there: dict[int, int] = {}
    taken: dict[int, int] = {}
    for line in receipt.lines:
        if line.voided:
            continue
        if line.business_case in _REDUCTIONS and not line.applies_to_line:
            taken[line.vat_key] = taken.get(line.vat_key, 0) + line.gross_cents
        elif line.business_case == _UMSATZ or line.business_case in _REDUCTIONS:
            there[line.vat_key] = there.get(line.vat_key, 0) + line.gross_cents
    for key, cents in taken.items():
        left = there.get(key, 0)
        if (cents * left < 0 and abs(cents) > abs(left)) or (not left and cents):
            yield Finding("DISCOUNT_TOO_LARGE", "lines", euros(cents), f"{euros(left)} with VAT key {key}")


def _check_payments(receipt: ReceiptView) -> Iterator[Finding]:
    """Money that moves without goods is cash, and what is not a Beleg is not paid, but for the practice of a training."""
    moves = any(line.business_case in MOVES_CASH and not line.voided for line in receipt.lines)
    for index, payment in enumerate(receipt.payments):
        if moves and payment.type != _BAR and payment.amount_cents:
            rule = "floats, paid-in, paid-out, bank, owner, wages and differences are cash"
            yield Finding("CASE_NEEDS_CASH", f"payments[{index}].type", PaymentType(payment.type).dsfinvk, rule)
        if receipt.type in _UNPAID and payment.amount_cents and payment.type != _KEINE:
            rule = f"{ReceiptType(receipt.type).dsfinvk} is not paid"
            yield Finding("PAYMENT_NOT_EXPECTED", f"payments[{index}].amount_cents", euros(payment.amount_cents), rule)


def _check_type(receipt: ReceiptView) -> Iterator[Finding]:
    if receipt.type == ReceiptType.AV_BELEGABBRUCH:
        counted = sum(not line.voided for line in receipt.lines)
        if receipt.total_cents or counted:
            rule = "all lines voided, sum zero"
            yield Finding("ABANDONED_WITH_MONEY", "total_cents", euros(receipt.total_cents), rule)
    if receipt.type == ReceiptType.AV_TRAINING:
        for index, line in enumerate(receipt.lines):
            if line.business_case in MOVES_CASH:
                rule = f"{BusinessCase(line.business_case).dsfinvk} is real money"
                yield Finding("TRAINING_MOVES_CASH", f"lines[{index}].gross_cents", euros(line.gross_cents), rule)


def _names_customer(receipt: ReceiptView) -> bool:
    customer = receipt.customer
    return customer is not None and bool(customer.customer_id or customer.name)
