"""Each event of a till's day as a script commands it: business case, VAT key and payment as docs/day-end.md maps them."""

from __future__ import annotations

from typing import Any

import pytest

from branchgate.errors import Refused
from branchgate.receipts.model import Receipt
from branchgate.register.till.entries import LineToSell
from branchgate.register.till.paying import Pay
from tests.branchgate.register.paper_register import paper_till
from tests.branchgate.register.test_every_event import CUSTOMER, done

Rows = list[tuple[str, int, int]]
CASH = {"cash": "exact"}


async def booked(*commands: dict[str, Any]) -> list[Receipt]:
    till, happened = paper_till()
    for command in commands:
        await done(till, command)
    await till.close()
    return [each.receipt for each in happened]


def rows(receipt: Receipt) -> Rows:
    """Business case, VAT key and cents of the lines that count."""
    return [(line.business_case.dsfinvk, line.vat_key, line.gross_cents) for line in receipt.lines if not line.voided]


def paid(receipt: Receipt) -> list[tuple[str, int]]:
    return [(payment.type.dsfinvk, payment.amount_cents) for payment in receipt.payments]


def sell(*lines: dict[str, Any], pay: object = CASH, **more: object) -> dict[str, Any]:
    return {"do": "sell", "lines": list(lines), "pay": pay, **more}


BOOK = {"article": "4"}
WATER = {"article": "1"}


@pytest.mark.parametrize(
    ("do", "case", "cents"),
    [
        ("float", "Anfangsbestand", 1_250),
        ("paid-in", "Einzahlung", 1_250),
        ("paid-out", "Auszahlung", -1_250),
        ("to-bank", "Geldtransit", -1_250),
        ("from-bank", "Geldtransit", 1_250),
        ("owner-in", "Privateinlage", 1_250),
        ("owner-out", "Privatentnahme", -1_250),
        ("wage", "Lohnzahlung", -1_250),
        ("tip-out", "TrinkgeldAN", -1_250),
    ],
)
async def test_money_without_goods_is_a_receipt_of_its_own_with_its_reason(do: str, case: str, cents: int) -> None:
    (receipt,) = await booked({"do": do, "amount": "12,50", "text": "Porto"})
    assert rows(receipt) == [(case, 5, cents)]
    assert paid(receipt) == [("Bar", cents)]
    assert (receipt.lines[0].text, receipt.lines[0].business_case_name) == ("Porto", "Porto")


async def test_discounts_of_line_and_receipt_are_lines_with_their_keys() -> None:
    (receipt,) = await booked(
        sell({**WATER, "discount": {"percent": "10"}}, BOOK, discount={"amount": "1,00"}, pay={"card": "Visa"})
    )
    assert rows(receipt) == [
        ("Umsatz", 1, 89),
        ("Rabatt", 1, -9),
        ("Pfand", 1, 25),
        ("Umsatz", 2, 1_299),
        ("Rabatt", 1, -6),
        ("Rabatt", 2, -94),
    ]
    assert [line.applies_to_line for line in receipt.lines] == [0, 1, 1, 0, 0, 0]


async def test_a_sale_on_account_and_its_settlement() -> None:
    sale, settlement = await booked(
        sell(BOOK, pay=[{"cash": "2,99"}, {"account": True}], customer=CUSTOMER),
        sell({"settle": "K1-000001"}, pay={"card": "girocard"}),
    )
    assert rows(sale) == [("Umsatz", 2, 1_299), ("Forderungsentstehung", 5, -1_000)]
    assert paid(sale) == [("Bar", 299)]
    assert rows(settlement) == [("Forderungsaufloesung", 5, 1_000)]
    assert settlement.references[0].receipt_number == "K1-000001"
    assert settlement.references[0].event_id
    assert settlement.customer == sale.customer


async def test_a_sale_that_is_wholly_on_account_has_no_payment() -> None:
    (sale,) = await booked(sell(BOOK, pay={"account": True}, customer=CUSTOMER))
    assert (sale.total_cents, paid(sale)) == (0, [("Keine", 0)])


async def test_a_down_payment_and_its_use() -> None:
    first, second = await booked(
        sell({"down_payment": "5,00", "vat_key": 2, "text": "Anzahlung Buch"}),
        sell(BOOK, {"use_down_payment": "K1-000001"}),
    )
    assert rows(first) == [("Anzahlungseinstellung", 2, 500)]
    assert rows(second) == [("Umsatz", 2, 1_299), ("Anzahlungsaufloesung", 2, -500)]
    assert [reference.receipt_number for reference in second.references] == ["K1-000001"]
    assert paid(second) == [("Bar", 799)]


async def test_vouchers_of_both_kinds_are_sold_and_redeemed() -> None:
    multi, single, redeemed = await booked(
        sell({"voucher": "M1", "amount": "25,00"}),
        sell({"voucher": "E1", "amount": "5,00", "vat_key": 2}),
        sell(BOOK, {"redeem": "E1", "amount": "5,00", "vat_key": 2}, {"redeem": "M1"}),
    )
    assert rows(multi) == [("MehrzweckgutscheinKauf", 5, 2_500)]
    assert rows(single) == [("EinzweckgutscheinKauf", 2, 500)]
    assert rows(redeemed) == [
        ("Umsatz", 2, 1_299),
        ("EinzweckgutscheinEinloesung", 2, -500),
        ("MehrzweckgutscheinEinloesung", 5, -799),
    ]
    assert [line.voucher_number for line in redeemed.lines] == ["", "E1", "M1"]
    assert paid(redeemed) == [("Keine", 0)]


async def test_tips_to_employee_and_employer() -> None:
    (receipt,) = await booked(sell(BOOK, {"tip": "2,00"}, {"tip": "1,19", "to": "employer"}, pay={"card": "Visa"}))
    assert rows(receipt)[1:] == [("TrinkgeldAN", 5, 200), ("TrinkgeldAG", 1, 119)]
    assert paid(receipt) == [("Kreditkarte", 1_618)]


async def test_a_return_takes_price_deposit_and_discount_of_the_sale() -> None:
    sale, back = await booked(
        sell({**WATER, "quantity": "2", "discount": {"percent": "50"}}, BOOK),
        {"do": "return", "lines": [WATER], "pay": {"cash": "0"}, "receipt": "K1-000001"},
    )
    assert rows(back) == [("Umsatz", 1, -89), ("Rabatt", 1, 45), ("Pfand", 1, -25)]
    assert back.references[0].event_id
    assert sale.total_cents == 178 - 89 + 50 + 1_299


async def test_more_than_was_sold_does_not_come_back_with_its_receipt() -> None:
    back = {"do": "return", "lines": [WATER], "pay": {"cash": "0"}, "receipt": "K1-000001"}
    with pytest.raises(Refused, match="RETURN_EXCEEDS_SALE"):
        await booked(sell(WATER), back, back)
    with pytest.raises(Refused, match="ALREADY_VOIDED"):
        await booked(sell(WATER), {"do": "void"}, back)
    with pytest.raises(Refused, match="VOID_AFTER_USE"):
        await booked(sell(WATER), back, {"do": "void", "receipt": "K1-000001"})


async def test_a_return_without_a_receipt_is_at_todays_price() -> None:
    (back,) = await booked({"do": "return", "lines": [WATER], "pay": {"cash": "0"}})
    assert rows(back) == [("Umsatz", 1, -89), ("Pfand", 1, -25)]


async def test_training_is_paid_as_practised_and_cannot_be_voided() -> None:
    (training,) = await booked(sell(BOOK, training=True, pay={"cash": "20"}))
    assert (training.type.dsfinvk, paid(training), training.change_cents) == ("AVTraining", [("Bar", 1_299)], 701)
    with pytest.raises(Refused, match="NOTHING_TO_VOID"):
        await booked(sell(BOOK, training=True), {"do": "void"})


async def test_goods_for_staff_are_not_paid() -> None:
    (receipt,) = await booked({"do": "staff", "lines": [BOOK], "customer": {"id": "7", "name": "Bela"}})
    assert (receipt.type.dsfinvk, receipt.total_cents, paid(receipt)) == ("AVSachbezug", 1_299, [("Keine", 0)])
    assert receipt.customer is not None


async def test_an_abandoned_receipt_keeps_its_lines_and_no_money() -> None:
    (receipt,) = await booked({"do": "abandon", "lines": [WATER, BOOK]})
    assert (receipt.type.dsfinvk, receipt.total_cents, receipt.payments) == ("AVBelegabbruch", 0, ())
    assert [line.voided for line in receipt.lines] == [True, True, True]


async def test_foreign_cash_keeps_both_amounts() -> None:
    (receipt,) = await booked(sell(BOOK, pay={"cash": "20,00", "currency": "CHF", "worth": "20,80"}))
    assert [(each.currency, each.amount_cents, each.foreign_amount) for each in receipt.payments] == [
        ("EUR", -781, 0),
        ("CHF", 2_080, 2_000),
    ]
    assert (receipt.cash_given_cents, receipt.change_cents) == (2_080, 781)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (sell(BOOK), sell(BOOK, pay={"cash": "5000"}), "CASH_DOUBTFUL"),
        ({"do": "float", "amount": "150"}, {"do": "float", "amount": "150"}, "FLOAT_BOOKED"),
        (sell(BOOK), {"do": "paid-in", "amount": "100000,01"}, "CASH_DOUBTFUL"),
    ],
)
async def test_what_hardly_happens_is_asked_back_and_done_when_it_is_meant(
    first: dict[str, Any], second: dict[str, Any], reason: str
) -> None:
    """5000 typed for 12.99 was taken without a word, and so was a second float."""
    with pytest.raises(Refused, match=reason):
        await booked(first, second)
    assert len(await booked(first, {**second, "sure": True})) == 2


async def test_what_was_refused_leaves_the_open_receipt_as_it_was() -> None:
    till, happened = paper_till()
    receipt = till.begin()
    till.ringing.ring_up(receipt, LineToSell(article="4"))
    before = receipt.basket.lines
    for ways in ([Pay(cash="5")], [Pay(account=True)], [Pay(card="Visa", amount=900), Pay(cash="1")]):
        with pytest.raises(Refused):
            await till.pay(receipt, ways)
        assert (receipt.basket.lines, receipt.tenders, happened) == (before, (), [])
