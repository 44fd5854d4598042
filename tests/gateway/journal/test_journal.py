"""Appending: gap-free, chained, announced, and never changed afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from branchgate.chain import GENESIS, header, link
from branchgate.errors import Refused
from branchgate.events import EventKind
from gateway.journal import BRANCH, OWN, NewEntry
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import LAST_CLOSING, verify
from tests.gateway.branch import NOW_MS, event_id, open_branch, tampered


def own(number: int, body: bytes = b"body", kind: EventKind = EventKind.DRAWER) -> NewEntry:
    return NewEntry(event_id(number), BRANCH, OWN, kind, body)


async def test_entries_are_numbered_from_one_and_chained_as_documented(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        first = await branch.journal.append(own(1))
        second = await branch.journal.append(NewEntry(event_id(2), "k1", 7, EventKind.RECEIPT, b"\x00" * 9))
        assert (first.sequence, second.sequence) == (1, 2)
        assert first.chain_hash == link(GENESIS, header(1, event_id(1), b"", 0, 3, NOW_MS, 4), b"body")
        assert second.chain_hash == link(first.chain_hash, header(2, event_id(2), b"k1", 7, 1, NOW_MS, 9), bytes(9))
        assert (branch.journal.head, branch.journal.head_hash) == (2, second.chain_hash)
        assert branch.reader.read(0, 10) == [first, second]
        assert branch.reader.by_event_id(event_id(2)) == second
        assert branch.reader.by_event_id(event_id(3)) is None


async def test_a_journal_that_is_opened_again_goes_on_where_it_was(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.journal.append(own(1))
        before = (branch.journal.journal_id, branch.journal.head, branch.journal.head_hash)
    async with open_branch(tmp_path) as branch:
        assert (branch.journal.journal_id, branch.journal.head, branch.journal.head_hash) == before
        assert (await branch.journal.append(own(2))).sequence == 2


async def test_an_own_event_is_refused_in_the_same_transaction(tmp_path: Path) -> None:
    def no(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO cursors VALUES ('trace', 1)")
        raise Refused("NOTHING_TO_CLOSE")

    async with open_branch(tmp_path) as branch:
        with pytest.raises(Refused, match="NOTHING_TO_CLOSE"):
            await branch.journal.append(own(1), only_if=no)
        assert branch.journal.head == 0
        assert branch.reader.connection.execute("SELECT count(*) FROM cursors").fetchone() == (0,)
        assert (await branch.journal.append(own(2))).sequence == 1


async def test_a_rolled_back_entry_leaves_no_trace_in_the_chain(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        first = await branch.journal.append(own(1))

        def appends_and_fails(connection: sqlite3.Connection) -> None:
            branch.journal.append_in(connection, [own(2)])
            raise Refused("NO")

        with pytest.raises(Refused):
            await branch.writer.submit(appends_and_fails)
        third = await branch.journal.append(own(3))
        assert third.chain_hash == link(first.chain_hash, header(2, event_id(3), b"", 0, 3, NOW_MS, 4), b"body")


async def test_followers_hear_of_each_commit_that_moved_the_head_until_they_stop(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        heads: list[int] = []
        stop = branch.journal.follow(heads.append)
        await branch.journal.append(own(1))
        await branch.writer.submit(lambda _: None)
        await branch.journal.append(own(2))
        await branch.writer.submit(lambda _: None)
        stop()
        await branch.journal.append(own(3))
        await branch.writer.submit(lambda _: None)
        assert heads == [1, 2]


async def test_an_event_id_that_is_no_id_is_refused(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        with pytest.raises(Refused, match="INVALID_VALUE"):
            await branch.journal.append(NewEntry(b"short", BRANCH, OWN, EventKind.DRAWER, b""))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET body = x'00' WHERE sequence = 1",
        "DELETE FROM journal WHERE sequence = 1",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT 2, event_id, '', 0, 1, 1, x'', x'' FROM journal",
    ],
)
async def test_the_store_itself_stops_changes(tmp_path: Path, statement: str) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.journal.append(own(1))
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            await branch.writer.submit(lambda connection: connection.execute(statement))


@pytest.mark.parametrize("body", [b"body", b"\xff\x00no text"])
async def test_bytes_that_somebody_stored_as_text_are_read_as_bytes(tmp_path: Path, body: bytes) -> None:
    """A register that asked about such an event broke its stream, came back, and broke it again."""
    async with open_branch(tmp_path) as branch:
        await branch.journal.append(own(1))
        with closing(tampered(branch.path)) as hand:
            hand.execute("UPDATE journal SET body = CAST(? AS TEXT), chain_hash = CAST(chain_hash AS TEXT)", (body,))
        (read,) = branch.reader.read(0, 10)
        assert read == branch.reader.by_event_id(event_id(1))
        assert (read.body, len(read.chain_hash)) == (body, 32)
        with closing(open_for_verification(branch.path)) as connection:
            named = [damage.sequence for damage in verify(connection).damages]
        assert named == ([] if body == b"body" else [1])


async def test_the_last_closing_of_a_register_is_found_without_reading_the_journal(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        for number, register in enumerate(("k1", "k2", "k1"), 1):
            await branch.journal.append(NewEntry(event_id(number), register, OWN, EventKind.CLOSING, b"z"))
        await branch.journal.append(own(9))
        found = branch.reader.last_closing("k1")
        assert found is not None
        assert found.sequence == 3
        assert branch.reader.last_closing("k3") is None
        plan = branch.reader.connection.execute(f"EXPLAIN QUERY PLAN {LAST_CLOSING}").fetchall()
        assert "journal_closings" in plan[0][3]


async def test_large_entries_are_read_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """200 entries of 4 MB each were read at once."""
    monkeypatch.setattr("gateway.journal.reader.READ_BYTES", 1000)
    async with open_branch(tmp_path) as branch:
        for number, size in enumerate((5000, 400, 599, 1, 5000, 10), 1):
            await branch.journal.append(own(number, bytes(size)))
        read: list[list[int]] = [[0]]
        while entries := branch.reader.read(read[-1][-1], 200):
            read.append([entry.sequence for entry in entries])
        assert read[1:] == [[1], [2, 3, 4], [5], [6]]
        # A read that stops early ends all the same; one that stays open keeps the log from being emptied.
        branch.reader.read(0, 200)
        with closing(sqlite3.connect(branch.path, timeout=0)) as other:
            (emptied,) = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert emptied == (0, 0, 0)
