"""Discounts and surcharges lose no cent, follow what is voided, and never take more than there is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.catalogue import Article
from branchgate.errors import Refused
from branchgate.receipts.basket import Basket
from branchgate.receipts.discounts import Reduction
from branchgate.receipts.model import BusinessCase, Line
from tests.branchgate.receipts.test_basket import CHEESE, WATER

PLAIN = replace(WATER, deposit=0)


def figures(lines: tuple[Line, ...]) -> list[tuple[int, str, int, int]]:
    return [(line.line_number, line.business_case.dsfinvk, line.gross_cents, line.applies_to_line) for line in lines]


def goods(*cents: int, key: int = 1, rate: int = 1900) -> list[Article]:
    return [Article(str(index), "Ware", each * 1_000, key, rate) for index, each in enumerate(cents)]


def test_the_published_splits_come_out_to_the_cent() -> None:
    """5.00 off 10.00 (19 %) and 5.00 (7 %); 1.00 off 3.33, 3.33 and 3.34 of three keys."""
    basket = Basket()
    for article in (*goods(1_000), *goods(500, key=2, rate=700)):
        basket.add(article)
    basket.reduce_receipt(Reduction(cents=500))
    assert [line.gross_cents for line in basket.lines[2:]] == [-333, -167]
    thirds = Basket()
    for cents, key, rate in ((333, 1, 1900), (333, 2, 700), (334, 3, 780)):
        thirds.add(goods(cents, key=key, rate=rate)[0])
    thirds.reduce_receipt(Reduction(cents=100))
    assert [line.gross_cents for line in thirds.lines[3:]] == [-33, -33, -34]


def test_a_lines_discount_stands_below_its_article_and_above_its_deposit() -> None:
    basket = Basket()
    basket.add(WATER)
    basket.add(CHEESE, 500)
    basket.reduce_line(1, Reduction(basis_points=1_000))
    basket.reduce_line(1, Reduction(cents=10, text="Delle"))
    basket.reduce_line(5, Reduction(cents=45, surcharge=True))
    assert figures(basket.lines) == [
        (1, "Umsatz", 89, 0),
        (2, "Rabatt", -9, 1),
        (3, "Rabatt", -10, 1),
        (4, "Pfand", 25, 1),
        (5, "Umsatz", 1_245, 0),
        (6, "Aufschlag", 45, 5),
    ]
    assert [line.text for line in basket.lines[1:3]] == ["Rabatt 10 %", "Delle"]
    assert {(line.vat_key, line.article_number) for line in basket.lines[:4]} >= {(1, "10")}


def test_a_voided_article_takes_its_discount_and_deposit_along() -> None:
    basket = Basket()
    basket.add(WATER)
    basket.add(CHEESE, 100)
    basket.reduce_line(1, Reduction(basis_points=1_000))
    basket.void_line(1)
    assert [line.voided for line in basket.lines] == [True, True, True, False]
    assert basket.total_cents == 249


def test_a_percentage_of_the_receipt_follows_what_is_rung_up_and_voided_later() -> None:
    basket = Basket()
    basket.add(PLAIN)
    basket.reduce_receipt(Reduction(basis_points=1_000))
    assert basket.total_cents == 89 - 9
    basket.add(CHEESE, 1_000)
    assert figures(basket.lines)[2:] == [(3, "Rabatt", -9, 0), (4, "Rabatt", -249, 0)]
    basket.void_line(2)
    assert basket.total_cents == 80
    basket.take_off_reductions()
    assert basket.total_cents == 89


def test_deposits_vouchers_and_tips_are_not_reduced() -> None:
    basket = Basket()
    basket.add(WATER)
    basket.reduce_receipt(Reduction(basis_points=10_000))
    assert basket.total_cents == 25


def test_what_is_too_much_is_refused_and_changes_nothing() -> None:
    basket = Basket()
    basket.add(PLAIN)
    basket.add(CHEESE, 100)
    for change in (
        lambda: basket.reduce_line(1, Reduction(cents=90)),
        lambda: basket.reduce_receipt(Reduction(cents=339)),
    ):
        with pytest.raises(Refused, match="DISCOUNT_TOO_LARGE"):
            change()
    basket.reduce_receipt(Reduction(cents=300))
    with pytest.raises(Refused, match="DISCOUNT_TOO_LARGE"):
        basket.void_line(2)
    assert basket.total_cents == 338 - 300
    with pytest.raises(Refused, match="NOT_FOUND"):
        basket.reduce_line(3, Reduction(cents=1))
    with pytest.raises(Refused, match="NOT_FOUND"):
        basket.void_line(3)


@pytest.mark.parametrize(("cents", "basis_points"), [(0, 0), (-1, 0), (1, 1), (0, 10_001)])
def test_a_discount_is_one_amount_or_one_percentage(cents: int, basis_points: int) -> None:
    with pytest.raises(Refused, match="INVALID_VALUE"):
        Reduction(cents, basis_points)


RATES = ((1, 1900), (2, 700), (3, 780), (5, 0))
REDUCTIONS = st.one_of(
    st.builds(Reduction, cents=st.integers(1, 5_000), surcharge=st.booleans()),
    st.builds(Reduction, basis_points=st.integers(1, 10_000), surcharge=st.booleans()),
)


@given(
    st.lists(st.tuples(st.integers(0, 2_000), st.sampled_from(RATES)), min_size=1, max_size=8),
    st.lists(REDUCTIONS, max_size=3),
    st.sampled_from([1_000, -1_000]),
)
def test_a_receipts_discount_is_split_exactly_and_turns_no_key_around(
    rows: list[tuple[int, tuple[int, int]]], reductions: list[Reduction], quantity: int
) -> None:
    basket = Basket()
    for cents, (key, rate) in rows:
        basket.add(goods(cents, key=key, rate=rate)[0], quantity)
    for reduction in reductions:
        before = basket.total_cents
        try:
            basket.reduce_receipt(reduction)
        except Refused:
            assert basket.total_cents == before
            continue
        assert basket.total_cents - before == reduction.change_of(before)
    for key, rate in RATES:
        left = sum(
            line.gross_cents for line in basket.lines if (line.vat_key, line.vat_rate_basis_points) == (key, rate)
        )
        assert left * quantity >= 0
    assert all(line.business_case is not BusinessCase.PFAND for line in basket.lines)


@given(st.lists(REDUCTIONS, max_size=3), st.lists(st.integers(1, 900), min_size=1, max_size=4))
def test_a_basket_that_was_put_aside_goes_on_as_it_was(reductions: list[Reduction], prices: list[int]) -> None:
    basket = Basket()
    for article in goods(*prices):
        basket.add(replace(article, deposit=25_000))
    for reduction in reductions:
        try:
            basket.reduce_receipt(reduction)
            basket.reduce_line(1, reduction)
        except Refused:
            continue
    again = Basket.of(basket.lines)
    assert again.total_cents == basket.total_cents
    rung = [line for line in basket.lines if line.business_case is BusinessCase.UMSATZ or line.applies_to_line]
    assert list(again.lines[: len(rung)]) == rung
