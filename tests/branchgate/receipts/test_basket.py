"""The register's arithmetic, from articles to receipts, and the receipt's encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.catalogue import Article
from branchgate.errors import Refused
from branchgate.receipts.basket import Basket, Header, money_movement, reversal_of
from branchgate.receipts.codec import decode_receipt, encode_receipt
from branchgate.receipts.model import BusinessCase, Payment, PaymentType

WATER = Article("10", "Mineralwasser 1 l", 89_000, 1, 1900, deposit=25_000, category_key="drinks")
CHEESE = Article("20", "Bergkäse", 2_490_000, 2, 700, unit="kg", weighed=True)
BOTTLES = Article("30", "Leergut", 25_000, 1, 1900, deposit_return=True)
HEADER = Header("K1-000001", 1, 1_000, 2_000, "anna", "Anna")


def test_deposit_is_a_line_of_its_own_with_the_vat_of_the_goods() -> None:
    basket = Basket()
    basket.add(WATER, 6_000)
    assert [(line.business_case, line.gross_cents, line.vat_key) for line in basket.lines] == [
        (BusinessCase.UMSATZ, 534, 1),
        (BusinessCase.PFAND, 150, 1),
    ]


def test_change_is_what_was_given_beyond_the_total_and_cash_is_what_stays() -> None:
    basket = Basket()
    basket.add(CHEESE, 486)
    receipt = basket.pay_cash(HEADER, 2_000)
    assert receipt.total_cents == 1_210
    assert receipt.payments == (Payment(PaymentType.BAR, 1_210),)
    assert (receipt.cash_given_cents, receipt.change_cents) == (2_000, 790)


def test_a_voided_line_takes_its_deposit_along_and_stays_on_the_receipt() -> None:
    basket = Basket()
    water = basket.add(WATER)
    basket.add(CHEESE, 100)
    basket.void_line(water.line_number)
    assert [line.voided for line in basket.lines] == [True, True, False]
    assert basket.total_cents == 249
    with pytest.raises(Refused, match="NOT_FOUND"):
        basket.void_line(water.line_number)


def test_deposit_return_pays_out() -> None:
    basket = Basket()
    basket.add(BOTTLES, 4_000)
    receipt = basket.pay_cash(HEADER, 0)
    assert receipt.total_cents == -100
    assert receipt.lines[0].business_case is BusinessCase.PFAND_RUECKZAHLUNG
    assert (receipt.cash_given_cents, receipt.change_cents) == (0, 0)


def test_too_little_cash_empty_baskets_and_half_bottles_are_refused() -> None:
    basket = Basket()
    with pytest.raises(Refused, match="BASKET_EMPTY"):
        basket.finish(HEADER, [])
    with pytest.raises(Refused, match="whole pieces"):
        basket.add(WATER, 500)
    basket.add(WATER)
    with pytest.raises(Refused, match="CASH_NOT_ENOUGH"):
        basket.pay_cash(HEADER, 113)


quantities = st.integers(-30_000, 30_000).filter(bool)


@given(st.lists(st.tuples(st.sampled_from([WATER, CHEESE, BOTTLES]), quantities), min_size=1, max_size=12))
def test_a_void_takes_back_every_figure_of_its_sale(rows: list[tuple[Article, int]]) -> None:
    basket = Basket()
    for article, quantity in rows:
        basket.add(article, quantity if article.weighed else quantity * 1000)
    sale = basket.finish(HEADER, [Payment(PaymentType.EC_KARTE, basket.total_cents, "girocard")])
    void = reversal_of(sale, HEADER, "k1", b"e" * 16)
    assert void.total_cents == -sale.total_cents
    assert [vat.vat_cents for vat in void.vat_sums] == [-vat.vat_cents for vat in sale.vat_sums]
    assert void.references[0].receipt_number == sale.receipt_number
    assert sum(vat.gross_cents for vat in sale.vat_sums) == sale.total_cents


@given(st.integers(-1_000_000, 1_000_000))
def test_money_movements_survive_encoding(amount: int) -> None:
    receipt = money_movement(HEADER, BusinessCase.ANFANGSBESTAND, amount, "Anfangsbestand")
    assert decode_receipt(encode_receipt(receipt)) == receipt
    assert encode_receipt(decode_receipt(encode_receipt(receipt))) == encode_receipt(receipt)


@pytest.mark.parametrize("body", [b"\xff\xff\xff", b"\x18\x63"])
def test_bytes_that_are_no_receipt_are_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="RECEIPT_UNREADABLE"):
        decode_receipt(body)
