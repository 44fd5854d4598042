"""The gateway is killed at random moments under load; afterwards every acknowledgement it ever gave is held against its journal.

BRANCHGATE_CRASH_ROUNDS kills so often (default 30); BRANCHGATE_CRASH_SEED repeats a run's moments. `scripts/soak` goes on for hours.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from branchgate.events import EventKind
from branchgate.register.identity import Identity
from branchgate.v1 import receipt_pb2, report_pb2, report_pb2_grpc
from gateway.journal import Entry, JournalReader
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from tests.rigs.branch import Branch
from tests.rigs.outbox import LoadedRegister

PAGE = 5_000  # entries read at once
ROUNDS = int(os.environ.get("BRANCHGATE_CRASH_ROUNDS", "30"))
SEED = int(os.environ.get("BRANCHGATE_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
REGISTERS = 4
ENOUGH_FOR_ONE_ROUND_S = 20
MOST_ACKNOWLEDGEMENTS = 120
LONGEST_MOMENT_S = 0.03


class Acknowledgements:
    """Counts what all registers are told, so that a kill falls into the middle of it."""

    def __init__(self) -> None:
        self._left = 0
        self._enough = asyncio.Event()

    def one(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._enough.set()

    async def after(self, count: int) -> None:
        self._left = count
        self._enough.clear()
        await self._enough.wait()


@pytest.mark.timeout(60 + ENOUGH_FOR_ONE_ROUND_S * ROUNDS)
async def test_whatever_was_acknowledged_is_there_once_after_any_number_of_kills(tmp_path: Path) -> None:
    draw = random.Random(SEED)
    told = Acknowledgements()
    with Branch(tmp_path, registers=REGISTERS) as branch:
        registers = [LoadedRegister.of(identity, told.one) for identity in branch.registers]
        for _ in range(ROUNDS):
            await asyncio.to_thread(branch.start)
            selling = [
                asyncio.create_task(register.sell(identity))
                for register, identity in zip(registers, branch.registers, strict=True)
            ]
            await told.after(draw.randint(1, MOST_ACKNOWLEDGEMENTS))
            await asyncio.sleep(draw.random() * LONGEST_MOMENT_S)
            branch.kill()
            await asyncio.gather(*selling)
        await asyncio.to_thread(branch.start)
        await asyncio.gather(
            *(
                register.sell(identity, until=lambda: True)
                for register, identity in zip(registers, branch.registers, strict=True)
            )
        )
        figures = await _branch_figures(branch.registers[0])
        await asyncio.to_thread(branch.stop)
        entries = _journal(branch.store)

    for register in registers:
        assert register.broken_promises == [], f"seed {SEED}, {register.register_id}"
        assert register.remarks == [], f"seed {SEED}, {register.register_id}"
        assert register.acknowledged == len(register.made) > 0
        recorded = [entry for entry in entries if entry.register_id == register.register_id]
        assert {entry.event_id: hashlib.sha256(entry.body).digest() for entry in recorded} == register.digests
        assert [entry.register_sequence for entry in recorded] == list(range(1, len(register.made) + 1))
    assert Counter(entry.kind for entry in entries) == {EventKind.RECEIPT: sum(len(one.made) for one in registers)}
    assert figures == (
        len(entries),
        sum(receipt_pb2.Receipt.FromString(entry.body).total_cents for entry in entries),
    ), f"seed {SEED}"


async def _branch_figures(asking: Identity) -> tuple[int, int]:
    """Receipts and turnover of the open periods of all registers, as the sales store has them."""
    channel = asking.open_channel()
    try:
        report = await report_pb2_grpc.ReportServiceStub(channel).GetXReport(report_pb2.GetXReportRequest())
    finally:
        await channel.close()
    return report.figures.receipt_count, report.figures.gross_cents


def _journal(path: Path) -> list[Entry]:
    """Every entry, after its chain has been verified."""
    connection = open_for_verification(path)
    verified = verify(connection)
    connection.close()
    assert verified.whole, verified
    reader = JournalReader(path)
    entries: list[Entry] = []
    while page := reader.read(
        len(entries), PAGE
    ):  # a read ends at a number of bytes; a quick machine fills more than one
        entries += page
    reader.close()
    assert len(entries) == verified.entries == verified.head.sequence
    return entries
