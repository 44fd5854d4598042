"""An index whose pages are damaged is made anew: nothing could be recorded before, and registers were told to try again for ever."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from branchgate.errors import TryAgain
from gateway.branch.index_repair import IndexRepair
from gateway.journal.examination import Fault, examine
from gateway.journal.incidents import incidents
from gateway.journal.stored import open_for_verification
from gateway.journal.telling import incident_sentence, incident_warnings
from tests.gateway.branch import Branch, open_branch, sale

EVENT_IDS = "sqlite_autoindex_journal_1"


def spoil(path: Path, name: str) -> None:
    """Overwrites the first page of a table or an index."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)


async def reason(branch: Branch, number: int) -> str:
    """Why a sale was not settled; empty when it was."""
    recorded = await branch.recorder.record("k1", [sale(number)])
    return recorded.try_again.reason if recorded.try_again else ""


async def test_a_damaged_index_of_event_ids_is_made_anew_and_written_down(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        for number in range(1, 20):
            assert not await reason(branch, number)
    spoil(tmp_path / "branch.db", EVENT_IDS)
    async with open_branch(tmp_path) as branch:
        repair = IndexRepair(branch.writer, branch.journal, branch.clock)
        running = asyncio.create_task(repair.run())
        noted = asyncio.Event()
        branch.journal.follow(lambda _head: noted.set())
        assert await reason(branch, 20) == "STORE_FAILED"
        await asyncio.wait_for(noted.wait(), 20)
        assert not await reason(branch, 20)
        assert not await reason(branch, 5)  # known, and not recorded again
        assert branch.journal.head == 21
        (told,) = incidents(branch.reader.connection, open_only=True)
        assert (told.reason, told.sequence) == ("JOURNAL_INDEX_REPAIRED", 19)
        assert "19" in incident_sentence(told, "de")
        assert [name for name, _ in incident_warnings([told])] == ["WARN_JOURNAL_INDEX_REPAIRED"]
        assert not repair.in_vain
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        connection = open_for_verification(branch.path)
        assert [found for found in examine(connection) if isinstance(found, Fault)] == []
        connection.close()


async def test_a_damaged_table_is_not_repaired_again_and_again(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        assert not await reason(branch, 1)
    spoil(tmp_path / "branch.db", "journal_incidents")
    async with open_branch(tmp_path) as branch:
        repair = IndexRepair(branch.writer, branch.journal, branch.clock)
        running = asyncio.create_task(repair.run())
        while not repair.in_vain:
            with pytest.raises(TryAgain, match="STORE_FAILED"):
                await branch.writer.submit(lambda store: store.execute("SELECT * FROM journal_incidents").fetchall())
        assert not await reason(branch, 2)  # what does not touch it goes on
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
