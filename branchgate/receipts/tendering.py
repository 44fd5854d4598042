"""What a customer hands over, made into payments that add up to the receipt: cash, cards, foreign cash, and any of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branchgate.errors import Refused
from branchgate.receipts.model import Payment, PaymentType

CURRENCY = "EUR"
CHANGE_ABSURD_CENTS = 500_00
"""From this much change on at least one note was not needed: there is no larger one than 500 EUR."""


@dataclass(frozen=True, slots=True)
class Tender:
    """One thing handed over: `cents` is what it is worth, of cash the amount given, of cards the amount taken.

    Cash of another `currency` tells its own amount too, in that currency's minor unit.
    """

    type: PaymentType
    cents: int
    name: str = ""
    currency: str = CURRENCY
    foreign_amount: int = 0


@dataclass(frozen=True, slots=True)
class Paid:
    """The payments of a receipt, and the cash given and handed back, all in cents."""

    payments: tuple[Payment, ...]
    cash_given_cents: int = 0
    change_cents: int = 0


NOTHING_TO_PAY = Paid((Payment(PaymentType.KEINE, 0),))


def paid_with(total_cents: int, tenders: Sequence[Tender]) -> Paid:
    """The payments of a total; change is given in the branch's currency. A total below zero is paid out the way of the first tender.

    Raises Refused: CASH_NOT_ENOUGH, and INVALID_VALUE when cards would take more than the total.
    """
    if total_cents == 0:
        return NOTHING_TO_PAY
    if total_cents < 0:
        way = tenders[0] if tenders else Tender(PaymentType.BAR, 0)
        return Paid((Payment(way.type, total_cents, way.name),))
    cards = [tender for tender in tenders if tender.type is not PaymentType.BAR]
    cash = [tender for tender in tenders if tender.type is PaymentType.BAR]
    rest = total_cents - sum(tender.cents for tender in cards)
    if rest < 0:
        raise Refused("INVALID_VALUE", field="pay", value=total_cents - rest, rule=f"at most {total_cents} by card")
    given = sum(tender.cents for tender in cash)
    if given < rest:
        raise Refused("CASH_NOT_ENOUGH", field="given_cents", value=given, rule=f"at least {rest}")
    payments = [Payment(tender.type, tender.cents, tender.name) for tender in cards]
    return Paid((*payments, *_kept(cash, given - rest)), given, given - rest)


def remaining(total_cents: int, tenders: Sequence[Tender]) -> int:
    """What is left to pay after some tenders, not less than zero; of a total below zero all of it."""
    left = total_cents - sum(tender.cents for tender in tenders)
    return left if total_cents < 0 else max(0, left)


def absurd_change(paid: Paid) -> bool:
    """Whether nobody would have given so much: `5000` typed for 12.30."""
    return paid.change_cents >= CHANGE_ABSURD_CENTS


def _kept(cash: Sequence[Tender], change_cents: int) -> list[Payment]:
    """What stays in the drawer, per currency; the change leaves it in the branch's own, even when all the cash given is foreign."""
    own = sum(tender.cents for tender in cash if tender.currency == CURRENCY) - change_cents
    foreign = [
        Payment(tender.type, tender.cents, currency=tender.currency, foreign_amount=tender.foreign_amount)
        for tender in cash
        if tender.currency != CURRENCY
    ]
    return [*([Payment(PaymentType.BAR, own)] if own else []), *foreign]
