"""Receipts as a cashier rings them up with the client library, each with what it must come to by plain arithmetic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from branchgate.receipts.accounts import down_payment, down_payments_of, put_on_account, settled
from branchgate.receipts.amounts import amount_line
from branchgate.receipts.basket import Basket, Header, abandoned, receipt_of, reversal_of
from branchgate.receipts.discounts import Reduction
from branchgate.receipts.model import (
    BusinessCase,
    Customer,
    Line,
    Payment,
    PaymentType,
    Receipt,
    ReceiptType,
    Reference,
)
from branchgate.receipts.movements import movement
from branchgate.receipts.returns import goods_of, return_lines
from branchgate.receipts.tendering import Tender, paid_with
from branchgate.receipts.vouchers import voucher_redeemed, voucher_sold
from tests.ledger.arithmetic import Expected, agrees, rounded
from tests.ledger.wares import WARES, quantity

CUSTOMER = Customer("K-7", "Kunde", "Müller & Söhne", "Am Ring 3", "50667", "Köln", "DEU")
MOVED = {
    "float": ("Anfangsbestand", 1),
    "paid-in": ("Einzahlung", 1),
    "paid-out": ("Auszahlung", -1),
    "to-bank": ("Geldtransit", -1),
    "from-bank": ("Geldtransit", 1),
    "owner-in": ("Privateinlage", 1),
    "owner-out": ("Privatentnahme", -1),
    "wage": ("Lohnzahlung", -1),
    "tip-out": ("TrinkgeldAN", -1),
}


@dataclass(frozen=True)
class Made:
    """A receipt and what it must come to."""

    receipt: Receipt
    expected: Expected


class RungUp:
    """A basket, rung up twice: by the library and on the fingers."""

    def __init__(self, dice: random.Random, most: int = 5) -> None:
        self.dice, self.basket, self.expected = dice, Basket(), Expected()
        for _ in range(dice.randint(1, most)):
            self.ware()

    def ware(self) -> None:
        """One article, now and then with a discount of its own or voided at once."""
        dice = self.dice
        ware = dice.choice(WARES)
        much = quantity(ware, dice)
        cents, deposit = ware.cents(much), ware.deposit * much // 1000
        line = self.basket.add(ware.article, much, category_name=ware.group)
        self.expected.add(ware.key, cents, goods=True)
        if ware.deposit:
            self.expected.add(ware.key, deposit)
        chance = dice.randint(0, 9)
        if chance == 0 and cents > 1:
            points = dice.choice((333, 1000, 5000, 9999))
            self.basket.reduce_line(line.line_number, Reduction(basis_points=points))
            self.expected.add(ware.key, -rounded(Fraction(cents * points, 10_000)), goods=True)
        elif chance == 1 and self.expected.total > cents + deposit:
            self.basket.void_line(line.line_number)
            self.expected.add(ware.key, -cents, goods=True)
            if ware.deposit:
                self.expected.add(ware.key, -deposit)

    def change_the_whole(self) -> None:
        """A discount or a surcharge of the receipt."""
        base = sum(self.expected.goods.values())
        points = self.dice.choice((300, 1000, 1234, 10_000))
        surcharge = self.dice.random() < 0.3
        self.basket.reduce_receipt(Reduction(basis_points=points, surcharge=surcharge))
        cents = rounded(Fraction(base * points, 10_000))
        self.expected.change_goods(cents if surcharge else -cents)

    def put(self, line: Line) -> None:
        """A line that is an amount."""
        self.basket.put(line)
        self.expected.add(line.vat_key, line.gross_cents)

    def paid(self, header: Header, **more: Any) -> Made:
        """Paid somehow: exactly, with change, by card, with both, with foreign cash."""
        return paid(header, self.basket.lines, self.expected, self.dice, **more)


def paid(header: Header, lines: Sequence[Line], expected: Expected, dice: random.Random, **more: Any) -> Made:
    """These lines paid somehow."""
    total = expected.total
    tenders, taken = _tendered(total, dice)
    # Of a basket without any line that counts nothing is left but to give it up.
    way = paid_with(total, tenders)
    more = {"cash_given_cents": way.cash_given_cents, "change_cents": way.change_cents, **more}
    receipt = receipt_of(header, lines, way.payments, **more)
    live = {line.vat_key for line in lines if not line.voided}
    by_key = {key: cents for key, cents in expected.by_key.items() if key in live}
    assert sum(by_key.values()) == total
    return checked(receipt, replace(expected, by_key=by_key, paid=taken))


def _tendered(total: int, dice: random.Random) -> tuple[list[Tender], dict[str, int]]:
    if total <= 0:
        return [], {"Bar": total} if total else {"Keine": 0}
    cash, card = PaymentType.BAR, Tender(PaymentType.EC_KARTE, total, "girocard")
    match dice.randint(0, 4):
        case 0:
            return [card], {"ECKarte": total}
        case 1:
            return [Tender(cash, -(-total // 5000) * 5000)], {"Bar": total}
        case 2 if total > 1:
            part = dice.randint(1, total - 1)
            tenders = [Tender(PaymentType.KREDITKARTE, part, "Visa"), Tender(cash, total - part)]
            return tenders, {"Kreditkarte": part, "Bar": total - part}
        case 3 if total > 1:
            part = dice.randint(1, total - 1)
            franks = Tender(cash, part, currency="CHF", foreign_amount=part + 7)
            return [franks, Tender(cash, total - part)], {"Bar": total}
    return [Tender(cash, total)], {"Bar": total}


def checked(receipt: Receipt, expected: Expected) -> Made:
    """The receipt, once it has been found to come to what it must."""
    agrees(receipt, expected)
    return Made(receipt, expected)


def sale(header: Header, dice: random.Random) -> Made:
    """Goods, often reduced, sometimes with a tip."""
    rung = RungUp(dice)
    if dice.random() < 0.3 and sum(rung.expected.goods.values()) > 0:
        rung.change_the_whole()
    if dice.random() < 0.15:
        rung.put(amount_line(BusinessCase.TRINKGELD_AN, dice.randint(1, 500), "Trinkgeld"))
    return rung.paid(header)


def practised(header: Header, dice: random.Random) -> Made:
    """A training: real lines that count in nothing."""
    made = sale(header, dice)
    return Made(replace(made.receipt, type=ReceiptType.AV_TRAINING), made.expected)


def given_up(header: Header, dice: random.Random) -> Made:
    """A receipt that was begun and given up."""
    return checked(abandoned(header, RungUp(dice).basket.lines), Expected())


def moved(header: Header, kind: str, cents: int) -> Made:
    """Cash that moves without goods."""
    _, sign = MOVED[kind]
    return checked(movement(header, kind, cents), Expected({5: sign * cents}, {}, {"Bar": sign * cents}))


def voided(header: Header, made: Made, reference: Reference) -> Made:
    """The void of a paid receipt."""
    receipt = reversal_of(made.receipt, header, reference.register_id, reference.event_id)
    return checked(receipt, made.expected.reversed())


def returned(header: Header, sold: Receipt, reference: Reference, taken: dict[str, int], dice: random.Random) -> Made:
    """A part of what is left of a sale comes back for cash; `taken` (thousandths by article) is what came back before."""
    number = dice.choice(sorted({line.article_number for line in goods_of(sold)}))
    bought = [line for line in goods_of(sold) if line.article_number == number]
    left = sum(line.quantity_thousandths for line in bought) - taken.get(number, 0)
    much = left if left < 2000 else 1000 * dice.randint(1, left // 1000)
    basket = Basket()
    basket.put(*return_lines(sold, taken, number, much))
    taken[number] = taken.get(number, 0) + much
    expected = Expected()
    for line in basket.lines:
        expected.add(line.vat_key, line.gross_cents)
    return paid(header, basket.lines, expected, dice, references=(reference,))


def on_account(header: Header, dice: random.Random) -> Made:
    """A sale that is paid later, all of it or a part."""
    rung = RungUp(dice)
    if rung.expected.total > 0:
        owed = rung.expected.total if dice.random() < 0.5 else dice.randint(1, rung.expected.total)
        rung.put(put_on_account(owed, CUSTOMER))
    return rung.paid(header, customer=CUSTOMER)


def settlement(header: Header, claim: Reference, cents: int, dice: random.Random) -> Made:
    """A customer pays what he owed."""
    expected = Expected({5: cents})
    lines = [replace(settled(claim.receipt_number, cents), line_number=1)]
    return paid(header, lines, expected, dice, references=(claim,), customer=CUSTOMER)


def paid_down(header: Header, cents: int, key: int, dice: random.Random) -> Made:
    """Money for goods that come later."""
    return paid(header, [replace(down_payment(cents, key), line_number=1)], Expected({key: cents}), dice)


def paid_down_before(header: Header, first: Receipt, claim: Reference, dice: random.Random) -> Made:
    """The goods come, and the down payment is taken off them."""
    rung = RungUp(dice)
    for ware in WARES[3:5]:
        rung.basket.add(ware.article, 90_000, category_name=ware.group)
        rung.expected.add(ware.key, ware.cents(90_000), goods=True)
    for line in down_payments_of(first):
        rung.put(line)
    return rung.paid(header, references=(claim,))


def voucher(header: Header, number: str, cents: int, key: int | None, dice: random.Random) -> Made:
    """A voucher is sold, of one purpose (with a VAT key) or of many."""
    line = replace(voucher_sold(number, cents, vat_key=key), line_number=1)
    return paid(header, [line], Expected({line.vat_key: cents}), dice)


def paid_by_voucher(header: Header, number: str, left: int, key: int | None, dice: random.Random) -> tuple[Made, int]:
    """Goods that a voucher pays as far as it goes; and what was taken off it."""
    rung = RungUp(dice)
    there = rung.expected.total if key is None else rung.expected.by_key.get(key, 0)
    taken = max(0, min(left, there))
    if taken:
        rung.put(voucher_redeemed(number, taken, vat_key=key))
    return rung.paid(header), taken


def free(header: Header, dice: random.Random) -> Made:
    """Goods for the staff: recorded, not paid."""
    rung = RungUp(dice, most=2)
    receipt = receipt_of(header, rung.basket.lines, [Payment(PaymentType.KEINE, 0)], type=ReceiptType.AV_SACHBEZUG)
    return Made(receipt, rung.expected)
