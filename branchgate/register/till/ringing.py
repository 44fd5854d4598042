"""Ringing up: from what a cashier names to lines with prices, VAT keys and texts, of the catalogue or of an earlier receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, assert_never

from branchgate.catalogue import Article
from branchgate.errors import Refused, RefusedKind
from branchgate.money import QUANTITY_UNITS, euros
from branchgate.receipts import accounts
from branchgate.receipts.amounts import amount_line
from branchgate.receipts.model import BusinessCase, Customer, Line, Receipt
from branchgate.receipts.returns import return_lines
from branchgate.receipts.vouchers import voucher_redeemed, voucher_sold
from branchgate.register.till.entries import (
    Buyer,
    DownPayment,
    DownPaymentToUse,
    Entry,
    LineToSell,
    Settlement,
    Tip,
    VoucherToRedeem,
    VoucherToSell,
)
from branchgate.register.till.known import KnownReceipts
from branchgate.register.till.open_receipt import OpenReceipt


class Shelf(Protocol):
    """The articles of a register, as far as ringing up asks for them."""

    def article(self, article_number: str) -> Article | None: ...
    def by_gtin(self, gtin: str) -> tuple[Article, ...]: ...
    def by_name(self, name: str) -> tuple[Article, ...]: ...


class Ringing:
    """Rings entries up on open receipts.

    `category_name` tells the name of a category by its key, `receipts` are the earlier ones that are known.
    """

    def __init__(
        self,
        shelf: Shelf,
        category_name: Callable[[str], str],
        receipts: KnownReceipts,
    ) -> None:
        self._shelf = shelf
        self._category_name = category_name
        self._receipts = receipts

    def article(self, wanted: str, field: str = "article") -> Article:
        """By number, else GTIN, else exact name. Raises Refused: NOT_FOUND, or AMBIGUOUS_ARTICLE naming the candidates."""
        by_number = self._shelf.article(wanted)
        found = (by_number,) if by_number else self._shelf.by_gtin(wanted) or self._shelf.by_name(wanted)
        if not found:
            raise Refused(
                "NOT_FOUND", field=field, value=wanted, rule="number, GTIN or name", kind=RefusedKind.NOT_FOUND
            )
        if len(found) > 1:
            numbers = ", ".join(article.article_number for article in found)
            raise Refused("AMBIGUOUS_ARTICLE", field=field, value=wanted, rule=numbers)
        return found[0]

    def ring_up(self, receipt: OpenReceipt, entry: Entry, place: str = "") -> Line:
        """Rings one entry up and returns its first line. `place` stands before the names of its fields in errors.

        Raises Refused: NOT_FOUND, AMBIGUOUS_ARTICLE, INVALID_VALUE, WEIGHT_NEEDED for weighed goods without a weight,
        RETURN_EXCEEDS_SALE, DISCOUNT_TOO_LARGE, REDEMPTION_TOO_LARGE. Then nothing was rung up.
        """
        basket = receipt.basket
        match entry:
            case LineToSell():
                return self._goods(receipt, entry, place)
            case VoucherToSell():
                return basket.put(voucher_sold(entry.voucher, entry.amount, vat_key=entry.vat_key))
            case VoucherToRedeem():
                cents = entry.amount or max(0, receipt.left_cents)
                return basket.put(voucher_redeemed(entry.redeem, cents, vat_key=entry.vat_key))
            case DownPayment():
                return basket.put(accounts.down_payment(entry.down_payment, entry.vat_key, entry.text))
            case DownPaymentToUse():
                return self._use_down_payment(receipt, entry)
            case Settlement():
                return self._settle(receipt, entry)
            case Tip():
                return basket.put(_tip(entry))
            case _:
                assert_never(entry)

    def _goods(self, receipt: OpenReceipt, wanted: LineToSell, place: str) -> Line:
        article = self.article(wanted.article, f"{place}article")
        quantity = _quantity(wanted, article, place)
        if receipt.takes_back and receipt.sale is not None:
            line = _return_of_sale(receipt, receipt.sale, article, quantity)
        else:
            category = self._category_name(article.category_key)
            sign = -1 if receipt.takes_back else 1
            line = receipt.basket.add(article, sign * quantity, category_name=category)
        try:
            for off, surcharge in ((wanted.discount, False), (wanted.surcharge, True)):
                if off is not None:
                    receipt.basket.reduce_line(line.line_number, off.reduction(surcharge=surcharge))
        except Refused:
            receipt.basket.void_line(line.line_number)
            raise
        if wanted.void:
            receipt.basket.void_line(line.line_number)
        return line

    def _use_down_payment(self, receipt: OpenReceipt, wanted: DownPaymentToUse) -> Line:
        number = wanted.use_down_payment
        paid = self._receipts.required(number)
        if wanted.amount is None or wanted.vat_key is None:
            lines = accounts.down_payments_of(paid.receipt, paid.referring)
        else:
            left = accounts.down_payments_left(paid.receipt, paid.referring).get(wanted.vat_key, 0)
            _require_left("DOWN_PAYMENT_EXCEEDED", number, wanted.amount, left)
            lines = [accounts.down_payment_used(number, wanted.amount, wanted.vat_key)]
        _require_once(receipt, number)
        used = receipt.basket.put(*lines)
        for place in range(used.line_number, used.line_number + len(lines)):
            receipt.refer(self._receipts.reference(number, place))
        return used

    def _settle(self, receipt: OpenReceipt, wanted: Settlement) -> Line:
        number = wanted.settle
        sale = self._receipts.required(number)
        if accounts.owed_from(sale.receipt) <= 0:
            raise Refused("NOT_FOUND", field="settle", value=number, rule="a receipt that was put on account")
        owed = accounts.owed_from(sale.receipt, sale.referring)
        cents = wanted.amount or owed
        _require_left("CLAIM_EXCEEDED", number, cents, owed)
        _require_once(receipt, number)
        line = receipt.basket.put(accounts.settled(number, cents))
        receipt.refer(self._receipts.reference(number, line.line_number))
        receipt.customer = receipt.customer or sale.receipt.customer
        return line


def _require_left(reason: str, number: str, cents: int, left: int) -> None:
    """Raises Refused when more is taken than is left of an earlier receipt."""
    if cents <= 0 or cents > left:
        rule = f"{number}: {euros(max(0, left))}"
        raise Refused(reason, field="amount", value=euros(cents), rule=rule, kind=RefusedKind.NOT_NOW)


def _require_once(receipt: OpenReceipt, number: str) -> None:
    """Raises Refused (INVALID_VALUE) when a receipt goes back to the same one twice: what is left is told with the next receipt."""
    lines = {line.line_number for line in receipt.basket.lines if not line.voided}
    if any(known.receipt_number == number and known.line_number in lines for known in receipt.references):
        raise Refused("INVALID_VALUE", field="receipt", value=number, rule="once on a receipt")


def customer_of(buyer: Buyer | None) -> Customer | None:
    """The customer as receipts name him."""
    if buyer is None:
        return None
    return Customer(
        buyer.id, buyer.kind, buyer.name, buyer.street, buyer.postcode, buyer.town, buyer.country, buyer.vat_id
    )


def _return_of_sale(receipt: OpenReceipt, sale: Receipt, article: Article, quantity: int) -> Line:
    number = article.article_number
    line = receipt.basket.put(*return_lines(sale, receipt.returned, number, quantity))
    receipt.returned[number] = receipt.returned.get(number, 0) + quantity
    return line


def _tip(wanted: Tip) -> Line:
    if wanted.to == "employee":
        return amount_line(BusinessCase.TRINKGELD_AN, wanted.tip, "Trinkgeld")
    return amount_line(BusinessCase.TRINKGELD_AG, wanted.tip, "Trinkgeld", wanted.vat_key)


def _quantity(wanted: LineToSell, article: Article, place: str) -> int:
    """One piece when nothing is said; nobody may buy a kilogram because nothing was weighed."""
    if wanted.quantity is None and article.weighed:
        raise Refused("WEIGHT_NEEDED", field=f"{place}quantity", value=article.name, rule="NOT_WEIGHED")
    return QUANTITY_UNITS if wanted.quantity is None else wanted.quantity
