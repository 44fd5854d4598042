"""Goods come back at the price, the key and with the discounts of their sale; piece by piece exactly what they cost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.money import line_cents
from branchgate.receipts.basket import Basket, reversal_of
from branchgate.receipts.check_references import check_against
from branchgate.receipts.discounts import Reduction
from branchgate.receipts.model import Payment, PaymentType, Receipt
from branchgate.receipts.returns import return_lines, returned_of
from tests.branchgate.receipts.test_basket import CHEESE, HEADER, WATER


def sale_of(*rows: tuple[object, int], reductions: tuple[Reduction, ...] = ()) -> Receipt:
    basket = Basket()
    for article, quantity in rows:
        basket.add(article, quantity)  # type: ignore[arg-type]
    for reduction in reductions:
        basket.reduce_receipt(reduction)
    return basket.finish(HEADER, [Payment(PaymentType.BAR, basket.total_cents)])


def back(sale: Receipt, article_number: str, quantity: int, earlier: list[Receipt]) -> Receipt:
    basket = Basket()
    basket.put(*return_lines(sale, returned_of(earlier), article_number, quantity))
    return basket.finish(HEADER, [Payment(PaymentType.BAR, basket.total_cents)])


def found(receipt: Receipt, sale: Receipt, earlier: list[Receipt]) -> list[str]:
    return [each.reason for each in check_against(receipt, sale, earlier)]


def test_a_return_takes_deposit_and_discounts_back() -> None:
    sale = sale_of((WATER, 3_000), reductions=(Reduction(cents=10),))
    taken = back(sale, "10", 1_000, [])
    assert [(line.business_case.dsfinvk, line.gross_cents, line.applies_to_line) for line in taken.lines] == [
        ("Umsatz", -89, 0),
        ("Rabatt", 3, 1),
        ("Pfand", -25, 1),
    ]
    assert {line.vat_key for line in taken.lines} == {1}


@given(
    pieces=st.integers(1, 7),
    grams=st.integers(1, 5_000),
    own=st.integers(1, 9_999),
    whole=st.integers(1, 9_999),
    data=st.data(),
)
def test_returned_piece_by_piece_a_sale_comes_back_to_the_cent(
    pieces: int, grams: int, own: int, whole: int, data: st.DataObject
) -> None:
    """Nothing is left of a line, its deposit, its discount and its share of the receipt's discount."""
    basket = Basket()
    basket.add(WATER, pieces * 1_000)
    basket.add(CHEESE, grams)
    basket.reduce_line(1, Reduction(basis_points=own))
    basket.reduce_receipt(Reduction(basis_points=whole))
    sale = basket.finish(HEADER, [Payment(PaymentType.BAR, basket.total_cents)])
    earlier: list[Receipt] = []
    left = {"10": pieces * 1_000, "20": grams}
    while any(left.values()):
        article = data.draw(st.sampled_from([number for number, quantity in left.items() if quantity]))
        quantity = data.draw(st.integers(1, left[article])) if article == "20" else 1_000
        taken = back(sale, article, quantity, earlier)
        assert found(taken, sale, earlier) == []
        line = taken.lines[0]
        assert abs(line_cents(line.quantity_thousandths, line.unit_price) - line.gross_cents) <= 1
        earlier.append(taken)
        left[article] -= quantity
    assert sum(receipt.total_cents for receipt in earlier) == -sale.total_cents
    with pytest.raises(Refused, match="RETURN_EXCEEDS_SALE"):
        back(sale, "10", 1_000, earlier)


def test_more_than_was_sold_is_found_over_all_returns() -> None:
    sale = sale_of((WATER, 2_000))
    one, two = back(sale, "10", 1_000, []), back(sale, "10", 2_000, [])
    assert found(two, sale, []) == []
    assert found(two, sale, [one]) == ["RETURN_EXCEEDS_SALE"]
    (told,) = check_against(two, sale, [one])
    assert (told.field, told.value, told.rule) == ("lines[0].quantity_thousandths", "2", "K1-000001: 1")


def test_goods_that_were_not_on_the_receipt_do_not_come_back_with_it() -> None:
    sale = sale_of((WATER, 1_000))
    other = sale_of((CHEESE, 500))
    assert found(back(other, "20", 500, []), sale, []) == ["RETURN_EXCEEDS_SALE"]


def test_another_vat_key_than_that_of_the_sale_is_found() -> None:
    sale = sale_of((CHEESE, 500))
    basket = Basket()
    basket.add(WATER, -1_000)
    line = basket.lines[0]
    wrong = Basket()
    wrong.put(replace(line, article_number="20"))
    returned = wrong.finish(HEADER, [Payment(PaymentType.BAR, wrong.total_cents)])
    assert "RETURN_VAT_KEY" in found(returned, sale, [])


def test_a_void_cancels_its_receipt_out_and_only_once() -> None:
    sale, other = sale_of((WATER, 1_000)), sale_of((WATER, 2_000))
    void = reversal_of(sale, HEADER, "k1", b"e" * 16)
    assert found(void, sale, []) == []
    assert found(void, other, []) == ["VOID_MISMATCH"]
    assert found(void, sale, [void]) == ["VOIDED_TWICE"]
    taken = back(sale, "10", 1_000, [])
    assert found(taken, sale, [void]) == ["RETURN_EXCEEDS_SALE"]
    assert found(void, sale, [taken]) == ["VOID_AFTER_USE"]


def test_what_was_sold_on_two_lines_comes_back_from_the_first_one_on() -> None:
    """A kilogram at full price and two at half: each return goes on where the one before it ended."""
    basket = Basket()
    basket.add(CHEESE, 1_000)
    basket.add(CHEESE, 2_000)
    basket.reduce_line(2, Reduction(basis_points=5_000))
    sale = basket.finish(HEADER, [Payment(PaymentType.BAR, basket.total_cents)])
    first = back(sale, "20", 500, [])
    second = back(sale, "20", 1_500, [first])
    third = back(sale, "20", 1_000, [first, second])
    assert [receipt.total_cents for receipt in (first, second, third)] == [-1_245, -2_490, -1_245]
    assert [line.quantity_thousandths for line in second.lines if line.text == "Bergkäse"] == [-500, -1_000]
    assert [line.applies_to_line for line in second.lines] == [0, 0, 2]
