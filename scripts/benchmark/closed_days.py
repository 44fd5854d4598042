"""A journal of many closed days for the bench: real entries, real chain, each day closed with the figures of the sales store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import duckdb

from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.figures import ArticleFigure, Closing, encode_closing
from branchgate.ids import new_event_id
from branchgate.numbers import NumberRange
from gateway.journal import Journal, NewEntry
from gateway.journal.entries import OWN
from gateway.journal.tables import JOURNAL
from gateway.recording.states import RECORDING
from gateway.sales.client import SalesFiles
from gateway.sales.database import open_store, temporary_of
from gateway.sales.days import DayRule
from gateway.sales.filler import Filler
from gateway.sales.opened import Tuning
from gateway.sales.queries import articles_by, columns_by, figures_by, periods_where
from gateway.sales.source import JournalSource
from gateway.store import GroupWriter, bring_up_to_date, connect_for_writing
from tests.rigs.receipts import Receipts

FIRST_DAY = date(2025, 1, 1)
DAY_MS = 24 * 3600 * 1000
FIRST_MS = 1_735_722_000_000
"""Ten o'clock of that day in Berlin."""


async def write_closed_days(files: SalesFiles, receipts: int, days: int, registers: int) -> int:
    """So many receipts of kasse-1 to kasse-n over so many days, each closed in the evening; returns the journal's head.

    The sales store is filled as well, because the closings' figures come from it.
    """
    with closing(connect_for_writing(files.journal)) as connection:
        bring_up_to_date(connection, (JOURNAL, RECORDING))
    writer = GroupWriter(files.journal)
    journal = await Journal.open(writer, SystemClock())
    source = JournalSource(files.journal)
    store, _ = open_store(files.store, source, Tuning(), SystemClock().now_ms())
    filler = Filler(store, source, temporary_of(files.store), DayRule())
    try:
        bodies = _bodies(registers, receipts // days // registers)
        for day in range(days):
            await _append(writer, journal, next(bodies))
            while filler.fill():
                pass
            await _append(writer, journal, _closings(store, source, journal.head, FIRST_DAY + timedelta(days=day)))
        while filler.fill():
            pass
        return journal.head
    finally:
        filler.close()
        store.close()
        source.close()
        await writer.close()


async def _append(writer: GroupWriter, journal: Journal, entries: list[NewEntry]) -> None:
    def work(connection: sqlite3.Connection) -> None:
        journal.append_in(connection, entries)

    await writer.submit(work)


def _bodies(registers: int, each: int) -> Iterator[list[NewEntry]]:
    """Day by day what the registers send."""
    made = Receipts()
    sent = 0
    day = 0
    while True:
        entries = []
        for number in range(1, registers + 1):
            bodies = made.bodies(
                NumberRange(f"K{number}-", 9), sent + 1, first_ms=FIRST_MS + day * DAY_MS, every_ms=36_000_000 // each
            )
            entries += [
                NewEntry(new_event_id(FIRST_MS), f"kasse-{number}", sent + place + 1, EventKind.RECEIPT, next(bodies))
                for place in range(each)
            ]
        yield entries
        sent += each
        day += 1


def _closings(store: duckdb.DuckDBPyConnection, source: JournalSource, head: int, day: date) -> list[NewEntry]:
    periods = periods_where(store, "NOT closed", [])
    figures = figures_by(store, periods, together=False)
    columns, articles = columns_by(store, periods), articles_by(store, periods)
    chain_hash = source.chain_hash(head) or b""
    made = [
        Closing(
            period.register_id,
            period.z_number,
            day.isoformat(),
            FIRST_MS,
            head,
            figures[period.number],
            "anna",
            "2.4",
            chain_hash,
            columns=columns[period.number],
            articles=tuple(ArticleFigure(*row) for row in articles[period.number]),
        )
        for period in periods
    ]
    return [
        NewEntry(new_event_id(FIRST_MS), one.register_id, OWN, EventKind.CLOSING, encode_closing(one)) for one in made
    ]
