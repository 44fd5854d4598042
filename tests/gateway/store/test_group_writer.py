"""The one writer of `branch.db`: groups, guilt, urgency, and what callers are told."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from branchgate.errors import OutcomeUnknown, Refused, TryAgain
from gateway.store import GroupWriter, connect_read_only


class Count:
    """A participant that notes how transactions ended."""

    def __init__(self) -> None:
        self.commits = 0
        self.rollbacks = 0
        self.announced = 0

    def committed(self) -> Callable[[], None] | None:
        self.commits += 1
        return self._announce

    def rolled_back(self) -> None:
        self.rollbacks += 1

    def _announce(self) -> None:
        self.announced += 1


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[GroupWriter]:
    made = GroupWriter(tmp_path / "branch.db")
    await made.submit(lambda connection: connection.execute("CREATE TABLE t (n INTEGER UNIQUE)"))
    yield made
    await made.close()


def insert(number: int) -> Callable[[sqlite3.Connection], int]:
    def work(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO t VALUES (?)", (number,))
        return number

    return work


def numbers(path: Path) -> list[int]:
    connection = connect_read_only(path)
    try:
        return [row[0] for row in connection.execute("SELECT n FROM t ORDER BY n")]
    finally:
        connection.close()


def blocked(writer: GroupWriter) -> threading.Event:
    """Keeps the writer in a commit until the event is set, so that what is submitted meanwhile forms one group."""
    go_on = threading.Event()
    writer.submit(lambda _: go_on.wait(30)).add_done_callback(lambda done: done.result())
    return go_on


async def test_a_result_comes_after_its_commit_is_visible_to_others(writer: GroupWriter, tmp_path: Path) -> None:
    assert await writer.submit(insert(1)) == 1
    assert numbers(tmp_path / "branch.db") == [1]


async def test_what_queued_during_a_sync_shares_the_next_commit_and_one_wake_up(writer: GroupWriter) -> None:
    count = Count()
    writer.attach(count)
    go_on = blocked(writer)
    futures = [writer.submit(insert(n)) for n in range(50)]
    go_on.set()
    assert await asyncio.gather(*futures) == list(range(50))
    assert count.commits <= 3  # the blocking work, perhaps with the first inserts, then the rest
    assert count.announced == count.commits


async def test_only_the_guilty_work_of_a_group_fails(writer: GroupWriter, tmp_path: Path) -> None:
    def refuse(_: sqlite3.Connection) -> int:
        raise Refused("NOT_NOW")

    count = Count()
    writer.attach(count)
    go_on = blocked(writer)
    futures = [writer.submit(insert(1)), writer.submit(insert(1)), writer.submit(refuse), writer.submit(insert(2))]
    go_on.set()
    first, second, third, fourth = await asyncio.gather(*futures, return_exceptions=True)
    assert (first, fourth) == (1, 2)
    assert isinstance(second, sqlite3.IntegrityError)
    assert isinstance(third, Refused)
    assert numbers(tmp_path / "branch.db") == [1, 2]
    assert count.rollbacks >= 3  # the group, then each of the guilty


class Part:
    """A part of a work, and what it was told."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.told: list[object] = []
        self.heard = asyncio.Event()

    def done(self) -> bool:
        return False

    def set_result(self, result: object) -> None:
        self.told.append(result)
        self.heard.set()

    def set_exception(self, failure: Exception) -> None:
        self.set_result(failure)


async def test_neighbours_with_the_same_work_are_handed_over_together_in_order(writer: GroupWriter) -> None:
    calls: list[list[int]] = []

    def together(_: sqlite3.Connection, parts: list[Part]) -> list[int]:
        calls.append([part.number for part in parts])
        return [part.number * 10 for part in parts]

    running = threading.Event()
    go_on = threading.Event()

    def block(_: sqlite3.Connection) -> None:
        running.set()
        go_on.wait(30)

    blocking = writer.submit(block)
    await asyncio.to_thread(running.wait)
    parts = [Part(number) for number in range(4)]
    for part in parts[:3]:
        writer.submit_with_others(together, part)
    between = writer.submit(insert(1))
    writer.submit_with_others(together, parts[3])
    go_on.set()
    await asyncio.gather(blocking, between, *(part.heard.wait() for part in parts))
    assert [part.told for part in parts] == [[0], [10], [20], [30]]
    assert [number for call in calls for number in call] == [0, 1, 2, 3]
    assert len(calls) == 2


async def test_only_the_guilty_part_fails_when_parts_are_written_together(writer: GroupWriter, tmp_path: Path) -> None:
    def together(connection: sqlite3.Connection, parts: list[Part]) -> list[int]:
        connection.executemany("INSERT INTO t VALUES (?)", [(part.number,) for part in parts])
        return [part.number for part in parts]

    go_on = blocked(writer)
    parts = [Part(number) for number in (1, 2, 1, 3)]
    for part in parts:
        writer.submit_with_others(together, part)
    go_on.set()
    await asyncio.gather(*(part.heard.wait() for part in parts))
    assert [part.told for part in (parts[0], parts[1], parts[3])] == [[1], [2], [3]]
    assert isinstance(parts[2].told[0], sqlite3.IntegrityError)
    assert numbers(tmp_path / "branch.db") == [1, 2, 3]


async def test_a_caller_that_went_away_does_not_disturb_the_others(writer: GroupWriter, tmp_path: Path) -> None:
    go_on = blocked(writer)
    gone, stays = writer.submit(insert(1)), writer.submit(insert(2))
    gone.cancel()
    go_on.set()
    assert await stays == 2
    assert numbers(tmp_path / "branch.db") == [1, 2]


async def test_closing_commits_what_is_queued_and_refuses_what_comes_later(tmp_path: Path) -> None:
    writer = GroupWriter(tmp_path / "branch.db")
    await writer.submit(lambda connection: connection.execute("CREATE TABLE t (n INTEGER UNIQUE)"))
    futures = [writer.submit(insert(n)) for n in range(20)]
    await writer.close()
    assert [future.result() for future in futures] == list(range(20))
    assert numbers(tmp_path / "branch.db") == list(range(20))
    with pytest.raises(TryAgain, match="CLOSING_DOWN"):
        await writer.submit(insert(99))
    await writer.close()


async def test_a_failing_disk_leaves_the_outcome_unknown_and_the_file_is_opened_again(
    writer: GroupWriter, tmp_path: Path
) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (7)")
        failure = sqlite3.OperationalError("disk I/O error")
        failure.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise failure

    with pytest.raises(OutcomeUnknown, match="STORE_FAILED"):
        await writer.submit(fail)
    assert await writer.submit(insert(8)) == 8
    assert numbers(tmp_path / "branch.db") == [8]


async def test_every_commit_is_synced_to_a_write_ahead_log(writer: GroupWriter) -> None:
    def pragmas(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "recursive_triggers")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await writer.submit(pragmas) == ["wal", 2, 1]
