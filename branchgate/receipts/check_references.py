"""The rules between a return, a void, a settlement or the use of a down payment and the receipt it goes back to. Judged where both are known: by the gateway, late or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from branchgate.events import Finding
from branchgate.money import euros, quantity_text
from branchgate.receipts.accounts import down_payments_left, owed_from
from branchgate.receipts.model import BusinessCase, Receipt
from branchgate.receipts.returns import goods_of, returnable_of, returned_of


def check_against(receipt: Receipt, sale: Receipt, earlier: Sequence[Receipt]) -> list[Finding]:
    """What is wrong with `receipt` as what goes back to `sale`. `earlier`: what referred to the sale before and was not voided."""
    if receipt.reverses_receipt:
        return [*_check_void(receipt, sale, earlier)]
    return [
        *_check_keys(receipt, sale),
        *_check_quantities(receipt, sale, earlier),
        *_check_accounts(receipt, sale, earlier),
    ]


def used_by(sale: Receipt, referring: Sequence[Receipt]) -> str:
    """Number of the receipt that settled a sale, used its down payment or took goods of it back; empty if nothing stands on it."""
    for other in referring:
        settles = owed_from(sale, [other]) != owed_from(sale)
        uses = down_payments_left(sale, [other]) != down_payments_left(sale)
        if not other.reverses_receipt and (settles or uses or returned_of([other])):
            return other.receipt_number
    return ""


def _check_void(void: Receipt, sale: Receipt, earlier: Sequence[Receipt]) -> Iterator[Finding]:
    if void.total_cents != -sale.total_cents:
        rule = f"{sale.receipt_number}: {euros(sale.total_cents)}"
        yield Finding("VOID_MISMATCH", "total_cents", euros(void.total_cents), rule)
    by = used_by(sale, earlier)
    if by:
        yield Finding("VOID_AFTER_USE", "references", sale.receipt_number, by)
    before = [other.receipt_number for other in earlier if other.reverses_receipt]
    if before:
        yield Finding("VOIDED_TWICE", "references", sale.receipt_number, f"{before[0]}, {void.receipt_number}")


def _check_keys(receipt: Receipt, sale: Receipt) -> Iterator[Finding]:
    """A return has the VAT key of its sale, also after the rate of the article has changed (historic keys included)."""
    keys: dict[str, set[int]] = {}
    for line in goods_of(sale):
        keys.setdefault(line.article_number, set()).add(line.vat_key)
    for index, line in enumerate(receipt.lines):
        sold = keys.get(line.article_number)
        if sold and _comes_back(receipt, index) and line.vat_key not in sold:
            rule = f"{sale.receipt_number}: {', '.join(map(str, sorted(sold)))}"
            yield Finding("RETURN_VAT_KEY", f"lines[{index}].vat_key", str(line.vat_key), rule)


def _check_quantities(receipt: Receipt, sale: Receipt, earlier: Sequence[Receipt]) -> Iterator[Finding]:
    """At most what was sold comes back, over all returns; after a void nothing is left."""
    voided = any(other.reverses_receipt for other in earlier)
    left = returnable_of(sale, returned_of(earlier))
    for article_number, quantity in returned_of([receipt]).items():
        most = 0 if voided else left.get(article_number, 0)
        if quantity > most:
            index = next(
                place
                for place, line in enumerate(receipt.lines)
                if _comes_back(receipt, place) and line.article_number == article_number
            )
            rule = f"{sale.receipt_number}: {quantity_text(most, False)}"
            field = f"lines[{index}].quantity_thousandths"
            yield Finding("RETURN_EXCEEDS_SALE", field, quantity_text(quantity, False), rule)


def _check_accounts(receipt: Receipt, sale: Receipt, earlier: Sequence[Receipt]) -> Iterator[Finding]:
    """At most what is owed is settled, and at most what was paid down is used, over all receipts that go back to the sale."""
    number, voided = sale.receipt_number, any(other.reverses_receipt for other in earlier)
    before = 0 if voided else owed_from(sale, earlier)
    settled = owed_from(sale) - owed_from(sale, [receipt])
    if settled > max(0, before):
        yield Finding("CLAIM_EXCEEDED", "references", euros(settled), f"{number}: {euros(max(0, before))}")
    left, paid = ({} if voided else down_payments_left(sale, earlier)), down_payments_left(sale)
    for key, cents in down_payments_left(sale, [receipt]).items():
        used, most = paid.get(key, 0) - cents, max(0, left.get(key, 0))
        if used > most:
            yield Finding("DOWN_PAYMENT_EXCEEDED", "references", euros(used), f"{number}: {euros(most)}")


def _comes_back(receipt: Receipt, index: int) -> bool:
    line = receipt.lines[index]
    return line.business_case is BusinessCase.UMSATZ and not line.voided and line.quantity_thousandths < 0
