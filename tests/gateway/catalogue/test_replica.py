from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from branchgate.catalogue import Article, BranchSettings
from branchgate.clock import Clock
from branchgate.errors import TryAgain
from branchgate.sync.sqlite import SqliteSink
from gateway.catalogue.positions import TOMBSTONE_DAYS
from gateway.catalogue.replica import FILE_NAME, Replica
from tests.branchgate.sync.link import Link
from tests.central.feed.model import ModelFeeds
from tests.rigs.chains import DAY_MS
from tests.rigs.clock import TurnedClock

ARTICLE = 1
BRANCH = "mitte"
APPLE = Article("4711", "Apfel", 199_000, 2, 700)


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def replica(tmp_path: Path, clock: Clock) -> AsyncIterator[Replica]:
    replica = await Replica.open(tmp_path / FILE_NAME, clock)
    yield replica
    await replica.close()


@pytest.fixture
def feeds() -> ModelFeeds:
    feeds = ModelFeeds()
    feeds.put(ARTICLE, "4711", APPLE.encode())
    feeds.admit(BRANCH, ARTICLE, "4711")
    feeds.settings(BRANCH, BranchSettings(BRANCH, "Filiale Mitte").encode())
    return feeds


async def sync(replica: Replica, feeds: ModelFeeds) -> None:
    await replica.writing(Link(lambda: feeds.feed(BRANCH), lambda: replica.sink).settle)


async def test_without_a_catalogue_no_article_is_called_unknown(replica: Replica) -> None:
    assert replica.has_article("4711") is None
    assert replica.settings() is None


async def test_articles_and_settings_are_there_after_the_first_sync(replica: Replica, feeds: ModelFeeds) -> None:
    await sync(replica, feeds)
    assert replica.has_article("4711") is True
    assert replica.has_article("4712") is False
    assert replica.article_count == 1
    assert await replica.article("4711") == APPLE
    assert await replica.article("4712") is None
    settings = replica.settings()
    assert settings is not None
    assert settings.name == "Filiale Mitte"


async def test_a_restart_needs_no_sync_to_go_on_selling(tmp_path: Path, clock: Clock, feeds: ModelFeeds) -> None:
    first = await Replica.open(tmp_path / FILE_NAME, clock)
    await sync(first, feeds)
    cursor, epoch = first.sink.cursor(), first.feed.state().epoch
    await first.close()
    second = await Replica.open(tmp_path / FILE_NAME, clock)
    assert second.has_article("4711") is True
    assert second.settings() is not None
    assert second.sink.cursor() == cursor
    assert second.feed.state().epoch == epoch
    await second.close()


async def test_followers_hear_of_changes_and_only_of_changes(replica: Replica, feeds: ModelFeeds) -> None:
    await sync(replica, feeds)
    heard = asyncio.Event()
    end = replica.follow(heard.set)
    feeds.withdraw(BRANCH, ARTICLE, "4711")
    await sync(replica, feeds)
    async with asyncio.timeout(10):
        await heard.wait()
    assert replica.has_article("4711") is False
    end()


async def test_a_new_load_gives_positions_only_to_what_really_changed(replica: Replica, feeds: ModelFeeds) -> None:
    """Otherwise every full load of the gateway would become a full load of every register."""
    for number in range(50):
        feeds.put(ARTICLE, f"{number}", Article(f"{number}", "x", 1, 1, 1900).encode())
        feeds.admit(BRANCH, ARTICLE, f"{number}")
    await sync(replica, feeds)
    head = replica.feed.state().head
    feeds.begin_epoch()
    feeds.put(ARTICLE, "7", Article("7", "y", 1, 1, 1900).encode())
    feeds.withdraw(BRANCH, ARTICLE, "8")
    await sync(replica, feeds)
    page = replica.feed.changes(head, 100)
    assert sorted(change.key for change in page.changes) == ["7", "8"]


async def test_tombstones_stay_for_sixty_days(replica: Replica, feeds: ModelFeeds, clock: TurnedClock) -> None:
    await sync(replica, feeds)
    feeds.withdraw(BRANCH, ARTICLE, "4711")
    await sync(replica, feeds)
    head = replica.feed.state().head
    clock.advance((TOMBSTONE_DAYS - 1) * DAY_MS)
    assert await replica.clear_tombstones() == 0
    clock.advance(2 * DAY_MS)
    assert await replica.clear_tombstones() == 1
    assert replica.feed.state().oldest_position == head
    assert not replica.feed.changes(0, 10).changes[1:]


async def test_a_commit_is_synced_because_registers_may_already_know_its_position(replica: Replica) -> None:
    (level,) = replica.writing.connection.execute("PRAGMA synchronous").fetchone()
    assert level == 2


async def test_a_full_disk_passes_and_the_sync_goes_on(replica: Replica, feeds: ModelFeeds) -> None:
    await sync(replica, feeds)
    (pages,) = replica.writing.connection.execute("PRAGMA page_count").fetchone()
    replica.writing.connection.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(200):
        feeds.put(ARTICLE, f"{number}", Article(f"{number}", "x" * 100, 1, 1, 1900).encode())
        feeds.admit(BRANCH, ARTICLE, f"{number}")
    with pytest.raises(TryAgain, match="CATALOGUE_NOT_WRITABLE"):
        await sync(replica, feeds)
    assert replica.article_count == 1
    replica.writing.connection.execute("PRAGMA max_page_count = 1000000")
    await sync(replica, feeds)
    assert replica.article_count == 201


async def test_a_newer_version_asks_again_for_what_the_older_one_had_rejected(
    replica: Replica, feeds: ModelFeeds
) -> None:
    await sync(replica, feeds)
    assert replica.sink.cursor()

    class Live:
        def apply(self, connection: sqlite3.Connection, puts: object, deletes: object) -> None: ...
        def committed(self, put: object, deleted: object) -> None: ...

    newer = SqliteSink(replica.writing.connection, Live(), schema_version=2)
    assert newer.cursor() == b""
    assert replica.has_article("4711") is True


def set_aside(folder: Path) -> list[Path]:
    return list(folder.glob("*.set-aside-*"))


DAMAGES: list[Callable[[bytes], bytes]] = [
    lambda _whole: b"no database at all" * 400,
    lambda whole: whole[:100] + bytes(len(whole) - 100),
    lambda whole: whole[:4096] + b"\xff" * 4096 + whole[8192:],
    lambda whole: whole[:5000],
]


@pytest.mark.parametrize("damage", DAMAGES, ids=["foreign", "zeroes", "page", "cut"])
async def test_a_damaged_file_is_set_aside_and_filled_again(
    tmp_path: Path, clock: Clock, feeds: ModelFeeds, damage: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / FILE_NAME
    first = await Replica.open(file, clock)
    await sync(first, feeds)
    await first.close()
    file.write_bytes(damage(file.read_bytes()))

    replica = await Replica.open(file, clock)
    assert replica.has_article("4711") is None
    await sync(replica, feeds)
    assert replica.has_article("4711") is True
    await replica.close()
    assert set_aside(tmp_path)


async def test_a_file_that_cannot_be_opened_for_another_reason_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(sqlite3.OperationalError):
        await Replica.open(tmp_path / FILE_NAME, clock)
    assert (tmp_path / FILE_NAME).is_dir()
