"""Whatever is changed in the journal by hand, verification names the entry."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branchgate.chain_walk import Damage, DamageKind
from branchgate.events import EventKind
from gateway.journal import NewEntry, verification
from gateway.journal.journal import Head
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import ChainReport, verify, verify_tail, verify_whole_chain
from tests.gateway.branch import event_id, make_store, noise, open_branch, tampered

ENTRIES = 12
COLUMNS = ("sequence", "event_id", "register_id", "register_sequence", "kind", "recorded_at", "body", "chain_hash")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    asyncio.run(fill(folder))
    return folder / "branch.db"


async def fill(folder: Path) -> None:
    async with open_branch(folder) as branch:
        for number in range(1, ENTRIES + 1):
            await branch.journal.append(
                NewEntry(event_id(number), f"k{number % 3}", number, EventKind.RECEIPT, noise(40))
            )


def check(path: Path) -> ChainReport:
    connection = open_for_verification(path)
    try:
        return verify(connection)
    finally:
        connection.close()


def flipped(connection: sqlite3.Connection, sequence: int, column: str, byte: int, bits: int) -> int:
    """Flips bits in one value as it is stored; returns the sequence under which the entry now stands."""
    (value,) = connection.execute(f"SELECT {column} FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    new: object
    if isinstance(value, int):
        raw = bytearray(value.to_bytes(8, "big", signed=True))
        raw[byte % 8] ^= bits
        new = int.from_bytes(raw, "big", signed=True)
    else:
        raw = bytearray(value.encode() if isinstance(value, str) else value)
        raw[byte % len(raw)] ^= bits
        new = bytes(raw)
    cast = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
    connection.execute(f"UPDATE journal SET {column} = {cast} WHERE sequence = ?", (new, sequence))
    return new if column == "sequence" and isinstance(new, int) else sequence


@given(
    sequence=st.integers(1, ENTRIES),
    column=st.sampled_from(COLUMNS),
    byte=st.integers(0, 63),
    bits=st.integers(1, 255),
)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_byte_of_any_column_is_named(
    whole: Path, tmp_path: Path, sequence: int, column: str, byte: int, bits: int
) -> None:
    path = tmp_path / "tampered.db"
    shutil.copyfile(whole, path)
    connection = tampered(path)
    try:
        stands_at = flipped(connection, sequence, column, byte, bits)
    except sqlite3.IntegrityError:
        return  # another entry has this sequence or id already: SQLite itself does not allow it
    finally:
        connection.close()
    found = check(path)
    assert found.damages[0].sequence in {sequence, stands_at}
    assert stands_at != sequence or len(found.damages) == 1  # the entries behind it are proved all the same


def test_an_untouched_journal_is_whole(whole: Path) -> None:
    found = check(whole)
    assert found.whole
    assert (found.entries, found.head.sequence) == (ENTRIES, ENTRIES)


@pytest.mark.parametrize("sequence", [1, 5, 11])
def test_a_missing_entry_is_named(whole: Path, tmp_path: Path, sequence: int) -> None:
    path = tmp_path / "tampered.db"
    shutil.copyfile(whole, path)
    connection = tampered(path)
    connection.execute("DELETE FROM journal WHERE sequence = ?", (sequence,))
    connection.close()
    found = check(path)
    missing, unproved = found.damages
    assert missing == Damage(sequence, DamageKind.MISSING, sequence)
    assert (unproved.sequence, unproved.kind) == (sequence + 1, DamageKind.UNPROVED)
    assert (found.entries, found.unproved) == (ENTRIES - 1, 1)


def test_two_entries_that_changed_places_are_named(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "tampered.db"
    shutil.copyfile(whole, path)
    connection = tampered(path)
    for old, new in ((4, 99), (5, 4), (99, 5)):
        connection.execute("UPDATE journal SET sequence = ? WHERE sequence = ?", (new, old))
    connection.close()
    assert [damage.sequence for damage in check(path).damages] == [
        4,
        5,
        6,
    ]  # 6 does not follow from what is before it now


def test_a_value_of_another_type_is_named(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "tampered.db"
    shutil.copyfile(whole, path)
    connection = tampered(path)
    connection.execute("UPDATE journal SET body = 'text', register_sequence = 'x' WHERE sequence = 6")
    connection.close()
    assert [(damage.sequence, damage.kind) for damage in check(path).damages] == [(6, DamageKind.IMPOSSIBLE)]


async def test_the_tail_check_starts_behind_the_last_closing(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        for number in range(1, 11):
            kind = EventKind.CLOSING if number == 6 else EventKind.RECEIPT
            await branch.journal.append(NewEntry(event_id(number), "k1", number, kind, b"x"))
    path = tmp_path / "branch.db"
    found = verify_tail(path)
    assert found.whole
    assert (found.entries, found.head.sequence) == (4, 10)
    connection = tampered(path)
    connection.execute("UPDATE journal SET body = x'01' WHERE sequence = 2")
    assert verify_tail(path).whole  # before the closing: for the background
    connection.execute("UPDATE journal SET body = x'01' WHERE sequence = 9")
    connection.close()
    assert [damage.sequence for damage in verify_tail(path).damages] == [9]
    assert [damage.sequence for damage in (await verify_whole_chain(path)).damages] == [2, 9]


async def test_a_tail_without_a_closing_is_checked_up_to_a_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "LONGEST_TAIL", 3)
    async with open_branch(tmp_path) as branch:
        for number in range(1, 9):
            await branch.journal.append(NewEntry(event_id(number), "k1", number, EventKind.RECEIPT, b"x"))
    found = verify_tail(tmp_path / "branch.db")
    assert found.whole
    assert found.entries == 3


async def test_the_whole_chain_is_checked_page_by_page_while_the_journal_grows(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        new = [NewEntry(event_id(n), "k1", n, EventKind.RECEIPT, b"x") for n in range(1, 201)]
        await branch.writer.submit(lambda connection: branch.journal.append_in(connection, new))
        found = await verify_whole_chain(branch.path)
        assert found == ChainReport(Head(200, branch.journal.head_hash), 200)


def test_an_empty_journal_is_whole(tmp_path: Path) -> None:
    make_store(tmp_path / "branch.db")
    assert verify_tail(tmp_path / "branch.db") == check(tmp_path / "branch.db")


@pytest.mark.parametrize("sequence", [1, 6, ENTRIES])
def test_a_hash_that_was_changed_is_told_from_content_that_was(whole: Path, tmp_path: Path, sequence: int) -> None:
    """The entry behind proves the content; the last entry has none behind it."""
    path = tmp_path / "tampered.db"
    shutil.copyfile(whole, path)
    connection = tampered(path)
    connection.execute("UPDATE journal SET chain_hash = zeroblob(32) WHERE sequence = ?", (sequence,))
    connection.close()
    (damage,) = check(path).damages
    changed = DamageKind.CHANGED if sequence == ENTRIES else DamageKind.HASH_CHANGED
    assert (damage.sequence, damage.kind) == (sequence, changed)


def test_damage_in_many_places_is_named_in_each(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "tampered.db"
    shutil.copyfile(whole, path)
    connection = tampered(path)
    connection.execute("UPDATE journal SET body = x'00' WHERE sequence IN (2, 3, 9)")
    connection.execute("DELETE FROM journal WHERE sequence IN (5, 6)")
    connection.close()
    found = [(damage.sequence, damage.through) for damage in check(path).damages]
    assert found == [(2, 2), (3, 3), (5, 6), (7, 7), (9, 9)]


async def test_pages_that_the_disk_spoilt_are_named_and_the_rest_is_proved(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        new = [NewEntry(event_id(n), "k1", n, EventKind.RECEIPT, noise(900)) for n in range(1, 201)]
        await branch.writer.submit(lambda connection: branch.journal.append_in(connection, new))
    path = tmp_path / "branch.db"
    page = _leaf_of(path, 100)
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    found = check(path)
    unreadable = [damage for damage in found.damages if damage.kind is DamageKind.UNREADABLE]
    lost = sum(one.through - one.sequence + 1 for one in found.damages if one.kind is not DamageKind.UNPROVED)
    assert unreadable
    assert any(damage.sequence <= 100 <= damage.through for damage in unreadable)
    assert found.head.sequence == 200
    assert found.entries == 200 - lost > 180


def _leaf_of(path: Path, sequence: int) -> int:
    """The page that holds an entry: its body stands on no other."""
    connection = sqlite3.connect(path)
    (body,) = connection.execute("SELECT body FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    connection.close()
    return path.read_bytes().index(body) // 4096 + 1
