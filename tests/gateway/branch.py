"""A branch's store in a temporary folder, opened and closed like the gateway does, and events as a register would send them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from branchgate.ids import uuid7
from branchgate.money import line_cents
from branchgate.numbers import NumberRange
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.vat import vat_sums
from gateway.journal import Journal, JournalReader
from gateway.journal.tables import JOURNAL
from gateway.parked import ParkedEnding
from gateway.parked.tables import PARKED
from gateway.recording import Admission, EventToRecord, PrintWish, Recorder
from gateway.recording.states import RECORDING
from gateway.store import GroupWriter, bring_up_to_date, connect_for_writing
from gateway.store.reserve import Reserve
from tests.rigs.clock import TurnedClock

NOW_MS = 1_795_000_000_000
RANGE = NumberRange("K1-", 6)


@dataclass
class BranchRules:
    """What the branch knows: one number range for every register, and every article but those named here."""

    unknown_articles: frozenset[str] = frozenset()
    numbers: NumberRange | None = RANGE

    def number_range(self, register_id: str) -> NumberRange | None:
        return self.numbers

    def register_of(self, receipt_number: str) -> str | None:
        return "k1" if self.numbers and self.numbers.running(receipt_number) is not None else None

    def knows_article(self, article_number: str) -> bool | None:
        return article_number not in self.unknown_articles


@dataclass
class Branch:
    path: Path
    writer: GroupWriter
    journal: Journal
    reader: JournalReader
    recorder: Recorder
    clock: TurnedClock


def make_store(path: Path) -> None:
    connection = connect_for_writing(path)
    try:
        bring_up_to_date(connection, (JOURNAL, RECORDING, PARKED))
    finally:
        connection.close()


@asynccontextmanager
async def open_branch(
    folder: Path,
    *,
    rules: BranchRules | None = None,
    print_wish: PrintWish | None = None,
    admission: Admission | None = None,
    reserve: Reserve | None = None,
) -> AsyncIterator[Branch]:
    path = folder / "branch.db"
    make_store(path)
    writer = GroupWriter(path, reserve=reserve)
    clock = TurnedClock(NOW_MS)
    journal = await Journal.open(writer, clock)
    reader = JournalReader(path)
    recorder = Recorder(
        writer,
        journal,
        reader.connection,
        clock,
        rules or BranchRules(),
        print_wish=print_wish,
        parked_ends=ParkedEnding(),
        admission=admission or Admission(),
    )
    try:
        yield Branch(path, writer, journal, reader, recorder, clock)
    finally:
        reader.close()
        await writer.close()


def event_id(number: int) -> bytes:
    return uuid7(NOW_MS, number)


def receipt(running: int = 1, *, lines: int = 2) -> Receipt:
    """A receipt that breaks no rule."""
    made = tuple(_line(index) for index in range(lines))
    total = sum(line.gross_cents for line in made)
    return Receipt(
        receipt_number=RANGE.number(running),
        running_number=running,
        type=ReceiptType.BELEG,
        started_at_ms=NOW_MS - 60_000,
        finished_at_ms=NOW_MS - 1_000,
        user_id="u1",
        user_name="Anna",
        lines=made,
        vat_sums=vat_sums([(line.vat_key, line.vat_rate_basis_points, line.gross_cents) for line in made]),
        payments=(Payment(PaymentType.BAR, total),),
        total_cents=total,
        cash_given_cents=total + 500,
        change_cents=500,
    )


def _line(index: int) -> Line:
    quantity, price = 1_000 + 486 * index, 1_299_000 + 11_000 * index
    return Line(
        line_number=index + 1,
        business_case=BusinessCase.UMSATZ,
        text="Bergkäse",
        quantity_thousandths=quantity,
        unit_price=price,
        gross_cents=line_cents(quantity, price),
        vat_key=1 + index % 2,
        vat_rate_basis_points=(1900, 700)[index % 2],
        article_number=f"A{index}",
    )


def sale(sequence: int, *, number: int | None = None, running: int | None = None, **changes: Any) -> EventToRecord:
    """The receipt event number `sequence` of a register; `number` tells events of several registers or resets apart."""
    body = encode_receipt(replace(receipt(running or sequence), **changes))
    return EventToRecord(event_id(number or sequence), sequence, 1, body)


def tampered(path: Path) -> sqlite3.Connection:
    """A hand with a database tool: the store without the triggers that protect the journal."""
    connection = sqlite3.connect(path, isolation_level=None)
    for name in ("journal_keeps_entries", "journal_keeps_values"):
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    return connection


def reasons(answers: Sequence[Any]) -> list[str]:
    """The reasons in `EventFindings` or journal findings, in order."""
    return [finding.reason for answer in answers for finding in answer.findings]


def noise(size: int) -> bytes:
    return os.urandom(size)
