"""Whatever is handed over, the payments add up to the receipt and the cash to what stays in the drawer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.receipts.model import Payment, PaymentType
from branchgate.receipts.tendering import NOTHING_TO_PAY, Tender, absurd_change, paid_with, remaining

CARD = PaymentType.EC_KARTE
CASH = PaymentType.BAR


def test_part_card_part_cash_gives_change_on_the_cash() -> None:
    paid = paid_with(2_340, [Tender(CARD, 1_000, "girocard"), Tender(CASH, 2_000)])
    assert paid.payments == (Payment(CARD, 1_000, "girocard"), Payment(CASH, 1_340))
    assert (paid.cash_given_cents, paid.change_cents) == (2_000, 660)


def test_foreign_cash_keeps_both_amounts_and_the_change_is_in_euro() -> None:
    """20 francs worth 18.40 for 15.00: the francs stay, 3.40 euro go."""
    paid = paid_with(1_500, [Tender(CASH, 1_840, currency="CHF", foreign_amount=2_000)])
    assert paid.payments == (Payment(CASH, -340), Payment(CASH, 1_840, currency="CHF", foreign_amount=2_000))
    assert (paid.cash_given_cents, paid.change_cents) == (1_840, 340)


def test_nothing_to_pay_is_said_so() -> None:
    assert paid_with(0, [Tender(CASH, 0)]) == NOTHING_TO_PAY
    assert NOTHING_TO_PAY.payments == (Payment(PaymentType.KEINE, 0),)


def test_money_goes_out_the_way_that_is_named_first() -> None:
    assert paid_with(-500, [Tender(CARD, -500, "Visa")]).payments == (Payment(CARD, -500, "Visa"),)
    assert paid_with(-500, []).payments == (Payment(CASH, -500),)


def test_too_little_cash_and_too_much_card_are_refused() -> None:
    with pytest.raises(Refused, match="CASH_NOT_ENOUGH"):
        paid_with(1_000, [Tender(CARD, 500), Tender(CASH, 499)])
    with pytest.raises(Refused, match="CASH_NOT_ENOUGH"):
        paid_with(1_000, [])
    with pytest.raises(Refused, match="at most 1000"):
        paid_with(1_000, [Tender(CARD, 1_001)])


@pytest.mark.parametrize(("given", "absurd"), [(50_000, False), (51_229, False), (51_230, True), (500_000, True)])
def test_more_change_than_any_note_is_worth_is_absurd(given: int, absurd: bool) -> None:
    assert absurd_change(paid_with(1_230, [Tender(CASH, given)])) == absurd


TENDERS = st.lists(
    st.one_of(
        st.builds(Tender, st.just(CARD), st.integers(1, 3_000), st.just("girocard")),
        st.builds(Tender, st.just(CASH), st.integers(0, 5_000)),
        st.builds(
            Tender,
            st.just(CASH),
            st.integers(1, 5_000),
            st.just(""),
            st.sampled_from(["CHF", "USD"]),
            st.integers(1, 9),
        ),
    ),
    max_size=5,
)


@given(st.integers(-5_000, 9_000), TENDERS)
def test_payments_and_cash_always_add_up(total: int, tenders: list[Tender]) -> None:
    try:
        paid = paid_with(total, tenders)
    except Refused:
        assert total > 0
        return
    assert sum(payment.amount_cents for payment in paid.payments) == total
    cash = sum(payment.amount_cents for payment in paid.payments if payment.type is CASH)
    if paid.cash_given_cents:
        assert paid.cash_given_cents - paid.change_cents == cash
    assert paid.change_cents >= 0
    assert total < 0 or remaining(total, tenders) == 0
    assert all(payment.foreign_amount for payment in paid.payments if payment.currency != "EUR")
