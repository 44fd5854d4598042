"""The rules of what is not a plain sale: each broken once, by reason, field and value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from branchgate.receipts.accounts import put_on_account
from branchgate.receipts.amounts import amount_line
from branchgate.receipts.basket import Basket, Header, abandoned, money_movement, reversal_of
from branchgate.receipts.check import check_receipt
from branchgate.receipts.discounts import Reduction
from branchgate.receipts.model import BusinessCase, Customer, Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.receipts.vouchers import voucher_redeemed, voucher_sold
from tests.branchgate.receipts.test_basket import CHEESE, HEADER, WATER

Found = tuple[str, str, str]
CUSTOMER = Customer("4711", "Kunde", "Erika Beispiel")


def findings(receipt: Receipt) -> list[Found]:
    found = check_receipt(
        receipt, register_range=None, last_running=0, knows_article=lambda _: True, now_ms=HEADER.finished_at_ms
    )
    return [(each.reason, each.field, each.value) for each in found]


def paid(*lines: Line, kind: PaymentType = PaymentType.BAR, header: Header = HEADER) -> Receipt:
    """A receipt over such lines as a register that keeps no rules would make it."""
    numbered = [replace(line, line_number=line.line_number or place) for place, line in enumerate(lines, start=1)]
    total = sum(line.gross_cents for line in numbered if not line.voided)
    basket = Basket()
    basket._lines = tuple(numbered)
    return basket.finish(header, [Payment(kind, total)])


def water(**changes: object) -> Line:
    basket = Basket()
    basket.add(replace(WATER, deposit=0))
    return replace(basket.lines[0], **changes)  # type: ignore[arg-type]


def discount(cents: int, line_number: int, **changes: object) -> Line:
    made = amount_line(BusinessCase.RABATT, cents, "Rabatt", 1, applies_to_line=line_number)
    return replace(made, **changes)  # type: ignore[arg-type]


CASH_CASES = [case for case in BusinessCase if case >= BusinessCase.ANFANGSBESTAND]


@pytest.mark.parametrize("case", [*CASH_CASES, BusinessCase.TRINKGELD_AN, BusinessCase.FORDERUNGSAUFLOESUNG])
def test_what_is_not_taxable_has_key_five(case: BusinessCase) -> None:
    wrong = paid(amount_line(case, 100, "falsch", 1))
    assert ("CASE_VAT_KEY", "lines[0].vat_key", "1") in findings(wrong)


@pytest.mark.parametrize("case", CASH_CASES)
def test_money_without_goods_is_cash(case: BusinessCase) -> None:
    wrong = paid(amount_line(case, 100, "falsch"), kind=PaymentType.EC_KARTE)
    assert ("CASE_NEEDS_CASH", "payments[0].type", "ECKarte") in findings(wrong)


@pytest.mark.parametrize(
    ("case", "cents"),
    [
        (BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG, 100),
        (BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG, 100),
        (BusinessCase.FORDERUNGSENTSTEHUNG, 100),
        (BusinessCase.ANZAHLUNGSAUFLOESUNG, 100),
        (BusinessCase.PRIVATENTNAHME, 100),
        (BusinessCase.LOHNZAHLUNG, 100),
        (BusinessCase.AUSZAHLUNG, 100),
        (BusinessCase.ANFANGSBESTAND, -100),
        (BusinessCase.PRIVATEINLAGE, -100),
        (BusinessCase.EINZAHLUNG, -100),
    ],
)
def test_a_wrong_sign_is_found_but_not_in_a_void(case: BusinessCase, cents: int) -> None:
    wrong = paid(amount_line(case, cents, "falsch"))
    value = "1,00" if cents > 0 else "-1,00"
    assert ("CASE_SIGN", "lines[0].gross_cents", value) in findings(wrong)
    assert "CASE_SIGN" not in [found[0] for found in findings(replace(wrong, reverses_receipt=True))]


def test_a_voucher_without_a_number_is_found() -> None:
    sold = replace(voucher_sold("G1", 2_500), voucher_number="")
    assert findings(paid(sold)) == [("VOUCHER_NUMBER_MISSING", "lines[0].voucher_number", "Gutschein G1")]


def test_a_claim_without_a_customer_is_found() -> None:
    owed = put_on_account(89, CUSTOMER)
    unnamed = paid(water(), replace(owed, line_number=2), kind=PaymentType.KEINE)
    assert findings(unnamed) == [("CUSTOMER_MISSING", "customer", "0,89")]
    assert findings(replace(unnamed, customer=CUSTOMER)) == []
    assert findings(replace(unnamed, customer=Customer())) == [("CUSTOMER_MISSING", "customer", "0,89")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((water(), discount(-90, 1)), ("DISCOUNT_TOO_LARGE", "lines[1].gross_cents", "-0,90")),
        (
            (water(), discount(-50, 1), discount(-40, 1)),
            ("DISCOUNT_TOO_LARGE", "lines[2].gross_cents", "-0,40"),
        ),
        ((water(), discount(-90, 0)), ("DISCOUNT_TOO_LARGE", "lines", "-0,90")),
        ((water(), discount(-9, 0, vat_key=2, vat_rate_basis_points=700)), ("DISCOUNT_TOO_LARGE", "lines", "-0,09")),
        (
            (water(), discount(-9, 1, vat_key=2, vat_rate_basis_points=700)),
            ("DISCOUNT_VAT_KEY", "lines[1].vat_key", "2"),
        ),
        ((water(), discount(-9, 7)), ("LINE_UNKNOWN", "lines[1].applies_to_line", "7")),
    ],
)
def test_a_discount_that_does_not_fit_is_found(lines: tuple[Line, ...], expected: Found) -> None:
    assert findings(paid(*lines)) == [expected]


@pytest.mark.parametrize("lines", [(water(), discount(-89, 1)), (water(), discount(-89, 0))])
def test_a_discount_may_take_all(lines: tuple[Line, ...]) -> None:
    assert findings(paid(*lines)) == []


def test_an_abandoned_receipt_has_no_money() -> None:
    basket = Basket()
    basket.add(WATER)
    good = abandoned(HEADER, basket.lines)
    assert (good.total_cents, good.payments, good.vat_sums) == (0, (), ())
    assert findings(good) == []
    sale = basket.pay_cash(HEADER, 200)
    reasons = [found[0] for found in findings(replace(sale, type=ReceiptType.AV_BELEGABBRUCH))]
    assert reasons == ["PAYMENT_NOT_EXPECTED", "ABANDONED_WITH_MONEY"]


def test_a_training_is_paid_as_practised_but_moves_no_cash() -> None:
    basket = Basket()
    basket.add(WATER)
    training = replace(basket.pay_cash(HEADER, 200), type=ReceiptType.AV_TRAINING)
    assert findings(training) == []
    unpaid = replace(training, payments=(), cash_given_cents=0, change_cents=0)
    assert findings(unpaid) == []
    wrong = replace(training, payments=(Payment(PaymentType.EC_KARTE, 1),), cash_given_cents=0, change_cents=0)
    assert findings(wrong) == [("PAYMENT_SUM_MISMATCH", "payments", "1")]
    practised = replace(
        money_movement(HEADER, BusinessCase.ANFANGSBESTAND, 15_000, "Anfangsbestand"), type=ReceiptType.AV_TRAINING
    )
    assert findings(practised) == [("TRAINING_MOVES_CASH", "lines[0].gross_cents", "150,00")]


@pytest.mark.parametrize("kind", [ReceiptType.AV_SACHBEZUG, ReceiptType.AV_RECHNUNG, ReceiptType.AV_TRANSFER])
def test_what_is_not_paid_has_no_payment(kind: ReceiptType) -> None:
    basket = Basket()
    basket.add(WATER)
    taken = basket.finish(HEADER, [Payment(PaymentType.KEINE, 0)], type=kind)
    assert findings(taken) == []
    wrong = replace(taken, payments=(Payment(PaymentType.BAR, 114),))
    assert findings(wrong) == [("PAYMENT_NOT_EXPECTED", "payments[0].amount_cents", "1,14")]


def test_absurd_cash_is_found_whichever_way_it_moves() -> None:
    for cents, value in ((10_000_001, "100.000,01"), (-10_000_001, "-100.000,01")):
        moved = money_movement(HEADER, BusinessCase.GELDTRANSIT, cents, "Bank")
        assert findings(moved) == [("CASH_ABSURD", "lines[0].gross_cents", value)]
    assert findings(money_movement(HEADER, BusinessCase.GELDTRANSIT, -10_000_000, "Bank")) == []


def test_a_receipt_with_everything_on_it_breaks_no_rule() -> None:
    basket = Basket()
    basket.add(WATER, 3_000)
    basket.add(CHEESE, 486)
    basket.reduce_line(1, Reduction(basis_points=1_000))
    basket.reduce_receipt(Reduction(cents=100))
    basket.reduce_receipt(Reduction(basis_points=500, surcharge=True))
    basket.put(voucher_sold("G1", 500), voucher_sold("G2", 1_000, vat_key=1))
    basket.put(voucher_redeemed("G0", 300), amount_line(BusinessCase.TRINKGELD_AN, 100, "Trinkgeld"))
    basket.put(put_on_account(200, CUSTOMER))
    receipt = basket.finish(HEADER, [Payment(PaymentType.BAR, basket.total_cents)], customer=CUSTOMER)
    assert findings(receipt) == []
    assert findings(reversal_of(receipt, HEADER, "k1", b"e" * 16)) == []
