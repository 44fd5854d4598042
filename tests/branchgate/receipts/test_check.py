"""Every rule a receipt can break, by its reason, field and value; and that a good receipt breaks none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors.texts import all_sentences
from branchgate.money import line_cents
from branchgate.numbers import NumberRange
from branchgate.receipts.check import check_receipt
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType, Reference
from branchgate.vat import VatSum, vat_sums

NOW_MS = 1_795_000_000_000
RANGE = NumberRange("K1-", 6)
HOUR_MS = 3_600_000


def line(quantity: int = 486, price: int = 1_299_000, **changes: Any) -> Line:
    made = Line(1, BusinessCase.UMSATZ, "Bergkäse", quantity, price, line_cents(quantity, price), 2, 700, "kg", "A1")
    return replace(made, **changes)


def receipt(*lines: Line, **changes: Any) -> Receipt:
    lines = lines or (line(),)
    counted = [each for each in lines if not each.voided]
    total = sum(each.gross_cents for each in counted)
    made = Receipt(
        "K1-000042",
        42,
        ReceiptType.BELEG,
        NOW_MS - 60_000,
        NOW_MS - 1_000,
        "u1",
        "Anna",
        lines,
        vat_sums([(each.vat_key, each.vat_rate_basis_points, each.gross_cents) for each in counted]),
        (Payment(PaymentType.BAR, total),),
        total,
        cash_given_cents=total + 100,
        change_cents=100,
    )
    return replace(made, **changes)


def findings(
    checked: Receipt,
    *,
    last: int = 41,
    knows: Callable[[str], bool | None] = lambda _: True,
    live: bool = False,
    numbers: NumberRange | None = RANGE,
) -> list[tuple[str, str, str]]:
    found = check_receipt(
        checked, register_range=numbers, last_running=last, knows_article=knows, now_ms=NOW_MS, live=live
    )
    assert all(each.reason in all_sentences() and each.rule for each in found)
    return [(each.reason, each.field, each.value) for each in found]


def test_a_good_receipt_breaks_no_rule() -> None:
    assert findings(receipt()) == []
    assert (
        findings(receipt(line(), line(-486, voided=True), line(3_000, 99_000, vat_key=1, vat_rate_basis_points=1900)))
        == []
    )


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (receipt(line(gross_cents=633)), ("LINE_SUM_MISMATCH", "lines[0].gross_cents", "633")),
        (receipt(line(), line(gross_cents=-631)), ("LINE_SUM_MISMATCH", "lines[1].gross_cents", "-631")),
        (receipt(total_cents=630), ("RECEIPT_SUM_MISMATCH", "total_cents", "630")),
        (receipt(vat_sums=()), ("VAT_SUM_MISSING", "vat_sums", "")),
        (receipt(vat_sums=(VatSum(2, 700, 630, 589, 41),)), ("VAT_SUM_MISMATCH", "vat_sums[0].gross_cents", "630")),
        (receipt(vat_sums=(VatSum(2, 700, 631, 589, 42),)), ("VAT_NET_MISMATCH", "vat_sums[0].net_cents", "589")),
        (receipt(vat_sums=(VatSum(2, 700, 631, 590, 40),)), ("VAT_TAX_MISMATCH", "vat_sums[0].vat_cents", "40")),
        (receipt(payments=()), ("PAYMENT_SUM_MISMATCH", "payments", "0")),
        (receipt(change_cents=99), ("CASH_CHANGE_MISMATCH", "cash_given_cents", "731")),
        (receipt(receipt_number="K2-000042"), ("RECEIPT_NUMBER_FOREIGN", "receipt_number", "K2-000042")),
        (receipt(receipt_number="K1-000043"), ("RECEIPT_NUMBER_MISMATCH", "receipt_number", "K1-000043")),
        (receipt(line(vat_key=9)), ("VAT_KEY_UNKNOWN", "lines[0].vat_key", "9")),
        (receipt(line(vat_rate_basis_points=1900)), ("VAT_RATE_MISMATCH", "lines[0].vat_rate_basis_points", "1900")),
        (receipt(line(10_000_001, 1)), ("QUANTITY_ABSURD", "lines[0].quantity_thousandths", "10000001")),
        (receipt(line(1_000, 10_000_001_000)), ("PRICE_ABSURD", "lines[0].unit_price", "100.000,01")),
        (receipt(cash_given_cents=10_000_001), ("CASH_ABSURD", "cash_given_cents", "100.000,01")),
        (
            receipt(payments=(Payment(PaymentType.BAR, 631, currency="CHF"),)),
            ("FOREIGN_AMOUNT_MISSING", "payments.foreign_amount", "CHF"),
        ),
        (receipt(started_at_ms=NOW_MS), ("TIME_ORDER", "finished_at_ms", str(NOW_MS - 1_000))),
        (receipt(finished_at_ms=NOW_MS + HOUR_MS), ("CLOCK_AHEAD", "finished_at_ms", str(NOW_MS + HOUR_MS))),
        (receipt(line(-486)), ("REFERENCE_MISSING", "references", "")),
        (receipt(reverses_receipt=True), ("REFERENCE_MISSING", "references", "")),
        (receipt(type=ReceiptType.AV_SONSTIGE), ("TYPE_NAME_MISSING", "type_name", "")),
    ],
)
def test_a_broken_rule_is_named_with_field_and_value(checked: Receipt, expected: tuple[str, str, str]) -> None:
    assert expected in findings(checked)


def test_an_empty_receipt_is_found_unless_it_was_abandoned() -> None:
    empty = replace(receipt(), lines=(), vat_sums=(), payments=(), total_cents=0, cash_given_cents=0, change_cents=0)
    assert findings(empty) == [("RECEIPT_EMPTY", "lines", "")]
    assert findings(replace(empty, type=ReceiptType.AV_BELEGABBRUCH)) == []


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (41, None),
        (42, "RECEIPT_NUMBER_DUPLICATE"),
        (50, "RECEIPT_NUMBER_ORDER"),
        (40, "RECEIPT_NUMBER_GAP"),
        (0, "RECEIPT_NUMBER_GAP"),
    ],
)
def test_numbers_go_up_by_one(last: int, reason: str | None) -> None:
    assert [found[0] for found in findings(receipt(), last=last)] == ([reason] if reason else [])


def test_a_number_below_one_is_none() -> None:
    assert ("RECEIPT_NUMBER_INVALID", "running_number", "-1") in findings(receipt(running_number=-1))


def test_a_number_of_the_gateways_part_is_found() -> None:
    own = receipt(receipt_number="K1-899999", running_number=899_999)
    assert findings(own, last=899_998) == []
    reserved = receipt(receipt_number="K1-900000", running_number=900_000)
    assert findings(reserved, last=899_999) == [("RECEIPT_NUMBER_RESERVED", "receipt_number", "K1-900000")]


def test_without_a_number_range_only_the_order_is_checked() -> None:
    assert findings(receipt(receipt_number="whatever"), numbers=None) == []


def test_an_unknown_article_is_found_only_if_there_is_a_catalogue() -> None:
    assert findings(receipt(), knows=lambda _: False) == [("ARTICLE_UNKNOWN", "lines[0].article_number", "A1")]
    assert findings(receipt(), knows=lambda _: None) == []
    assert findings(receipt(line(article_number="")), knows=lambda _: False) == []


def test_money_movements_name_no_article_and_no_return() -> None:
    paid_out = line(
        -1_000, 5_000_000, business_case=BusinessCase.AUSZAHLUNG, article_number="", vat_key=5, vat_rate_basis_points=0
    )
    assert findings(receipt(paid_out, cash_given_cents=0, change_cents=0), knows=lambda _: False) == []


def test_a_late_receipt_tells_nothing_of_the_clock_but_a_live_one_does() -> None:
    late = receipt(started_at_ms=NOW_MS - 2 * HOUR_MS, finished_at_ms=NOW_MS - HOUR_MS)
    assert findings(late) == []
    assert [found[0] for found in findings(late, live=True)] == ["CLOCK_BEHIND"]


def test_a_return_that_names_its_sale_is_no_finding() -> None:
    returned = receipt(line(-486), cash_given_cents=0, change_cents=0, references=(Reference("k1", "K1-000007"),))
    assert findings(returned) == []


def test_historic_and_own_vat_keys_are_known() -> None:
    assert findings(receipt(line(vat_key=21, vat_rate_basis_points=1600))) == []
    assert findings(receipt(line(vat_key=1007, vat_rate_basis_points=1234))) == []
    assert [found[0] for found in findings(receipt(line(vat_key=21, vat_rate_basis_points=1900)))] == [
        "VAT_RATE_MISMATCH"
    ]


@given(
    quantity=st.integers(-10_000_000, 10_000_000),
    price=st.integers(-10_000_000_000, 10_000_000_000),
    off=st.integers(-3, 3),
)
def test_a_line_may_be_off_by_one_cent_and_no_more(quantity: int, price: int, off: int) -> None:
    made = line(quantity, price, gross_cents=line_cents(quantity, price) + off)
    found = "LINE_SUM_MISMATCH" in [each[0] for each in findings(receipt(made))]
    assert found == (abs(off) > 1)


any_int = st.integers(-(2**63), 2**63 - 1)


@given(
    values=st.lists(any_int, min_size=6, max_size=6),
    key=st.integers(-(2**31), 2**31 - 1),
    rate=st.integers(-(2**31), 2**31 - 1),
)
def test_no_number_whatever_stops_the_checker(values: list[int], key: int, rate: int) -> None:
    strange = receipt(
        line(values[0], values[1], gross_cents=values[2], vat_key=key, vat_rate_basis_points=rate),
        running_number=values[3],
        finished_at_ms=values[4],
        total_cents=values[5],
        vat_sums=(VatSum(key, rate, values[2], values[3], values[4]),),
    )
    assert findings(strange)
