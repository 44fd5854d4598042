"""What is paid in place of money: vouchers, claims, down payments. Never more than there is, and VAT where it is due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from branchgate.errors import Refused
from branchgate.receipts.accounts import (
    down_payment,
    down_payments_of,
    owed_from,
    put_on_account,
    settled,
)
from branchgate.receipts.basket import Basket
from branchgate.receipts.model import BusinessCase, Customer, Payment, PaymentType
from branchgate.receipts.vouchers import voucher_redeemed, voucher_sold
from tests.branchgate.receipts.test_basket import CHEESE, HEADER, WATER

CUSTOMER = Customer("4711", "Kunde", "Erika Beispiel")


def vat_of(basket: Basket) -> dict[int, int]:
    receipt = basket.finish(HEADER, [Payment(PaymentType.BAR, basket.total_cents)])
    return {vat.vat_key: vat.vat_cents for vat in receipt.vat_sums}


def test_a_multi_purpose_voucher_is_taxed_when_it_is_redeemed() -> None:
    sale, redemption = Basket(), Basket()
    sale.put(voucher_sold("G1", 1_000))
    assert vat_of(sale) == {5: 0}
    redemption.add(CHEESE, 1_000)
    redemption.put(voucher_redeemed("G1", 1_000))
    assert (redemption.total_cents, vat_of(redemption)) == (1_490, {2: 163, 5: 0})


def test_a_single_purpose_voucher_is_taxed_when_it_is_sold() -> None:
    sale, redemption = Basket(), Basket()
    sale.put(voucher_sold("G1", 1_190, vat_key=1))
    assert vat_of(sale) == {1: 190}
    redemption.add(WATER, 20_000)
    whole = redemption.total_cents
    redemption.put(voucher_redeemed("G1", 1_190, vat_key=1))
    assert vat_of(redemption) == {1: round((whole - 1_190) * 19 / 119)}


def test_vouchers_stand_below_the_receipts_discount() -> None:
    basket = Basket()
    basket.add(CHEESE, 1_000)
    basket.put(voucher_redeemed("G1", 500))
    basket.add(WATER)
    assert [line.business_case.dsfinvk for line in basket.lines] == [
        "Umsatz",
        "Umsatz",
        "Pfand",
        "MehrzweckgutscheinEinloesung",
    ]
    assert [line.line_number for line in basket.lines] == [1, 2, 3, 4]


def test_nothing_pays_more_than_there_is() -> None:
    basket = Basket()
    with pytest.raises(Refused, match="REDEMPTION_TOO_LARGE"):
        basket.put(voucher_redeemed("G1", 1))
    basket.add(CHEESE, 1_000)
    with pytest.raises(Refused, match="REDEMPTION_TOO_LARGE"):
        basket.put(voucher_redeemed("G1", 2_491))
    with pytest.raises(Refused, match="with VAT key 1"):
        basket.put(voucher_redeemed("G1", 100, vat_key=1))
    basket.put(voucher_redeemed("G1", 2_490))
    with pytest.raises(Refused, match="REDEMPTION_TOO_LARGE"):
        basket.void_line(1)
    basket.void_line(2)
    basket.void_line(1)
    assert [line.voided for line in basket.lines] == [True, True]


def test_a_claim_needs_somebody_who_owes_and_something_that_is_owed() -> None:
    with pytest.raises(Refused, match="CUSTOMER_MISSING"):
        put_on_account(100, Customer())
    with pytest.raises(Refused, match="INVALID_VALUE"):
        put_on_account(0, CUSTOMER)


def test_what_was_put_on_account_is_what_is_settled() -> None:
    basket = Basket()
    basket.add(WATER)
    basket.put(put_on_account(basket.total_cents, CUSTOMER))
    sale = basket.finish(HEADER, [Payment(PaymentType.KEINE, 0)], customer=CUSTOMER)
    assert (sale.total_cents, owed_from(sale)) == (0, 114)
    line = settled(sale.receipt_number, owed_from(sale))
    assert (line.business_case, line.gross_cents, line.vat_key) == (BusinessCase.FORDERUNGSAUFLOESUNG, 114, 5)


def test_a_down_payment_is_used_with_the_keys_and_rates_it_was_made_with() -> None:
    basket = Basket()
    basket.put(down_payment(5_000, 1), down_payment(1_000, 2, "Anzahlung Buch"))
    paid = basket.finish(HEADER, [Payment(PaymentType.BAR, 6_000)])
    used = down_payments_of(paid)
    assert [(line.gross_cents, line.vat_key, line.vat_rate_basis_points) for line in used] == [
        (-5_000, 1, 1900),
        (-1_000, 2, 700),
    ]
    with pytest.raises(Refused, match="NOT_FOUND"):
        down_payments_of(replace(paid, lines=()))


@pytest.mark.parametrize("number", ["", "G" * 51])
def test_a_voucher_has_a_number_that_fits(number: str) -> None:
    with pytest.raises(Refused, match="1 to 50 characters"):
        voucher_sold(number, 100)


def test_an_unknown_vat_key_is_refused() -> None:
    with pytest.raises(Refused, match="INVALID_VALUE"):
        voucher_sold("G1", 100, vat_key=9)
