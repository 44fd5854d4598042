"""VAT of lines: what is printed per key, on the lines of that key that count."""

from __future__ import annotations

from gateway.dsfinvk.shares import line_vat
from tests.gateway.dsfinvk.everything import Case, line, receipt


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
