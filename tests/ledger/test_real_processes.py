"""The same through real processes: registers with their outboxes on disk, a gateway that is killed while they sell and while it closes.

BRANCHGATE_LEDGER_ROUNDS lives so many days (default 1); BRANCHGATE_LEDGER_SEED repeats a run's days. `scripts/soak` lives more.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from branchgate.catalogue import SETTINGS_KEY, EntryType
from branchgate.clock import SystemClock
from branchgate.errors import BranchgateError
from branchgate.figures.codec import figures_from_message
from branchgate.ids import new_event_id
from branchgate.receipts.basket import Header
from branchgate.receipts.model import Receipt
from branchgate.register.client import RegisterClient, RegisterState
from branchgate.sync.source import Entry
from branchgate.v1 import figures_pb2, report_pb2
from tests.ledger import till
from tests.ledger.book import Register, agree, business_day
from tests.ledger.branch import SETTINGS
from tests.ledger.outcome import recorded_by_closing
from tests.ledger.wares import WARES
from tests.rigs.branch import Branch

ROUNDS = int(os.environ.get("BRANCHGATE_LEDGER_ROUNDS", "1"))
SEED = int(os.environ.get("BRANCHGATE_LEDGER_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
RECEIPTS = 25
WITHIN_S = 60
NAMES = ("kasse-1", "kasse-2")


@asynccontextmanager
async def registers(branch: Branch) -> AsyncIterator[list[RegisterClient]]:
    """Both registers on their folders, as after a restart of theirs."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(RegisterClient(branch.register_folder(name))) for name in NAMES]


async def sell(client: RegisterClient, dice: random.Random, made: list[Receipt], moment: asyncio.Event) -> None:
    """Anything, whether the gateway lives or not; somewhere in between it is the `moment`."""
    middle = dice.randint(1, RECEIPTS)

    def build(number: str, running: int) -> Receipt:
        now_ms = SystemClock().now_ms()
        header = Header(number, running, now_ms - 5_000, now_ms, "anna", "Anna")
        match dice.randint(0, 9):
            case 0:
                return till.moved(
                    header, dice.choice(("paid-in", "paid-out", "to-bank")), dice.randint(1, 9_999)
                ).receipt
            case 1:
                return till.given_up(header, dice).receipt
            case 2:
                return till.practised(header, dice).receipt
            case 3:
                return till.on_account(header, dice).receipt
        return till.sale(header, dice).receipt

    for number in range(1, RECEIPTS + 1):
        if number == middle:
            moment.set()
        made.append((await client.record(build, print_role="")).receipt)


def settled(state: RegisterState) -> bool:
    return state.pending == 0


async def close(branch: Branch, order: bytes, dice: random.Random) -> list[report_pb2.CloseDayResponse]:
    """Closes the branch; the gateway may be killed meanwhile, and the order is given again."""
    doomed = dice.random() < 0.7
    while True:
        steps: list[report_pb2.CloseDayResponse] = []
        try:
            async with registers(branch) as (first, _):
                async for step in first.gateway.close_day(
                    "chef", whole_branch=True, carry_float=True, request_id=order
                ):
                    steps.append(step)
                    if doomed and len(steps) == 2:
                        branch.kill()
                        doomed = False
            return steps
        except BranchgateError:
            await asyncio.to_thread(branch.start)


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """A command as people type it."""
    line = [sys.executable, "-m", "branchgate", *words]
    return subprocess.run(line, capture_output=True, text=True, timeout=WITHIN_S, check=False)


async def day(branch: Branch, book: dict[str, Register], dice: random.Random) -> list[report_pb2.CloseDayResponse]:
    """Sales over a gateway that dies, X, a count, the closing."""
    made: dict[str, list[Receipt]] = {name: [] for name in NAMES}
    async with registers(branch) as clients:
        for client in clients:
            await client.until(lambda state: state.numbers_known, within_s=WITHIN_S)
        moment = asyncio.Event()
        selling = [
            asyncio.create_task(sell(each, dice, made[name], moment)) for name, each in zip(NAMES, clients, strict=True)
        ]
        await moment.wait()
        branch.kill()
        await asyncio.gather(*selling)
    await asyncio.to_thread(branch.start)
    async with registers(branch) as clients:
        for name, client in zip(NAMES, clients, strict=True):
            await client.until(settled, within_s=WITHIN_S)
            for receipt in made[name]:
                book[name].record(receipt, SystemClock().now_ms(), 0, Counter())
            x = await client.gateway.x_report()
            agree(figures_from_message(x.figures), book[name].open)
            there = max(0, book[name].expected_cash + dice.choice((0, -5, 700)))
            counted = (await client.gateway.count_cash("bela", counted_cents=there, request_id=new_event_id(1))).count
            difference = book[name].count(there, "bela", counted.counted_at_ms, 0)
            assert (counted.expected_cents + difference, counted.difference_cents) == (there, difference)
            assert (await client.gateway.expected_cash()).expected_cents == there
    return await close(branch, new_event_id(2), dice)


def compare(steps: list[report_pb2.CloseDayResponse], book: dict[str, Register]) -> dict[str, figures_pb2.Closing]:
    """Every Z against the book, which then begins a new period."""
    made = {step.done.closing.register_id: step.done.closing for step in steps if step.HasField("done")}
    assert sorted(made) == list(NAMES), f"seed {SEED}"
    for name, closing in made.items():
        register = book[name]
        agree(figures_from_message(closing.figures), register.open)
        assert closing.z_number == len(register.closed) + 1
        assert closing.carried_float_cents == max(0, register.expected_cash)
        register.close("chef", closing.closed_at_ms, 0, carry=True)
    return made


@pytest.mark.timeout(120 + 60 * ROUNDS)
async def test_days_over_killed_gateways_agree_to_the_cent(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    with Branch(tmp_path, registers=2) as branch:
        book = {one.register_id: Register(one.register_id, one.number_range) for one in branch.registers}
        wares = [Entry(EntryType.ARTICLE, ware.number, ware.article.encode()) for ware in WARES]
        await branch.stock([*wares, Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, SETTINGS.encode())])
        await asyncio.to_thread(branch.start)
        closings = [compare(await day(branch, book, dice), book) for _ in range(ROUNDS)]
        file = tmp_path / "export.zip"
        today = business_day(SystemClock().now_ms(), 0)
        span = ("--from", closings[0]["kasse-1"].business_day, "--to", today)
        answers = [
            await asyncio.to_thread(command, *words)
            for words in (
                ("gateway", "verify", "--data", str(branch.data)),
                ("gateway", "export", "dsfinvk", *span, "--data", str(branch.data), "--output", str(file)),
                ("check", "dsfinvk", str(file)),
            )
        ]
        for answer in answers:
            assert answer.returncode == 0, answer.stdout + answer.stderr
        await asyncio.to_thread(branch.stop)
    recorded = recorded_by_closing(branch.store)
    for name, register in book.items():
        for z_number, period in enumerate(register.closed, start=1):
            assert [receipt.receipt_number for _, receipt in recorded[name, z_number]] == [
                receipt.receipt_number for receipt in period.receipts
            ]
