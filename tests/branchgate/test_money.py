"""Money, quantities and VAT: the published examples, and properties over all amounts."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from branchgate.money import divide_half_away, euros, line_cents, quantity_text, spread
from branchgate.vat import STANDARD_RATES, net_of, vat_shares, vat_sums

CENTS = st.integers(-10_000_000, 10_000_000)


def test_weighed_line_is_rounded_once_half_away_from_zero() -> None:
    assert line_cents(486, 1_299_000) == 631
    assert line_cents(-486, 1_299_000) == -631
    assert line_cents(500, 1_000) == 1
    assert line_cents(-500, 1_000) == -1


def test_vat_is_computed_on_the_receipt_sum_and_not_added_up_from_lines() -> None:
    (sums,) = vat_sums([(1, 1900, 99)] * 3)
    assert (sums.gross_cents, sums.net_cents, sums.vat_cents) == (297, 250, 47)


def test_basket_discount_is_split_by_largest_remainder() -> None:
    assert spread(-500, [1000, 500]) == [-333, -167]
    assert spread(100, [333, 333, 334]) == [33, 33, 34]


def test_amounts_and_quantities_read_as_people_write_them() -> None:
    assert euros(-123_450) == "-1.234,50"
    assert euros(123_450, "en") == "1,234.50"
    assert quantity_text(3000, weighed=False) == "3"
    assert quantity_text(486, weighed=True) == "0,486"
    assert quantity_text(-1500, weighed=False, language="en") == "-1.500"


@given(CENTS, st.sampled_from(sorted(set(STANDARD_RATES.values()))))
def test_net_plus_vat_is_gross_and_signs_mirror(gross: int, rate: int) -> None:
    net = net_of(gross, rate)
    assert net == -net_of(-gross, rate)
    assert abs(gross * 10_000 - net * (10_000 + rate)) * 2 <= 10_000 + rate


@given(CENTS, st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=40))
def test_spread_loses_no_cent(total: int, weights: list[int]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(abs(part * whole - total * weight) < abs(whole) for part, weight in zip(parts, weights, strict=True))


GROSSES = st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=40)
RATES = st.sampled_from([0, 500, 700, 780, 1600, 1900])


@given(GROSSES, RATES)
def test_line_shares_of_vat_add_up_and_stay_within_a_cent_of_each_lines_own(grosses: list[int], rate: int) -> None:
    (sums,) = vat_sums([(2, rate, gross) for gross in grosses])
    shares = vat_shares(sums.vat_cents, grosses, rate)
    assert sum(shares) == sums.vat_cents
    for gross, share in zip(grosses, shares, strict=True):
        assert abs(share - Fraction(gross * rate, 10_000 + rate)) < 1


@given(GROSSES, RATES, st.integers(-1_000_000, 1_000_000))
def test_a_voids_shares_are_those_of_the_sale_with_the_other_sign(grosses: list[int], rate: int, wrong: int) -> None:
    for vat_cents in (vat_sums([(2, rate, gross) for gross in grosses])[0].vat_cents, wrong):
        mirrored = vat_shares(-vat_cents, [-gross for gross in grosses], rate)
        assert mirrored == [-share for share in vat_shares(vat_cents, grosses, rate)]


@given(GROSSES, st.integers(-1_000_000, 1_000_000))
def test_a_printed_vat_that_is_wrong_is_shared_out_all_the_same(grosses: list[int], wrong: int) -> None:
    assert sum(vat_shares(wrong, grosses, 1900)) == wrong


def test_goods_bear_their_vat_and_the_voucher_that_pays_them_takes_it_back() -> None:
    assert vat_shares(0, [1500, -1500], 700) == [98, -98]
    assert vat_shares(0, [], 700) == []


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**9))
def test_division_is_the_nearest_integer(numerator: int, denominator: int) -> None:
    assert abs(numerator - divide_half_away(numerator, denominator) * denominator) * 2 <= denominator
