"""VAT of lines: sums to the print, stays within a cent of each line's own, also where lines take back what others gave."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from branchgate.vat import net_of
from gateway.dsfinvk.shares import line_vat, shared
from tests.gateway.dsfinvk.everything import Case, line, receipt

GROSSES = st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=40)


@given(grosses=GROSSES, rate=st.sampled_from([0, 500, 700, 780, 1600, 1900]))
def test_shares_sum_to_the_print_and_stay_within_a_cent(grosses: list[int], rate: int) -> None:
    whole = (total := sum(grosses)) - net_of(total, rate)
    shares = shared(whole, grosses, rate)
    assert sum(shares) == whole
    for gross, share in zip(grosses, shares, strict=True):
        assert abs(share - Fraction(gross * rate, 10_000 + rate)) <= 1


@given(grosses=GROSSES, whole=st.integers(-1_000_000, 1_000_000))
def test_a_print_that_is_wrong_is_spread_all_the_same(grosses: list[int], whole: int) -> None:
    assert sum(shared(whole, grosses, 1900)) == whole


def test_goods_paid_by_a_voucher_bear_their_vat_and_the_voucher_takes_it_back() -> None:
    """Spread over a receipt's VAT of nothing, the goods were without VAT, and the closing told a turnover at 7 % without any."""
    sold = receipt(1, [line(1, Case.UMSATZ, 1500, 2), line(2, Case.EINZWECKGUTSCHEIN_EINLOESUNG, -1500, 2)], [])
    assert sold.vat_sums[0].vat_cents == 0
    assert line_vat(sold.lines, sold.vat_sums) == [98, -98]


def test_a_voided_line_bears_nothing_and_two_rates_stay_apart() -> None:
    lines = [line(1, Case.UMSATZ, 119), line(2, Case.UMSATZ, 107, 2), line(3, Case.UMSATZ, 119, voided=True)]
    sold = receipt(1, lines, [])
    assert line_vat(sold.lines, sold.vat_sums) == [19, 7, 0]


def test_a_key_without_a_printed_sum_is_worked_out() -> None:
    assert line_vat([line(1, Case.UMSATZ, 119)], []) == [19]
