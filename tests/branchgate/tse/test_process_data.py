"""What is given to the TSE to sign: the specification's example, and every kind of receipt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.catalogue import Article
from branchgate.currencies import amount_text
from branchgate.errors import Refused
from branchgate.receipts.basket import Basket, Header, money_movement, reversal_of
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.tse import process_of, receipt_data, slot_of
from branchgate.vat import VatSum

HEADER = Header("K1-000042", 42, 1, 2, "anna", "Anna")


def receipt(sums: dict[int, int], *payments: Payment, type: ReceiptType = ReceiptType.BELEG) -> Receipt:  # noqa: A002
    """A receipt of which only what is signed matters: VAT key to gross cents."""
    vat_sums = tuple(VatSum(key, 0, gross, gross, 0) for key, gross in sums.items())
    return Receipt("K1-000042", 42, type, 1, 2, "anna", "Anna", (), vat_sums, payments, sum(sums.values()))


def test_the_example_of_the_specification_comes_out_letter_by_letter() -> None:
    """DSFinV-K 2.4, p. 111-114: two rates, cash in three currencies, the rest by card; the order of payments is not that of paying."""
    paid = (
        Payment(PaymentType.KREDITKARTE, 6_430, "Visa"),
        Payment(PaymentType.BAR, 446, currency="USD", foreign_amount=500),
        Payment(PaymentType.BAR, 1_000),
        Payment(PaymentType.BAR, 456, currency="CHF", foreign_amount=500),
    )
    assert process_of(receipt({1: 7_533, 2: 799}, *paid)) == (
        "Kassenbeleg-V1",
        "Beleg^75.33_7.99_0.00_0.00_0.00^10.00:Bar_5.00:Bar:CHF_5.00:Bar:USD_64.30:Unbar",
    )


def test_an_order_is_signed_line_by_line_as_the_specification_shows() -> None:
    lines = (
        Line(1, BusinessCase.UMSATZ, 'Eisbecher "Himbeere"', 2_000, 399_000, 798, 1, 1900),
        Line(2, BusinessCase.UMSATZ, "Käse", 486, 1_299_500, 632, 2, 700, unit="kg"),
        Line(3, BusinessCase.UMSATZ, "Doch nicht", 1_000, 100_000, 100, 1, 1900, voided=True),
        Line(4, BusinessCase.RABATT, "Rabatt", -1_500, 12_345, -19, 1, 1900),
    )
    ordered = replace(receipt({}, type=ReceiptType.AV_BESTELLUNG), lines=lines)
    assert process_of(ordered) == (
        "Bestellung-V1",
        '2;"Eisbecher ""Himbeere""";3.99\r0.486;"Käse";12.995\r-1.5;"Rabatt";0.12345',
    )


def test_change_is_taken_off_the_cash() -> None:
    basket = Basket()
    basket.add(Article("1", "Käse", 995_000, 2, 700))
    assert receipt_data(basket.pay_cash(HEADER, 5_000)) == "Beleg^0.00_9.95_0.00_0.00_0.00^9.95:Bar"


def test_a_void_is_the_sale_with_its_signs_turned() -> None:
    basket = Basket()
    basket.add(Article("1", "Käse", 500_000, 1, 1900))
    void = reversal_of(basket.pay_cash(HEADER, 500), HEADER, "kasse-1", bytes(16))
    assert receipt_data(void) == "Beleg^-5.00_0.00_0.00_0.00_0.00^-5.00:Bar"


def test_money_taken_out_stands_in_the_last_sum() -> None:
    moved = money_movement(HEADER, BusinessCase.GELDTRANSIT, -10_000, "Zur Bank")
    assert receipt_data(moved) == "Beleg^0.00_0.00_0.00_0.00_-100.00^-100.00:Bar"


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        (ReceiptType.AV_TRAINING, "AVTraining"),
        (ReceiptType.AV_BELEGABBRUCH, "AVBelegabbruch"),
        (ReceiptType.AV_SACHBEZUG, "AVSachbezug"),
        (ReceiptType.AV_SONSTIGE, "AVSonstige"),
        (ReceiptType.AV_RECHNUNG, "AVRechnung"),
        (ReceiptType.AV_TRANSFER, "AVTransfer"),
    ],
)
def test_other_receipts_bear_their_type_and_without_payment_nothing_follows(type_: ReceiptType, written: str) -> None:
    unpaid = receipt({}, Payment(PaymentType.KEINE, 0), type=type_)
    assert process_of(unpaid) == ("Kassenbeleg-V1", f"{written}^0.00_0.00_0.00_0.00_0.00^")


def test_payments_of_one_kind_are_one_sum_and_what_cancels_out_is_left_away() -> None:
    paid = (
        Payment(PaymentType.EC_KARTE, 200),
        Payment(PaymentType.GUTHABENKARTE, 300),
        Payment(PaymentType.BAR, 100),
        Payment(PaymentType.BAR, -100),
        Payment(PaymentType.KEINE, 0),
    )
    assert receipt_data(receipt({1: 500}, *paid)).endswith("^5.00:Unbar")


@pytest.mark.parametrize(
    ("slot", "keys"),
    [(1, (1, 11, 21)), (2, (2, 12, 22)), (3, (3, 13, 23, 33, 43)), (4, (4,)), (5, (5, 6, 7, 8, 1000, 1001))],
)
def test_each_vat_key_has_its_place_also_the_historic_ones(slot: int, keys: tuple[int, ...]) -> None:
    assert {slot_of(key) for key in keys} == {slot}


@pytest.mark.parametrize("key", [0, -1, 9, 14, 77, 999])
def test_a_reserved_key_has_no_place(key: int) -> None:
    with pytest.raises(Refused, match="VAT_KEY_UNKNOWN"):
        slot_of(key)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(-5, "EUR", "-0.05"), (123_456, "EUR", "1234.56"), (500, "JPY", "500"), (-1_500, "KWD", "-1.500")],
)
def test_amounts_have_the_decimals_of_their_currency(amount: int, currency: str, written: str) -> None:
    assert amount_text(amount, currency) == written


_CENTS = st.integers(-10_000_000, 10_000_000)


@given(
    st.dictionaries(st.sampled_from([1, 2, 3, 4, 5, 6, 11, 1000]), _CENTS),
    st.lists(st.tuples(st.sampled_from(PaymentType), _CENTS)),
)
def test_every_cent_of_a_receipt_stands_in_what_is_signed(
    sums: dict[int, int], paid: list[tuple[PaymentType, int]]
) -> None:
    kind, grosses, payments = receipt_data(receipt(sums, *(Payment(*each) for each in paid))).split("^")
    assert kind == "Beleg"
    assert sum(cents(text) for text in grosses.split("_")) == sum(sums.values())
    told = [part.split(":") for part in payments.split("_")] if payments else []
    for word, is_told in (("Bar", True), ("Unbar", False)):
        expected = sum(
            amount for kind_, amount in paid if kind_ is not PaymentType.KEINE and (kind_ is PaymentType.BAR) == is_told
        )
        assert sum(cents(amount) for amount, name in told if name == word) == expected


def cents(text: str) -> int:
    return int(text.replace(".", ""))
