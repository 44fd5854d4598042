"""The child process and its keeper: real processes, killed in the middle of their work."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from branchgate.errors import TryAgain
from branchgate.figures import Closing, Figures, Summary
from gateway.sales import client
from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.database import temporary_of
from gateway.sales.days import DayRule
from gateway.sales.frames import Message, frame
from gateway.sales.opened import Opened, Tuning
from gateway.sales.tables import LOADED
from tests.gateway.sales.plain_figures import plain_figures
from tests.gateway.sales.samples import sample_receipt
from tests.gateway.sales.written_journal import WrittenJournal

T = TypeVar("T")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[WrittenJournal]:
    written = WrittenJournal(tmp_path)
    yield written
    written.close()


@asynccontextmanager
async def store_of(journal: WrittenJournal) -> AsyncIterator[tuple[SalesStore, Opened]]:
    files = SalesFiles(journal.path, journal.store)
    store = SalesStore(files, DayRule(), tuning=Tuning(threads=1), answer_within_ms=30_000)
    opened = await store.start()
    try:
        yield store, opened
    finally:
        await store.close()


async def persistent(ask: Callable[[], Awaitable[T]]) -> T:
    """Asks as a register does: again, for as long as it is told to try again."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await ask()
            except TryAgain as passing:
                assert passing.reason == "SALES_STORE_BUSY"
                await asyncio.sleep(0.02)


async def listed(summaries: AsyncIterator[Summary]) -> list[Summary]:
    return [summary async for summary in summaries]


def sell(journal: WrittenJournal, count: int, register_id: str = "kasse-1") -> None:
    first = journal.head + 1
    journal.receipts([(register_id, sample_receipt(number)) for number in range(first, first + count)])


def closing(register_id: str, z_number: int, figures: Figures, through: int) -> Closing:
    return Closing(register_id, z_number, "2026-10-16", 1, through, figures, "anna", "2.4", b"h" * 32)


async def test_answers_cover_the_journal_up_to_where_they_were_asked_for(journal: WrittenJournal) -> None:
    async with store_of(journal) as (store, opened):
        assert opened == Opened(0)
        for _ in range(3):
            sell(journal, 7)
            reply = await store.figures("kasse-1", journal.head)
            assert reply.covered.through == journal.head
            assert reply.figures.receipt_count == journal.head
            assert reply.periods[0].z_number == 1
        (row,) = journal.source().read(journal.head - 1, 1)
        assert reply.covered.chain_hash == row.chain_hash


async def filled(store: SalesStore, head: int) -> None:
    async with asyncio.timeout(20):
        while await store.watermark() < head:  # noqa: ASYNC110 - the store tells nobody when it has filled
            await asyncio.sleep(0.02)


async def test_the_store_is_filled_without_being_asked(journal: WrittenJournal) -> None:
    async with store_of(journal) as (store, _):
        # Twice, because a child that has just been started looks by itself.
        for _ in range(2):
            sell(journal, 5)
            store.head_moved(journal.head)
            await filled(store, journal.head)


async def test_many_commits_are_one_piece_of_news(journal: WrittenJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Message] = []
    something = asyncio.Event()

    def noted(message: Message) -> bytes:
        told.append(message)
        something.set()
        return frame(message)

    async with store_of(journal) as (store, _):
        sell(journal, 20)
        monkeypatch.setattr(client, "frame", noted)
        for head in range(1, journal.head + 1):
            store.head_moved(head)
        async with asyncio.timeout(20):
            await something.wait()
    assert told == [{"ask": "head", "head": journal.head}]


async def test_open_periods_summaries_and_closings(journal: WrittenJournal) -> None:
    async with store_of(journal) as (store, _):
        sell(journal, 3, "kasse-1")
        sell(journal, 2, "kasse-2")
        periods = (await store.open_periods(None, journal.head)).periods
        assert [(found.period.register_id, found.figures.receipt_count) for found in periods] == [
            ("kasse-1", 3),
            ("kasse-2", 2),
        ]
        columns, articles = await store.details("kasse-1", 1, journal.head)
        printed = closing("kasse-1", 1, periods[0].figures, journal.head)
        journal.close_register(replace(printed, columns=columns, articles=articles))
        sell(journal, 1, "kasse-1")
        (recorded,) = await store.closings(None, 10, journal.head)
        assert recorded.closing.figures == periods[0].figures
        assert await store.closings("kasse-2", 10, journal.head) == ()
        assert (await store.figures("kasse-1", journal.head)).figures.receipt_count == 1
        both = await store.figures_of([("kasse-1", 1), ("kasse-2", 1)], journal.head)
        assert both.figures.receipt_count == 5
        summaries = await listed(store.summaries("2026-10-16", journal.head))
        assert [(s.register_id, s.z_number, s.figures.receipt_count) for s in summaries] == [
            ("kasse-1", 1, 3),
            ("kasse-1", 0, 1),
            ("kasse-2", 0, 2),
        ]
        assert [sum(s.columns.gross_cents) for s in summaries] == [3570, 1190, 2380]
        assert summaries[0].columns.category_keys == ("getraenke",)
        assert await listed(store.summaries(None, journal.head)) == summaries
        assert await listed(store.summaries("2020-01-01", journal.head)) == []


async def test_asking_for_more_than_the_journal_holds_is_answered_with_what_there_is(journal: WrittenJournal) -> None:
    async with store_of(journal) as (store, _):
        sell(journal, 2)
        assert (await store.figures(None, 1_000)).covered.through == 2


async def test_figures_are_right_after_the_child_was_killed_while_filling(journal: WrittenJournal) -> None:
    """Each kill lands somewhere in a rebuild; what is committed is kept, and nothing is filled twice."""
    receipts = [sample_receipt(number) for number in range(1, 20_001)]
    journal.receipts([("kasse-1", receipt) for receipt in receipts])
    chance = random.Random(4)
    async with store_of(journal) as (store, _):
        for _ in range(4):
            await persistent(store.watermark)
            waiting = asyncio.create_task(store.figures("kasse-1", journal.head))
            await asyncio.sleep(chance.random() * 0.2)
            assert store.child_id is not None
            os.kill(store.child_id, signal.SIGKILL)
            await asyncio.gather(waiting, return_exceptions=True)
        reply = await persistent(lambda: store.figures("kasse-1", journal.head))
    assert reply.figures == plain_figures(receipts)


async def test_whoever_waits_is_told_to_try_again_when_the_child_dies(journal: WrittenJournal) -> None:
    sell(journal, 1)
    async with store_of(journal) as (store, _):
        assert store.child_id is not None
        os.kill(store.child_id, signal.SIGSTOP)
        waiting = asyncio.create_task(store.figures(None, journal.head))
        await asyncio.sleep(0)
        os.kill(store.child_id, signal.SIGKILL)
        with pytest.raises(TryAgain) as told:
            await waiting
        assert (told.value.reason, told.value.retry_after_ms > 0) == ("SALES_STORE_BUSY", True)
        assert (await persistent(lambda: store.figures(None, journal.head))).figures.receipt_count == 1


async def test_a_child_that_does_not_answer_in_time_is_busy(journal: WrittenJournal) -> None:
    sell(journal, 1)
    store = SalesStore(SalesFiles(journal.path, journal.store), DayRule(), answer_within_ms=50)
    await store.start()
    assert store.child_id is not None
    os.kill(store.child_id, signal.SIGSTOP)
    try:
        with pytest.raises(TryAgain):
            await store.watermark()
    finally:
        os.kill(store.child_id, signal.SIGCONT)
        await store.close()


async def test_the_child_ignores_ctrl_c_and_ends_with_its_parent(journal: WrittenJournal) -> None:
    store = SalesStore(SalesFiles(journal.path, journal.store), DayRule())
    await store.start()
    child = store.child_id
    assert child is not None
    os.kill(child, signal.SIGINT)
    assert await store.watermark() == 0
    assert store.child_id == child
    await store.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


async def test_damage_that_only_a_question_meets_leads_to_a_new_file(journal: WrittenJournal) -> None:
    """A flipped bit in a block of rows is found when the block is read; the next child reads everything and sets the file aside."""
    sell(journal, 5_000)
    async with store_of(journal) as (store, _):
        before = (await store.figures("kasse-1", journal.head)).figures
    data = bytearray(journal.store.read_bytes())
    # The first blocks hold the rows that were written first; the header is in the first 12 KiB.
    for place in range(3 * 4096, len(data) // 2, 4096):
        data[place + 100] ^= 1
    journal.store.write_bytes(data)
    async with store_of(journal) as (store, opened):
        after = await persistent(lambda: store.figures("kasse-1", journal.head))
        assert after.figures == before
    assert opened.set_aside or list(journal.store.parent.glob("*.set-aside-*"))


async def test_a_first_child_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    store = SalesStore(SalesFiles(tmp_path / "branch.db", tmp_path / "sales.duckdb"), DayRule())
    with pytest.raises(TryAgain):
        await store.start()
    journal = WrittenJournal(tmp_path)
    assert await persistent(store.watermark) == 0
    await store.close()
    journal.close()


async def test_a_new_time_zone_reaches_the_next_period(journal: WrittenJournal) -> None:
    async with store_of(journal) as (store, _):
        store.use(DayRule("Pacific/Auckland", 0))
        sell(journal, 1)
        (found,) = (await store.open_periods(None, journal.head)).periods
        assert (found.period.business_day, found.figures.hours[0].hour) == ("2026-10-16", 23)


async def test_a_full_disk_does_not_keep_the_day_from_being_closed(journal: WrittenJournal) -> None:
    """The journal's reserve let a closing be written, but there were no figures for it: the child ended at its first file, for ever."""
    batches = temporary_of(journal.store)
    batches.mkdir()
    for table in LOADED:
        for turn in (0, 1):
            (batches / f"{table.name}.{turn}.csv").symlink_to("/dev/full")
    sell(journal, 5)
    async with store_of(journal) as (store, _):
        reply = await persistent(lambda: store.open_periods("kasse-1", journal.head))
        assert [found.figures.receipt_count for found in reply.periods] == [5]
        sell(journal, 3)
        reply = await persistent(lambda: store.open_periods("kasse-1", journal.head))
        assert [found.figures.receipt_count for found in reply.periods] == [8]
