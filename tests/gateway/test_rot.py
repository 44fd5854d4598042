"""Bytes rot and files are cut short, in both stores and their logs: what was acknowledged is there, or is named as damaged or lost.

BRANCHGATE_ROT_ROUNDS spoils so many folders per way of spoiling (default 2); BRANCHGATE_ROT_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from branchgate.chain_walk import StoredEntry
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.events import EventKind
from gateway.branch.beginning import look_back
from gateway.branch.damages import look_for_damage
from gateway.branch.stores import Stores, open_stores
from gateway.config import GatewaySettings
from gateway.journal import NewEntry
from gateway.journal.incidents import Incident, incidents
from gateway.journal.stored import open_for_verification, stored_pages
from gateway.recording.judging import Rules
from gateway.recording.model import EventToRecord
from gateway.recording.recorder import Recorder
from gateway.recording.witness import Witnesses
from tests.gateway.branch import BranchRules, event_id, sale

ROUNDS = int(os.environ.get("BRANCHGATE_ROT_ROUNDS", "2"))
SEED = int(os.environ.get("BRANCHGATE_ROT_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
SALES = 400
LATE = 40
SETTINGS = GatewaySettings(reserve_bytes=8192)

Sold = dict[int, tuple[bytes, bytes]]
"""Event id and SHA-256 of the body by journal sequence: all of it was acknowledged."""


def recorder(stores: Stores) -> Recorder:
    rules: Rules = BranchRules()
    return Recorder(stores.writer, stores.journal, stores.reading, SystemClock(), rules)


async def sell(folder: Path, frozen: Path) -> None:
    """A day: most of it is in both stores' files, the rest in their logs. The folder is copied as a power cut would leave it."""
    async with open_stores(folder, SETTINGS, "mitte", SystemClock()) as stores:
        await stores.sales.start()
        book = recorder(stores)
        await book.record("k1", [sale(number, note=f"{number} " * 60) for number in range(1, SALES + 1)])
        await stores.sales.figures(None, stores.journal.head)
        await stores.writer.submit(lambda connection: None)
        connection = stores.writer._connection
        assert connection is not None
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        await book.record("k1", [sale(number, note=f"{number} " * 60) for number in range(SALES + 1, SALES + LATE + 1)])
        await stores.sales.figures(None, stores.journal.head)
        shutil.copytree(folder, frozen, ignore=shutil.ignore_patterns("*.tmp"))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sold]:
    folder = tmp_path_factory.mktemp("day")
    frozen = folder / "frozen"
    (folder / "branch").mkdir()
    asyncio.run(sell(folder / "branch", frozen))
    check = folder / "check"
    shutil.copytree(frozen, check)
    return frozen, {entry.sequence: digest(entry) for entry in stored(check)}


def stored(folder: Path) -> list[StoredEntry]:
    connection = open_for_verification(folder / "branch.db")
    found = [one for page in stored_pages(connection) for one in page if isinstance(one, StoredEntry)]
    connection.close()
    return found


def digest(entry: StoredEntry) -> tuple[bytes, bytes]:
    return bytes(entry.event_id), hashlib.sha256(bytes(entry.body)).digest()


def flip(file: Path, draw: random.Random) -> None:
    """Some bytes somewhere behind the first page of a file: a spoilt header is refused, which is another test."""
    with file.open("r+b") as spoilt:
        size = file.stat().st_size
        for _ in range(draw.randint(1, 5)):
            offset = draw.randrange(min(4096, size // 2), size)
            spoilt.seek(offset)
            byte = spoilt.read(1)[0]
            spoilt.seek(offset)
            spoilt.write(bytes([byte ^ draw.randint(1, 255)]))


def cut(file: Path, draw: random.Random) -> None:
    os.truncate(file, draw.randrange(0, file.stat().st_size))


def empty(file: Path, draw: random.Random) -> None:
    del draw
    file.write_bytes(b"")


def remove(file: Path, draw: random.Random) -> None:
    del draw
    file.unlink()


Spoil = Callable[[Path, random.Random], None]
WAYS: dict[str, tuple[str, Spoil]] = {
    "journal rots": ("branch.db", flip),
    "journal is cut": ("branch.db", cut),
    "journal is gone": ("branch.db", remove),
    "journal is empty": ("branch.db", empty),
    "its log rots": ("branch.db-wal", flip),
    "its log is cut": ("branch.db-wal", cut),
    "its log is gone": ("branch.db-wal", remove),
    "sales store rots": ("sales.duckdb", flip),
    "sales store is cut": ("sales.duckdb", cut),
    "its own log rots": ("sales.duckdb.wal", flip),
    "its own log is cut": ("sales.duckdb.wal", cut),
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_was_acknowledged_is_there_or_is_named(tmp_path: Path, day: tuple[Path, Sold], way: str) -> None:
    frozen, sold = day
    name, spoil = WAYS[way]
    draw = random.Random(f"{SEED} {way}")
    for turn in range(ROUNDS):
        folder = tmp_path / str(turn)
        shutil.copytree(frozen, folder)
        spoil(folder / name, draw)
        told = f"seed {SEED}, {way}, turn {turn}"
        try:
            found = await begun_again(folder)
        except Refused as refused:
            assert refused.reason == "STORE_DAMAGED", told
            assert name.startswith("branch.db"), told
            continue
        unnamed = not_named(folder, sold, found)
        assert unnamed == [], told
        if name.startswith("sales"):
            assert [digest(entry) for entry in stored(folder)][: len(sold)] == list(sold.values()), told


async def begun_again(folder: Path) -> list[Incident]:
    """Starts as a gateway does, hears the register's word, sells once more, and returns what it has found."""
    clock = SystemClock()
    async with open_stores(folder, SETTINGS, "mitte", clock) as stores:
        before = stores.journal.journal_id
        await look_back(stores, clock)
        await look_for_damage(stores, clock)
        await Witnesses(stores.journal, stores.reading, clock).hear("k1", before, SALES + LATE)
        entry = NewEntry(event_id(9_999), "k2", 1, EventKind.RECEIPT, sale(1).body)
        await stores.journal.append(entry)
        reply = await stores.sales.figures(None, stores.journal.head)
        assert reply.covered.through == stores.journal.head
        assert stores.reader.by_event_id(event_id(9_999)) is not None
        return incidents(stores.reading)


def not_named(folder: Path, sold: Sold, found: list[Incident]) -> list[int]:
    """Entries that are neither as they were acknowledged nor named."""
    here = {entry.sequence: digest(entry) for entry in stored(folder)}
    damages = [incident.damage for incident in found]
    lost_from = min((one.sequence for one in found if one.damage is None), default=len(sold) + 1)
    return [
        sequence
        for sequence, what in sold.items()
        if here.get(sequence) != what
        and sequence < lost_from
        and not any(damage and damage.sequence <= sequence <= damage.through for damage in damages)
    ]


async def test_a_sale_that_is_lost_comes_again_from_its_register(tmp_path: Path, day: tuple[Path, Sold]) -> None:
    """The log with the last sales is gone; the register still holds them, and is asked for them by another journal id."""
    frozen, sold = day
    shutil.copytree(frozen, tmp_path / "branch")
    (tmp_path / "branch" / "branch.db-wal").unlink()
    clock = SystemClock()
    async with open_stores(tmp_path / "branch", SETTINGS, "mitte", clock) as stores:
        before = stores.journal.journal_id
        await look_back(stores, clock)
        assert stores.journal.journal_id != before
        book = recorder(stores)
        settled = book.greeting("k1").settled_register_sequence
        assert settled < SALES + LATE
        again: list[EventToRecord] = [
            sale(number, note=f"{number} " * 60) for number in range(settled + 1, SALES + LATE + 1)
        ]
        await book.record("k1", again)
        reply = await stores.sales.figures(None, stores.journal.head)
        assert reply.figures.receipt_count == SALES + LATE
    assert set(sold.values()) <= {digest(entry) for entry in stored(tmp_path / "branch")}


@pytest.mark.parametrize("empty_file", [False, True])
async def test_a_journal_that_is_gone_is_told_by_whatever_else_is_left(
    tmp_path: Path, day: tuple[Path, Sold], empty_file: bool
) -> None:
    """An empty journal began without a word, and SQLite threw away the log that held the last sales."""
    frozen, _sold = day
    folder = tmp_path / "branch"
    shutil.copytree(frozen, folder, ignore=shutil.ignore_patterns("sales.duckdb*"))
    (folder / "branch.db").unlink()
    if empty_file:
        (folder / "branch.db").touch()
    clock = SystemClock()
    for _ in range(2):
        async with open_stores(folder, SETTINGS, "mitte", clock) as stores:
            await look_back(stores, clock)
            found = [(one.reason, one.witness) for one in incidents(stores.reading)]
        assert found == [("JOURNAL_LOST", "catalogue.db")]
    (kept,) = folder.glob("branch.db-wal.set-aside-*")
    assert kept.read_bytes() == (frozen / "branch.db-wal").read_bytes()
