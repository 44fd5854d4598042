"""Returns and voids are held against what they go back to, wherever it was sold and whenever it came."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.catalogue import Article
from branchgate.errors import Refused
from branchgate.errors.texts import all_sentences
from branchgate.numbers import NumberRange
from branchgate.receipts.accounts import (
    down_payment,
    down_payment_used,
    down_payments_of,
    owed_from,
    put_on_account,
    settled,
)
from branchgate.receipts.basket import Basket, Header, reversal_of
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Customer, Line, Payment, PaymentType, Receipt, Reference, ReferenceType
from branchgate.receipts.returns import return_lines
from gateway.recording import EventToRecord
from tests.gateway.branch import NOW_MS, RANGE, Branch, BranchRules, event_id, open_branch

CUSTOMER = Customer("4711", name="Erika Beispiel")
WATER = Article("10", "Mineralwasser 1 l", 89_000, 1, 1900, deposit=25_000)


def header(running: int, numbers: NumberRange = RANGE) -> Header:
    return Header(numbers.number(running), running, NOW_MS - 1_000, NOW_MS, "anna", "Anna")


def event(number: int, receipt: Receipt) -> EventToRecord:
    return EventToRecord(event_id(number), number, 1, encode_receipt(receipt))


def sold(running: int, pieces: int = 2) -> Receipt:
    basket = Basket()
    basket.add(WATER, pieces * 1_000)
    return basket.finish(header(running), [Payment(PaymentType.BAR, basket.total_cents)])


def returned(running: int, sale: Receipt, reference: Reference, pieces: int = 1) -> Receipt:
    basket = Basket()
    basket.put(*return_lines(sale, {}, "10", pieces * 1_000))
    payments = [Payment(PaymentType.BAR, basket.total_cents)]
    return basket.finish(header(running), payments, references=(reference,))


async def findings(branch: Branch, *receipts: Receipt, register_id: str = "k1") -> list[tuple[str, str, str]]:
    """Of a message that holds all of them; their numbers are those of their events."""
    events = [event(receipt.running_number, receipt) for receipt in receipts]
    recorded = await branch.recorder.record(register_id, events)
    assert recorded.settled_register_sequence == receipts[-1].running_number
    found = [each for about in recorded.findings for each in about.findings]
    assert all(each.reason in all_sentences() for each in found)
    return [(each.reason, each.field, each.value) for each in found]


async def test_a_return_of_what_was_sold_is_no_finding_not_even_in_one_message(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        sale = sold(1)
        back = returned(2, sale, Reference("k1", "K1-000001", event_id(1)))
        assert await findings(branch, sale, back) == []


async def test_more_than_was_sold_is_found_over_all_returns(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        sale, reference = sold(1), Reference("k1", "K1-000001", event_id(1))
        back = [returned(number, sale, reference) for number in (2, 3, 4)]
        assert await findings(branch, sale, *back[:2]) == []
        assert await findings(branch, back[2]) == [("RETURN_EXCEEDS_SALE", "lines[0].quantity_thousandths", "1")]
        assert await findings(branch, back[2]) == [("RETURN_EXCEEDS_SALE", "lines[0].quantity_thousandths", "1")]


async def test_a_void_comes_once_and_nothing_is_returned_behind_it(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        sale, reference = sold(1), Reference("k1", "K1-000001", event_id(1))
        voids = [reversal_of(sale, header(number), "k1", event_id(1)) for number in (2, 3)]
        assert await findings(branch, sale, voids[0]) == []
        assert await findings(branch, voids[1]) == [("VOIDED_TWICE", "references", "K1-000001")]
        back = returned(4, sale, reference)
        assert await findings(branch, back) == [("RETURN_EXCEEDS_SALE", "lines[0].quantity_thousandths", "1")]


@pytest.mark.parametrize(
    ("reference", "known"),
    [
        (Reference("k1", "K1-000001", event_id(1)), True),
        (Reference("", "K1-000001", event_id(1)), True),
        (Reference("k1", "K1-000001"), True),
        (Reference("", "K1-000001"), True),
        (Reference("k1", "K1-000001", event_id(99)), False),
        (Reference("k2", "K1-000001", event_id(1)), False),
        (Reference("k1", "K1-000002", event_id(1)), False),
        (Reference("k1", "K1-000777"), False),
        (Reference("k1", "K1-000002"), False),
        (Reference("k1", "K1-900001"), False),
        (Reference("k1", "X-1"), False),
        (Reference("", "X-1"), False),
        (Reference("k1", "RE-2026-1", type=ReferenceType.EXTERNE_RECHNUNG), True),
    ],
)
async def test_a_receipt_that_the_branch_does_not_know_is_found(
    tmp_path: Path, reference: Reference, known: bool
) -> None:
    """A return that named any number whatever was taken without a word."""
    async with open_branch(tmp_path) as branch:
        sale = sold(1)
        found = await findings(branch, sale, returned(2, sale, reference))
        unknown = [("REFERENCE_UNKNOWN", "references[0].receipt_number", reference.receipt_number)]
        assert found == ([] if known else unknown)


async def test_a_sale_of_another_register_is_known(tmp_path: Path) -> None:
    async with open_branch(tmp_path, rules=BranchRules(numbers=None)) as branch:
        sale = sold(1)
        await findings(branch, sale)
        back = returned(1, sale, Reference("k1", "K1-000001", event_id(1)))
        changed = replace(back, receipt_number="K2-000001")
        taken = await branch.recorder.record("k2", [EventToRecord(event_id(50), 1, 1, encode_receipt(changed))])
        assert taken.findings == ()


async def test_sales_leave_no_trace_among_the_references(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await findings(branch, *[sold(number) for number in range(1, 20)])
        connection = sqlite3.connect(branch.path)
        (rows,) = connection.execute("SELECT count(*) FROM receipt_references").fetchone()
        connection.close()
        assert rows == 0


async def test_numbers_of_the_gateways_part_do_not_disturb_the_order_of_the_registers(tmp_path: Path) -> None:
    """A register that counts into the reserved part is told so once per receipt, and goes on where it was."""
    async with open_branch(tmp_path) as branch:
        reserved = replace(sold(2), receipt_number="K1-900500", running_number=900_500)
        await findings(branch, sold(1))
        taken = await branch.recorder.record("k1", [EventToRecord(event_id(2), 2, 1, encode_receipt(reserved))])
        assert [found.reason for about in taken.findings for found in about.findings] == ["RECEIPT_NUMBER_RESERVED"]
        following = replace(sold(3), receipt_number="K1-000002", running_number=2)
        taken = await branch.recorder.record("k1", [EventToRecord(event_id(3), 3, 1, encode_receipt(following))])
        assert taken.findings == ()


def on_account(running: int) -> Receipt:
    basket = Basket()
    basket.add(WATER, 2_000)
    basket.put(put_on_account(basket.total_cents, CUSTOMER))
    return basket.finish(header(running), [Payment(PaymentType.KEINE, 0)], customer=CUSTOMER)


def paid(running: int, sale: Receipt, *lines: Line) -> Receipt:
    basket = Basket()
    basket.add(WATER, 5_000)
    basket.put(*lines)
    of = Reference("k1", sale.receipt_number, event_id(sale.running_number))
    payments = [Payment(PaymentType.BAR, basket.total_cents)]
    return basket.finish(header(running), payments, references=(of,))


async def test_a_claim_is_settled_once_whoever_takes_the_money(tmp_path: Path) -> None:
    """An invoice over 66 EUR was paid twice without a word."""
    async with open_branch(tmp_path) as branch:
        sale = on_account(1)
        owed = owed_from(sale)
        part, rest = paid(2, sale, settled("K1-000001", 100)), paid(3, sale, settled("K1-000001", owed - 100))
        assert await findings(branch, sale, part, rest) == []
        again = paid(4, sale, settled("K1-000001", 1))
        assert await findings(branch, again) == [("CLAIM_EXCEEDED", "references", "0,01")]
        assert await findings(branch, reversal_of(sale, header(5), "k1", event_id(1))) == [
            ("VOID_AFTER_USE", "references", "K1-000001")
        ]


async def test_a_settlement_that_was_voided_leaves_the_claim_open_again(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        sale = on_account(1)
        first = paid(2, sale, settled("K1-000001", owed_from(sale)))
        again = paid(4, sale, settled("K1-000001", owed_from(sale)))
        assert await findings(branch, sale, first, reversal_of(first, header(3), "k1", event_id(2)), again) == []


async def test_a_down_payment_is_used_once(tmp_path: Path) -> None:
    """Its VAT was taken back twice."""
    async with open_branch(tmp_path) as branch:
        basket = Basket()
        basket.put(down_payment(300, 1))
        before = basket.finish(header(1), [Payment(PaymentType.BAR, 300)])
        part = paid(2, before, down_payment_used("K1-000001", 100, 1))
        assert await findings(branch, before, part) == []
        assert [line.gross_cents for line in down_payments_of(before, [part])] == [-200]
        too_much = paid(3, before, down_payment_used("K1-000001", 201, 1))
        assert await findings(branch, too_much) == [("DOWN_PAYMENT_EXCEEDED", "references", "2,01")]
        with pytest.raises(Refused, match="DOWN_PAYMENT_EXCEEDED"):
            down_payments_of(before, [part, too_much])
