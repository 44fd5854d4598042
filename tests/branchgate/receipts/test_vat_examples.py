"""The published VAT examples (UStG § 12; DSFinV-K examples with their sources in docs/decisions/0002) come out to the cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.money import divide_half_away, line_cents
from branchgate.receipts.basket import Basket, sums_of
from branchgate.vat import net_of, vat_shares
from tests.branchgate.receipts.test_basket import CHEESE, WATER


def test_a_weighed_line_is_rounded_once() -> None:
    assert line_cents(486, 1_299_000) == 631  # 0.486 kg x 12.99 = 6.31314


def test_three_pieces_have_the_vat_of_their_sum_and_not_three_times_theirs() -> None:
    """3 x 0.99 at 19 %: 0.47 on the sum, 0.48 when lines are added."""
    basket = Basket()
    for _ in range(3):
        basket.add(type(WATER)("1", "Ware", 99_000, 1, 1900))
    (vat,) = sums_of(basket.lines)
    assert (vat.gross_cents, vat.net_cents, vat.vat_cents) == (297, 250, 47)
    assert 3 * (99 - net_of(99, 1900)) == 48
    assert vat_shares(vat.vat_cents, [99, 99, 99], 1900) == [16, 16, 15]


@pytest.mark.parametrize("rate", [1900, 700, 780, 550, 1600, 500])
def test_net_first_and_vat_first_never_differ(rate: int) -> None:
    for gross in range(1, 20_000):
        vat_first = divide_half_away(gross * rate, 10_000 + rate)
        assert gross - net_of(gross, rate) == vat_first
        assert net_of(-gross, rate) == -net_of(gross, rate)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3_000)), min_size=1, max_size=40))
def test_vat_sums_are_net_plus_vat_and_add_up_to_the_receipt(rows: list[tuple[bool, int]]) -> None:
    basket = Basket()
    for weighed, quantity in rows:
        basket.add(CHEESE if weighed else WATER, quantity if weighed else quantity * 1_000)
    sums = sums_of(basket.lines)
    assert sum(vat.gross_cents for vat in sums) == basket.total_cents
    for vat in sums:
        assert vat.net_cents + vat.vat_cents == vat.gross_cents
        assert vat.net_cents == net_of(vat.gross_cents, vat.vat_rate_basis_points)
        grosses = [line.gross_cents for line in basket.lines if line.vat_key == vat.vat_key]
        assert sum(vat_shares(vat.vat_cents, grosses, vat.vat_rate_basis_points)) == vat.vat_cents
