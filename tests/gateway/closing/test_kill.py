"""A gateway that is killed around counts and closings: what it acknowledged is there, and no cent is booked twice or by half."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from branchgate.events import EventKind
from branchgate.figures import decode_closing, decode_count
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import BusinessCase, PaymentType, Receipt
from gateway.journal import Entry, JournalReader
from tests.gateway.closing.closing_process import REGISTER
from tests.gateway.closing.shop import open_shop
from tests.rigs.patience import line_of

ROUNDS = 5
ROOT = Path(__file__).resolve().parents[3]


def told_until_killed(folder: Path, seed: int, enough: int) -> list[list[str]]:
    """What the process acknowledged until it had said `enough` and was killed."""
    command = [sys.executable, "-m", "tests.gateway.closing.closing_process", str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [line_of(process) for _ in range(enough)]
        process.kill()
        # A line that the kill cut short is no acknowledgement.
        lines += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    return [line.decode().split() for line in lines]


def cash_of(receipt: Receipt) -> int:
    return sum(payment.amount_cents for payment in receipt.payments if payment.type is PaymentType.BAR)


def replayed(entries: Sequence[Entry]) -> int:
    """Goes through a register's journal, checks every count and closing against what was booked before, returns what is expected now."""
    cash = carried = z_number = 0
    period: list[BusinessCase] = []
    before: Entry | None = None
    for entry in entries:
        if entry.kind is EventKind.RECEIPT:
            receipt = decode_receipt(entry.body)
            case = receipt.lines[0].business_case
            if case is BusinessCase.ANFANGSBESTAND:
                assert not period
                assert cash_of(receipt) == carried != 0
                carried = 0
            assert not carried, "the first receipt of a period brings the float along"
            period.append(case)
            cash += cash_of(receipt)
        elif entry.kind is EventKind.CASH_COUNT:
            count = decode_count(entry.body)
            assert count.counted_cents == cash + carried == count.expected_cents + count.difference_cents
            if count.difference_cents:
                assert before is not None
                assert before.event_id == count.difference_event_id
        elif entry.kind is EventKind.CLOSING:
            closing = decode_closing(entry.body)
            z_number += 1
            assert closing.z_number == z_number
            assert closing.figures.receipt_count == len(period) > 0
            assert closing.figures.cash_cents == closing.carried_float_cents == cash
            cash, carried, period = 0, cash, []
        before = entry
    return cash + carried


async def test_counts_and_closings_are_whole_over_many_kills(tmp_path: Path) -> None:
    chance = random.Random(11)
    for seed in range(1, ROUNDS + 1):
        told = told_until_killed(tmp_path, seed, chance.randint(3, 40))
        reader = JournalReader(tmp_path / "branch.db")
        entries = reader.read(0, 100_000)
        reader.close()
        ids = {entry.event_id.hex() for entry in entries}
        numbers = {decode_receipt(each.body).running_number for each in entries if each.kind is EventKind.RECEIPT}
        for what, which in told:
            assert (int(which) in numbers) if what == "sold" else (which in ids)
        expected = replayed(entries)
        async with open_shop(tmp_path, registers=[REGISTER]) as shop:
            assert (await shop.expected(REGISTER)).expected_cents == expected
