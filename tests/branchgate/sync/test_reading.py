from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from branchgate.clock import SystemClock
from branchgate.sync.pages import Read
from branchgate.sync.reading import PageReader
from tests.branchgate.sync.link import article
from tests.central.feed.model import ModelFeeds

_T = TypeVar("_T")

PAGE_BYTES = 16_384


@dataclass
class SlowRunner:
    """Finishes a piece of work only when the test says so."""

    started: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, work: Callable[[], _T]) -> _T:
        self.started += 1
        result = work()
        await self.go_on.wait()
        return result


@pytest.fixture
def feeds() -> ModelFeeds:
    feeds = ModelFeeds()
    for number in range(500):
        put(feeds, f"{number}")
    return feeds


def put(feeds: ModelFeeds, key: str, price: int = 1) -> None:
    feeds.put(1, key, article(key, price=price))
    feeds.admit("mitte", 1, key)


async def test_readers_at_one_cursor_share_one_read(feeds: ModelFeeds) -> None:
    runner = SlowRunner()
    pages = PageReader(feeds.feed("mitte"), runner, SystemClock())
    reads = [asyncio.ensure_future(pages.read(Read(None))) for _ in range(20)]
    await asyncio.sleep(0)
    runner.go_on.set()
    beginnings = {(await read).after for read in reads}
    first = await pages.read(Read(beginnings.pop(), PAGE_BYTES))
    started = runner.started
    again = await pages.read(Read((await pages.read(Read(None))).after, PAGE_BYTES))
    assert not beginnings
    assert again is first
    assert runner.started == started + 1


async def test_nobody_joins_a_read_that_may_have_missed_a_change(feeds: ModelFeeds) -> None:
    """A reader woken by a change would otherwise be answered with what was there before it, and wait for the heartbeat."""
    runner = SlowRunner()
    source = feeds.feed("mitte")
    pages = PageReader(source, runner, SystemClock())
    runner.go_on.set()
    beginning = (await pages.read(Read(None))).after
    at = beginning.__class__(beginning.epoch, beginning.filter_hash, beginning.position)
    runner.go_on.clear()
    early = asyncio.ensure_future(pages.read(Read(at, PAGE_BYTES)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    put(feeds, "new")
    pages.changed()
    late = asyncio.ensure_future(pages.read(Read(at, PAGE_BYTES)))
    await asyncio.sleep(0)
    runner.go_on.set()
    assert not (await early).messages
    assert (await late).messages


async def test_readers_that_begin_later_replay_what_changed_since_the_shared_beginning(feeds: ModelFeeds) -> None:
    runner = SlowRunner()
    runner.go_on.set()
    pages = PageReader(feeds.feed("mitte"), runner, SystemClock())
    first = await pages.read(Read(None))
    put(feeds, "0", price=9)
    pages.changed()
    assert (await pages.read(Read(None))).after == first.after
    feeds.begin_epoch()
    assert (await pages.read(Read(None))).after.epoch == feeds.epoch


async def test_kept_pages_stay_within_their_bound(feeds: ModelFeeds) -> None:
    runner = SlowRunner()
    runner.go_on.set()
    pages = PageReader(feeds.feed("mitte"), runner, SystemClock(), shelf_bytes=PAGE_BYTES)
    at = (await pages.read(Read(None))).after
    first = await pages.read(Read(at, PAGE_BYTES))
    second = await pages.read(Read(first.after, PAGE_BYTES))
    assert await pages.read(Read(first.after, PAGE_BYTES)) is second
    assert await pages.read(Read(at, PAGE_BYTES)) is not first


async def test_a_store_that_fails_fails_those_who_wait_and_nobody_after_them(feeds: ModelFeeds) -> None:
    failing = True

    async def run(work: Callable[[], _T]) -> _T:
        if failing:
            raise OSError("disk")
        return work()

    pages = PageReader(feeds.feed("mitte"), run, SystemClock())
    with pytest.raises(OSError, match="disk"):
        await pages.read(Read(None))
    failing = False
    assert (await pages.read(Read(None))).estimated_entries == 500
