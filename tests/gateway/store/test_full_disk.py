"""A disk that is full: nothing is dropped, registers are told to try again, and the day can still be closed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from branchgate.errors import TryAgain
from branchgate.events import EventKind
from gateway.journal import BRANCH, OWN, NewEntry
from gateway.store import FileReserve, GroupWriter
from tests.gateway.branch import event_id, noise, open_branch, sale

PAGES = 24


class Pages:
    """A reserve of database pages: SQLite itself says that the disk is full, on every machine."""

    def __init__(self) -> None:
        self.writer: GroupWriter | None = None
        self.limit = 0
        self.released = 0

    def hold(self) -> bool:
        return not self.released

    def release(self) -> bool:
        self.released += 1
        assert self.writer is not None
        assert self.writer._connection is not None
        self.writer._connection.execute(f"PRAGMA max_page_count = {self.limit * 2}")
        return self.released == 1


def own(number: int, kind: EventKind, size: int = 2000) -> NewEntry:
    return NewEntry(event_id(number), BRANCH, OWN, kind, noise(size))


async def fill(append: Callable[[NewEntry], Awaitable[object]], first: int) -> int:
    number = first
    while True:
        try:
            await append(own(number, EventKind.DRAWER))
        except TryAgain as full:
            assert full.reason == "DISK_FULL"
            return number
        number += 1


async def test_a_full_store_still_takes_a_closing_but_no_sale(tmp_path: Path) -> None:
    reserve = Pages()
    async with open_branch(tmp_path, reserve=reserve) as branch:
        reserve.writer = branch.writer

        def limit(connection: sqlite3.Connection) -> int:
            used = connection.execute("PRAGMA page_count").fetchone()[0]
            return int(connection.execute(f"PRAGMA max_page_count = {used + PAGES}").fetchone()[0])

        reserve.limit = await branch.writer.submit(limit)
        await fill(branch.journal.append, 1)
        before = branch.journal.head
        recorded = await branch.recorder.record("k1", [sale(1, note="x" * 3000)])
        assert recorded.try_again is not None
        assert recorded.try_again.reason == "DISK_FULL"
        assert recorded.settled_register_sequence == 0
        assert reserve.released == 0
        closing = await branch.journal.append(own(9_999, EventKind.CLOSING, 5000))
        assert closing.sequence == before + 1
        assert reserve.released == 1
        small = await branch.recorder.record("k1", [sale(1)])
        assert small.try_again is not None  # there would be room, but it is kept for closing


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("mounting a tmpfs needs rights that this process does not have")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_on_a_real_full_disk_the_reserve_is_given_up_for_the_closing_and_made_again(small_disk: Path) -> None:
    file = small_disk / "reserve"
    ballast = small_disk / "ballast"
    async with open_branch(small_disk, reserve=FileReserve(file, 512 * 1024)) as branch:
        assert file.stat().st_blocks * 512 >= 512 * 1024
        with suppress(OSError), ballast.open("wb", buffering=0) as filling:
            while True:
                filling.write(bytes(64 * 1024))
        await fill(branch.journal.append, 1)
        recorded = await branch.recorder.record("k1", [sale(1, note="x" * 100_000)])
        assert recorded.try_again is not None
        assert file.exists()
        await branch.journal.append(own(9_999, EventKind.CLOSING, 100_000))
        assert not file.exists()
        assert (await branch.recorder.record("k1", [sale(1)])).try_again is not None
        ballast.unlink()
        assert (await branch.recorder.record("k1", [sale(1)])).settled_register_sequence == 1
        assert file.exists()


def test_the_reserve_is_not_made_out_of_the_last_room(tmp_path: Path) -> None:
    space = os.statvfs(tmp_path)
    reserve = FileReserve(tmp_path / "reserve", space.f_bavail * space.f_frsize)
    assert not reserve.hold()
    assert not (tmp_path / "reserve").exists()


def test_a_reserve_of_an_earlier_run_is_held_and_can_be_given_up_once(tmp_path: Path) -> None:
    assert FileReserve(tmp_path / "reserve", 8192).hold()
    reserve = FileReserve(tmp_path / "reserve", 8192)
    assert reserve.hold()
    assert reserve.release()
    assert not reserve.release()
    assert reserve.hold()
