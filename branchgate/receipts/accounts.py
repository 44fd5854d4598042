"""What is paid later or was paid before: sales on account and their settlement, down payments and their use.

A sale on account is taxed when it is made: its lines are turnover, and one line with key 5 takes back what is not paid yet
(Forderungsentstehung). A down payment is taxed when it is paid, and its use takes gross and VAT back with the same key.
"""

from __future__ import annotations

from collections.abc import Sequence

from branchgate.errors import Refused
from branchgate.money import euros
from branchgate.receipts.amounts import amount_line, counted
from branchgate.receipts.model import BusinessCase, Customer, Line, Receipt


def put_on_account(cents: int, customer: Customer | None) -> Line:
    """What a customer owes from now on. Raises Refused (CUSTOMER_MISSING, INVALID_VALUE unless something is owed)."""
    if not names_somebody(customer):
        raise Refused("CUSTOMER_MISSING", field="customer", rule="a sale on account names who owes")
    if cents <= 0:
        raise Refused("INVALID_VALUE", field="account", value=cents, rule="more than zero is left to pay")
    return amount_line(BusinessCase.FORDERUNGSENTSTEHUNG, -cents, "Auf Rechnung")


def settled(number: str, cents: int) -> Line:
    """A customer pays what he owes from an earlier receipt."""
    return amount_line(BusinessCase.FORDERUNGSAUFLOESUNG, cents, f"Rechnung {number}")


def down_payment(cents: int, vat_key: int, text: str = "") -> Line:
    """Money for goods that come later. Raises Refused (INVALID_VALUE) for an unknown key."""
    return amount_line(BusinessCase.ANZAHLUNGSEINSTELLUNG, cents, text or "Anzahlung", vat_key)


def down_payment_used(number: str, cents: int, vat_key: int, rate: int | None = None) -> Line:
    """A down payment that was made with receipt `number` pays so much of this one; `rate` in basis points as it was then."""
    return amount_line(BusinessCase.ANZAHLUNGSAUFLOESUNG, -cents, f"Anzahlung {number}", vat_key, rate)


def down_payments_of(receipt: Receipt, referring: Sequence[Receipt] = ()) -> list[Line]:
    """All that was paid down with a receipt and not used by `referring` ones, ready to be used.

    Raises Refused: NOT_FOUND when nothing was paid down with it, DOWN_PAYMENT_EXCEEDED when nothing of it is left.
    """
    number = receipt.receipt_number
    left = down_payments_left(receipt, referring)
    if not left:
        raise Refused("NOT_FOUND", field="receipt", value=number, rule="a receipt with a down payment")
    rates = {line.vat_key: line.vat_rate_basis_points for line in receipt.lines}
    lines = [down_payment_used(number, cents, key, rates[key]) for key, cents in sorted(left.items()) if cents > 0]
    if not lines:
        raise Refused("DOWN_PAYMENT_EXCEEDED", field="receipt", value=number, rule=f"{number}: {euros(0)}")
    return lines


def owed_from(receipt: Receipt, referring: Sequence[Receipt] = ()) -> int:
    """What a receipt left to be paid later, in cents, less what `referring` ones have settled of it."""
    number = receipt.receipt_number
    paid = sum(counted(_lines_about(other, number), BusinessCase.FORDERUNGSAUFLOESUNG) for other in referring)
    return -counted(receipt.lines, BusinessCase.FORDERUNGSENTSTEHUNG) - paid


def down_payments_left(receipt: Receipt, referring: Sequence[Receipt] = ()) -> dict[int, int]:
    """What was paid down with a receipt and is not used yet, in cents by VAT key."""
    left: dict[int, int] = {}
    for line in receipt.lines:
        if line.business_case is BusinessCase.ANZAHLUNGSEINSTELLUNG and not line.voided:
            left[line.vat_key] = left.get(line.vat_key, 0) + line.gross_cents
    for other in referring:
        for line in _lines_about(other, receipt.receipt_number):
            if line.business_case is BusinessCase.ANZAHLUNGSAUFLOESUNG and not line.voided:
                left[line.vat_key] = left.get(line.vat_key, 0) + line.gross_cents
    return left


def _lines_about(receipt: Receipt, number: str) -> Sequence[Line]:
    """The lines that go back to receipt `number`: those that its references name, or all when one names no line."""
    named = {reference.line_number for reference in receipt.references if reference.receipt_number == number}
    return receipt.lines if 0 in named else [line for line in receipt.lines if line.line_number in named]


def names_somebody(customer: Customer | None) -> bool:
    """Whether a customer can be told from others."""
    return customer is not None and bool(customer.customer_id or customer.name)


TAKES_BACK = frozenset(
    {
        BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG,
        BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG,
        BusinessCase.ANZAHLUNGSAUFLOESUNG,
        BusinessCase.FORDERUNGSENTSTEHUNG,
    }
)
"""Lines that pay the receipt in place of money: they are negative, and never more than what there is to pay."""

_OF_ONE_KEY = frozenset({BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG, BusinessCase.ANZAHLUNGSAUFLOESUNG})


def require_payable(lines: Sequence[Line]) -> None:
    """Raises Refused (REDEMPTION_TOO_LARGE) when such lines come to more than there is, on the whole or of their VAT key."""
    taken = -counted(lines, *TAKES_BACK)
    if not taken:
        return
    there = sum(line.gross_cents for line in lines if not line.voided) + taken
    if taken > there:
        raise Refused("REDEMPTION_TOO_LARGE", field="amount", value=taken, rule=f"at most {max(0, there)}")
    for key in {line.vat_key for line in lines if line.business_case in _OF_ONE_KEY and not line.voided}:
        of_key = [line for line in lines if line.vat_key == key]
        taken = -counted(of_key, *_OF_ONE_KEY)
        there = sum(line.gross_cents for line in of_key if not line.voided) + taken
        if taken > there:
            rule = f"at most {max(0, there)} with VAT key {key}"
            raise Refused("REDEMPTION_TOO_LARGE", field="amount", value=taken, rule=rule)
