"""Receipts that no register in its senses makes: whatever one of them sends, the day of the branch can be closed.

A receipt with amounts near the end of 64 bits made sums that no message can carry, and a rate of -100 % a division by zero: X and Z
of the whole branch failed from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from branchgate.receipts.codec import encode_receipt
from branchgate.v1 import receipt_pb2
from gateway.recording import EventToRecord
from tests.gateway.branch import event_id, open_branch
from tests.gateway.closing.shop import branch_sum, closed, open_shop
from tests.gateway.sales.samples import sample_receipt

MOST, LEAST = 2**63 - 1, -(2**63)
Spoil = Callable[[receipt_pb2.Receipt], None]


def total(message: receipt_pb2.Receipt) -> None:
    message.total_cents = MOST


def line_amount(message: receipt_pb2.Receipt) -> None:
    message.lines[0].gross_cents = LEAST


def line_quantity(message: receipt_pb2.Receipt) -> None:
    message.lines[0].quantity_thousandths = MOST


def rate_without_a_net(message: receipt_pb2.Receipt) -> None:
    message.lines[0].vat_rate_basis_points = -10_000


def vat_amount(message: receipt_pb2.Receipt) -> None:
    message.vat_sums[0].vat_cents = LEAST


def payments_that_cancel_each_other_out(message: receipt_pb2.Receipt) -> None:
    message.payments[0].amount_cents = MOST
    message.payments.add(
        type=receipt_pb2.PAYMENT_TYPE_EC_KARTE, amount_cents=message.total_cents - MOST, currency="EUR"
    )


def unit_price(message: receipt_pb2.Receipt) -> None:
    message.lines[0].unit_price = LEAST


def unit_price_of_no_cash(message: receipt_pb2.Receipt) -> None:
    line = receipt_pb2.ReceiptLine(line_number=9, text="nichts", unit_price=MOST, vat_key=5)
    line.business_case = receipt_pb2.BUSINESS_CASE_GELDTRANSIT
    message.lines.append(line)


def price_step(message: receipt_pb2.Receipt) -> None:
    message.lines[0].price_steps.add(type=receipt_pb2.PRICE_STEP_TYPE_BASE_AMOUNT, unit_price=LEAST)


def foreign_amount(message: receipt_pb2.Receipt) -> None:
    message.payments.add(type=receipt_pb2.PAYMENT_TYPE_BAR, amount_cents=0, currency="JPY", foreign_amount=MOST)


IMPOSSIBLE: list[Spoil] = [
    total,
    line_amount,
    line_quantity,
    rate_without_a_net,
    vat_amount,
    payments_that_cancel_each_other_out,
    unit_price,
    unit_price_of_no_cash,
    price_step,
    foreign_amount,
]


def extreme_numbers(message: receipt_pb2.Receipt) -> None:
    message.running_number, message.started_at_ms, message.finished_at_ms = MOST, LEAST, MOST
    message.lines[0].line_number = message.lines[0].vat_key = -(2**31)
    message.vat_sums[0].vat_rate_basis_points = 2**31 - 1


def texts_for_a_terminal(message: receipt_pb2.Receipt) -> None:
    text = '\x1b[31m\x1b@\0"\\N\r\n[/]€' * 500
    message.receipt_number = message.user_id = message.user_name = message.note = text
    message.payments[0].name = message.payments[0].currency = text
    for name in ("article_number", "text", "category_key", "category_name", "unit"):
        setattr(message.lines[0], name, text)


def endless(message: receipt_pb2.Receipt) -> None:
    message.lines.extend([message.lines[0]] * 10_000)
    message.payments.extend([message.payments[0]] * 5_000)
    message.vat_sums.extend([message.vat_sums[0]] * 100)
    message.lines[0].text = "ä" * 500_000


def spoilt(number: int, spoil: Spoil) -> EventToRecord:
    message = receipt_pb2.Receipt.FromString(encode_receipt(sample_receipt(number)))
    spoil(message)
    return EventToRecord(event_id(number), number, 1, message.SerializeToString())


@pytest.mark.parametrize("spoil", IMPOSSIBLE)
async def test_an_impossible_receipt_is_kept_but_refused(tmp_path: Path, spoil: Spoil) -> None:
    async with open_branch(tmp_path) as branch:
        event = spoilt(1, spoil)
        recorded = await branch.recorder.record("k1", [event])
        assert (recorded.settled_register_sequence, [each.finding.reason for each in recorded.refused]) == (
            1,
            ["RECEIPT_IMPOSSIBLE"],
        )
        (entry,) = branch.reader.read(0, 10)
        assert event.body in entry.body


@pytest.mark.parametrize("print_role", ["", "receipt"])
async def test_a_price_step_of_no_known_type_is_refused_with_and_without_paper(tmp_path: Path, print_role: str) -> None:
    def unknown_step(message: receipt_pb2.Receipt) -> None:
        message.lines[0].price_steps.add(unit_price=5)
        message.lines[0].price_steps[0].type = 99  # type: ignore[assignment]

    event = spoilt(1, unknown_step)._replace(print_role=print_role, print_within_ms=1_000)
    async with open_branch(tmp_path) as branch:
        recorded = await branch.recorder.record("k1", [event])
        assert [each.finding.reason for each in recorded.refused] == ["RECEIPT_UNREADABLE"]


async def test_whatever_a_register_sends_the_branch_can_close_its_day(tmp_path: Path) -> None:
    hostile = [*IMPOSSIBLE, extreme_numbers, texts_for_a_terminal, endless]
    async with open_shop(tmp_path) as shop:
        # Twice each, because a sum of two overflows where one does not.
        events = [spoilt(number, spoil) for number, spoil in enumerate(hostile * 2, start=1)]
        recorded = await shop.branch.recorder.record("k1", events)
        assert recorded.settled_register_sequence == len(events)
        await shop.sell("k2", sample_receipt())
        assert (await shop.desk.x_report(None)).figures.receipt_count == 7
        steps = await shop.close(1)
        assert [step.closing.register_id for step in closed(steps)] == ["k1", "k2"]
        assert branch_sum(steps).figures.receipt_count == 7
        assert "\x1b" not in branch_sum(steps).text + closed(steps)[0].text
        summaries = [one async for one in shop.sales.summaries(None, shop.branch.journal.head)]
        assert summaries[0].figures.receipt_count == 6
