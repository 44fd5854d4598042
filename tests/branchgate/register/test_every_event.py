"""Whatever a till does in a day: its receipts break no rule, and lines, VAT, payments and cash agree to the cent."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.errors import Refused, TryAgain
from branchgate.receipts.check import check_receipt
from branchgate.receipts.check_references import check_against
from branchgate.receipts.model import BusinessCase, PaymentType, Receipt, ReceiptType
from branchgate.receipts.movements import MOVEMENTS
from branchgate.register.held import Happened
from branchgate.register.till.commands import Abandon, MoveCash, Return, Sell, Staff, Void, command_of
from branchgate.register.till.till import Till
from branchgate.vat import net_of
from tests.branchgate.register.paper_register import NUMBERS, paper_till

Fields = dict[str, Any]

CENTS = st.integers(1, 3_000).map(lambda cents: f"{cents // 100},{cents % 100:02d}")
OFF = st.one_of(
    st.fixed_dictionaries({"percent": st.integers(1, 100).map(str)}), st.fixed_dictionaries({"amount": CENTS})
)
PIECES = st.fixed_dictionaries(
    {"article": st.sampled_from("1345"), "quantity": st.integers(1, 5).map(str), "void": st.booleans()},
    optional={"discount": OFF, "surcharge": OFF},
)
WEIGHED = st.fixed_dictionaries(
    {"article": st.just("2"), "quantity": st.integers(1, 3_000).map(lambda grams: f"{grams / 1000:.3f}")}
)
GOODS = st.one_of(PIECES, WEIGHED)
KEYS = st.sampled_from([1, 2])
ENTRIES = st.one_of(
    GOODS,
    GOODS,
    GOODS,
    st.fixed_dictionaries({"voucher": st.just("G1"), "amount": CENTS}, optional={"vat_key": KEYS}),
    st.fixed_dictionaries({"redeem": st.just("G2")}, optional={"vat_key": KEYS, "amount": CENTS}),
    st.fixed_dictionaries({"down_payment": CENTS, "vat_key": KEYS}),
    st.fixed_dictionaries({"use_down_payment": st.just("?")}),
    st.fixed_dictionaries({"settle": st.just("?")}),
    st.fixed_dictionaries({"tip": CENTS}, optional={"to": st.sampled_from(["employee", "employer"])}),
)
WAYS = st.one_of(
    st.just({"cash": "exact"}),
    st.just({"cash": "next 50"}),
    st.just({"card": "Visa"}),
    st.just({"account": True}),
    CENTS.map(lambda amount: [{"card": "girocard", "amount": amount}, {"cash": "next 20"}]),
    CENTS.map(lambda worth: [{"cash": "20,00", "currency": "CHF", "worth": worth}, {"cash": "exact"}]),
)
CUSTOMER = {"id": "4711", "name": "Erika Beispiel"}
SALES = st.fixed_dictionaries(
    {"do": st.just("sell"), "lines": st.lists(ENTRIES, min_size=1, max_size=5), "pay": WAYS},
    optional={
        "discount": OFF,
        "surcharge": OFF,
        "customer": st.just(CUSTOMER),
        "training": st.just(True),
        "sure": st.just(True),
    },
)
TAKEN_BACK = st.fixed_dictionaries({"article": st.sampled_from("145"), "quantity": st.integers(1, 3).map(str)})
COMMANDS = st.one_of(
    SALES,
    SALES,
    SALES,
    st.fixed_dictionaries(
        {
            "do": st.just("return"),
            "lines": st.lists(TAKEN_BACK, min_size=1, max_size=2),
            "pay": st.sampled_from([{"cash": "0"}, {"card": "girocard"}]),
            "receipt": st.just("?"),
        }
    ),
    st.fixed_dictionaries({"do": st.just("void"), "receipt": st.just("?")}),
    st.fixed_dictionaries({"do": st.just("staff"), "lines": st.lists(GOODS, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"do": st.just("abandon"), "lines": st.lists(ENTRIES, min_size=1, max_size=3)}),
    st.fixed_dictionaries(
        {"do": st.sampled_from(sorted(MOVEMENTS)), "amount": CENTS}, optional={"text": st.just("Porto")}
    ),
)


async def done(till: Till, fields: Fields) -> Happened:
    command = command_of(fields)
    match command:
        case Sell():
            return await till.sell(command)
        case Return():
            return await till.take_back(command)
        case Void():
            return await till.void(command)
        case Staff():
            return await till.give_to_staff(command)
        case Abandon():
            return await till.give_up(command)
        case MoveCash():
            return await till.move_cash(command)
        case _:
            raise AssertionError(fields)


def about(fields: Fields, number: str) -> Fields:
    """The command with the receipt it is about."""
    return {
        name: number if value == "?" else [about(entry, number) for entry in value] if name == "lines" else value
        for name, value in fields.items()
    }


@settings(max_examples=150)
@given(st.lists(st.tuples(COMMANDS, st.integers(0, 9)), min_size=1, max_size=12))
def test_no_day_makes_a_receipt_that_breaks_a_rule(day: list[tuple[Fields, int]]) -> None:
    till, happened = paper_till()

    async def spent() -> None:
        for fields, back in day:
            number = NUMBERS.number(max(1, len(happened) - back))
            before = len(happened)
            try:
                await done(till, about(fields, number))
            except (Refused, TryAgain):
                assert len(happened) == before
        await till.close()

    asyncio.run(spent())
    for place, each in enumerate(happened):
        require_right(each.receipt, place)
        require_fits(each.receipt, happened[:place])


def require_right(receipt: Receipt, last_running: int) -> None:
    assert (
        check_receipt(
            receipt,
            register_range=NUMBERS,
            last_running=last_running,
            knows_article=lambda _: True,
            now_ms=receipt.finished_at_ms,
            live=True,
        )
        == []
    ), receipt
    counted = [line for line in receipt.lines if not line.voided]
    assert [line.line_number for line in receipt.lines] == list(range(1, len(receipt.lines) + 1))
    assert receipt.total_cents == sum(line.gross_cents for line in counted)
    assert receipt.total_cents == sum(vat.gross_cents for vat in receipt.vat_sums)
    for vat in receipt.vat_sums:
        assert vat.net_cents == net_of(vat.gross_cents, vat.vat_rate_basis_points)
        assert vat.net_cents + vat.vat_cents == vat.gross_cents
    if receipt.type in {ReceiptType.BELEG, ReceiptType.AV_TRAINING}:
        assert receipt.payments
        assert sum(paid.amount_cents for paid in receipt.payments) == receipt.total_cents
    else:
        assert sum(paid.amount_cents for paid in receipt.payments) == 0
    cash = sum(paid.amount_cents for paid in receipt.payments if paid.type is PaymentType.BAR)
    if receipt.cash_given_cents:
        assert receipt.cash_given_cents - receipt.change_cents == cash


def require_fits(receipt: Receipt, before: list[Happened]) -> None:
    """Returns and voids fit what they go back to, over all of them."""
    for reference in receipt.references:
        known = [each.receipt for each in before if each.receipt.receipt_number == reference.receipt_number]
        if not known:
            continue  # the gateway finds that
        (sale,) = known
        earlier = [
            each.receipt
            for each in before
            if any(other.receipt_number == reference.receipt_number for other in each.receipt.references)
        ]
        assert check_against(receipt, sale, earlier) == []
        if receipt.reverses_receipt:
            assert receipt.total_cents == -sale.total_cents
            assert {line.business_case for line in receipt.lines} <= set(BusinessCase)
