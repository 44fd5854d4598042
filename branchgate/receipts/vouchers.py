"""Vouchers sold and redeemed (UStG § 3 (13) to (15)).

Single purpose: place and VAT are known when it is sold, so VAT is due then, and the redemption carries the same key back. Multi purpose:
the sale is not taxable, VAT is due when goods are paid with it. Refundable prepaid money is neither but a payment (Guthabenkarte).
"""

from __future__ import annotations

from branchgate.errors import Refused
from branchgate.receipts.amounts import amount_line
from branchgate.receipts.model import BusinessCase, Line
from branchgate.vat import NOT_TAXABLE

SOLD = frozenset({BusinessCase.EINZWECKGUTSCHEIN_KAUF, BusinessCase.MEHRZWECKGUTSCHEIN_KAUF})
REDEEMED = frozenset({BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG, BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG})
MULTI_PURPOSE = frozenset({BusinessCase.MEHRZWECKGUTSCHEIN_KAUF, BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG})
LONGEST_NUMBER = 50
"""Characters (DSFinV-K GUTSCHEIN_NR)."""


def voucher_sold(number: str, cents: int, *, vat_key: int | None = None) -> Line:
    """A voucher that is sold. `vat_key`: of a single-purpose one; None: multi purpose. Raises Refused (INVALID_VALUE)."""
    case = BusinessCase.MEHRZWECKGUTSCHEIN_KAUF if vat_key is None else BusinessCase.EINZWECKGUTSCHEIN_KAUF
    return _line(case, number, cents, vat_key, "Gutschein")


def voucher_redeemed(number: str, cents: int, *, vat_key: int | None = None) -> Line:
    """A voucher that pays so much of the receipt; arguments and errors as for its sale."""
    case = BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG if vat_key is None else BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG
    return _line(case, number, -cents, vat_key, "Einlösung Gutschein")


def _line(case: BusinessCase, number: str, cents: int, vat_key: int | None, what: str) -> Line:
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise Refused("INVALID_VALUE", field="voucher", value=number, rule=f"1 to {LONGEST_NUMBER} characters")
    key = NOT_TAXABLE if vat_key is None else vat_key
    return amount_line(case, cents, f"{what} {number}", key, voucher_number=number)
