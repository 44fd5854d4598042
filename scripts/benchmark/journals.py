"""Long journals for the bench, written by the gateway's own journal so that chain and tables are the real ones."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from branchgate.numbers import NumberRange
from gateway.journal import Journal, NewEntry
from gateway.journal.tables import JOURNAL
from gateway.recording.states import RECORDING, RegisterState, write_state
from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.store import GroupWriter, bring_up_to_date, connect_for_writing
from tests.rigs.receipts import Receipts

DAY_MS = 16 * 3600 * 1000
_GROUP = 5_000


async def write_journal(path: Path, receipts: int, registers: int) -> int:
    """Appends `receipts` of kasse-1 to kasse-n in turn, all in their first Z period; returns the journal's head."""
    connection = connect_for_writing(path)
    bring_up_to_date(connection, (JOURNAL, RECORDING))
    connection.close()
    writer = GroupWriter(path)
    try:
        journal = await Journal.open(writer, SystemClock())
        entries = _entries(receipts, registers)
        while group := list(itertools.islice(entries, _GROUP)):

            def work(connection: sqlite3.Connection, group: list[NewEntry] = group) -> None:
                journal.append_in(connection, group)

            await writer.submit(work)
        each = receipts // registers
        await writer.submit(lambda connection: _note(connection, registers, each))
        return journal.head
    finally:
        await writer.close()


async def filled(files: SalesFiles, head: int) -> float:
    """Fills a sales store up to the journal's head; returns how many seconds that took, the child's start included."""
    store = SalesStore(files, DayRule(), answer_within_ms=600_000)
    began = time.perf_counter()
    await store.start()
    store.head_moved(head)
    try:
        await store.figures(None, head)
        return time.perf_counter() - began
    finally:
        await store.close()


def _entries(receipts: int, registers: int) -> Iterator[NewEntry]:
    now_ms = SystemClock().now_ms()
    made = Receipts()
    names = [f"kasse-{number}" for number in range(1, registers + 1)]
    bodies = [
        made.bodies(NumberRange(f"K{number}-", 7), 1, first_ms=now_ms - DAY_MS, every_ms=DAY_MS * registers // receipts)
        for number in range(1, registers + 1)
    ]
    for number in range(receipts // registers * registers):
        turn = number % registers
        body = next(bodies[turn])
        yield NewEntry(new_event_id(now_ms), names[turn], number // registers + 1, EventKind.RECEIPT, body)


def _note(connection: sqlite3.Connection, registers: int, each: int) -> None:
    for number in range(1, registers + 1):
        state = RegisterState(register_sequence=each, running_number=each, period_first_sequence=number, receipts=each)
        write_state(connection, f"kasse-{number}", state)
