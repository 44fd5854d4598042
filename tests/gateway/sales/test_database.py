"""A damaged, shortened, foreign or missing file is noticed, kept under a dated name and made again from the journal."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from gateway.sales.database import wal_of
from tests.gateway.sales.opened_store import opened_store
from tests.gateway.sales.samples import sample_receipt
from tests.gateway.sales.written_journal import WrittenJournal

RECEIPTS = 300


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[WrittenJournal]:
    written = WrittenJournal(tmp_path)
    written.receipts([(f"kasse-{number % 3}", sample_receipt(number)) for number in range(1, RECEIPTS + 1)])
    yield written
    written.close()


def fill(journal: WrittenJournal) -> None:
    with opened_store(journal) as store:
        store.fill(100)


def keep_wal(journal: WrittenJournal) -> None:
    """Leaves the file as a power cut does: with a log that was not yet copied into it."""
    with opened_store(journal) as store:
        store.fill(100)
        for path in (journal.store, wal_of(journal.store)):
            shutil.copy(path, path.with_suffix(path.suffix + ".cut"))
    for path in (journal.store, wal_of(journal.store)):
        path.with_suffix(path.suffix + ".cut").rename(path)


def set_aside_files(journal: WrittenJournal) -> list[str]:
    return sorted(path.name for path in journal.store.parent.glob("*.set-aside-*"))


def assert_right(journal: WrittenJournal, *, read_all: bool = False) -> str:
    """Opens, fills and compares; returns why the file was set aside."""
    with opened_store(journal, read_all=read_all) as store:
        store.fill()
        assert store.branch().receipt_count == RECEIPTS
        assert store.filler.watermark.sequence == journal.head
        return store.opened.reason


def fails(journal: WrittenJournal) -> bool:
    try:
        assert_right(journal)
    except duckdb.Error:
        return True
    return False


def test_a_sound_file_is_taken_up_where_it_was_left(journal: WrittenJournal) -> None:
    fill(journal)
    with opened_store(journal) as store:
        assert store.opened.watermark == journal.head
        assert store.opened.set_aside == ""


def test_a_deleted_file_is_made_again(journal: WrittenJournal) -> None:
    fill(journal)
    journal.store.unlink()
    assert assert_right(journal) == ""


def test_a_log_without_its_file_is_not_replayed(journal: WrittenJournal) -> None:
    keep_wal(journal)
    journal.store.unlink()
    assert assert_right(journal) == ""


def test_a_deleted_log_loses_nothing(journal: WrittenJournal) -> None:
    """DuckDB opens without its log and says nothing; tables and watermark are gone or old together."""
    keep_wal(journal)
    wal_of(journal.store).unlink()
    assert_right(journal)


@pytest.mark.parametrize("kept", [0, 1, 4096, 12288, 100_000])
def test_a_truncated_file_is_set_aside(journal: WrittenJournal, kept: int) -> None:
    fill(journal)
    os.truncate(journal.store, kept)
    assert assert_right(journal, read_all=True).startswith(("UNREADABLE", "ROWS_MISSING"))
    assert set_aside_files(journal) == ["sales.duckdb.set-aside-20261016T100000Z"]


def appended_zeros(data: bytearray) -> None:
    data += bytes(4096)


def last_block_zeroed(data: bytearray) -> None:
    data[-512:] = bytes(512)


def flipped(seed: int) -> Callable[[bytearray], None]:
    def flip(data: bytearray) -> None:
        data[random.Random(seed).randrange(len(data))] ^= 0x40

    flip.__name__ = f"flipped_{seed}"
    return flip


@pytest.mark.parametrize("damage", [appended_zeros, last_block_zeroed, *(flipped(seed) for seed in range(6))])
def test_a_damaged_log_never_makes_wrong_figures(journal: WrittenJournal, damage: Callable[[bytearray], None]) -> None:
    keep_wal(journal)
    data = bytearray(wal_of(journal.store).read_bytes())
    damage(data)
    wal_of(journal.store).write_bytes(data)
    assert_right(journal)


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_bit_in_the_file_never_makes_wrong_figures(journal: WrittenJournal, seed: int) -> None:
    """Some blocks are read only by a question: then that fails, and the next start reads everything before it believes anything."""
    fill(journal)
    data = bytearray(journal.store.read_bytes())
    flipped(seed)(data)
    journal.store.write_bytes(data)
    if fails(journal):
        assert assert_right(journal, read_all=True).startswith("UNREADABLE")


def test_rows_that_are_missing_are_noticed(journal: WrittenJournal) -> None:
    fill(journal)
    with duckdb.connect(str(journal.store)) as connection:
        connection.execute("DELETE FROM payments WHERE sequence = 7")
    assert assert_right(journal) == "ROWS_MISSING"


def test_a_file_that_is_ahead_of_the_journal_is_kept_as_evidence(journal: WrittenJournal, tmp_path: Path) -> None:
    fill(journal)
    shorter = tmp_path / "restored"
    shorter.mkdir()
    restored = WrittenJournal(shorter)
    restored.receipts([("kasse-1", sample_receipt(number)) for number in range(1, 11)])
    shutil.copy(journal.store, restored.store)
    with opened_store(restored) as store:
        assert (store.opened.ahead, store.opened.ahead_watermark) == (True, RECEIPTS)
        assert store.opened.reason == "AHEAD_OF_JOURNAL"
        kept = restored.store.with_name(store.opened.set_aside)
        store.fill()
        assert store.branch().receipt_count == 10
    with duckdb.connect(str(kept), read_only=True) as evidence:
        assert evidence.execute("SELECT count(*) FROM receipts").fetchall() == [(RECEIPTS,)]
    restored.close()


def test_another_history_under_the_same_id_is_noticed(journal: WrittenJournal, tmp_path: Path) -> None:
    fill(journal)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = WrittenJournal(elsewhere, salt=b"other")
    other.receipts([("kasse-1", sample_receipt(number)) for number in range(1, RECEIPTS + 10)])
    shutil.copy(journal.store, other.store)
    with opened_store(other) as store:
        assert store.opened.reason == "OTHER_HISTORY"
        assert (store.opened.ahead, store.opened.ahead_watermark) == (
            True,
            RECEIPTS,
        )  # it knows entries that are not here
    other.close()


def test_a_journal_that_goes_on_under_another_id_keeps_its_store(journal: WrittenJournal) -> None:
    """After a restart it was taken for another journal's, set aside and built anew from the first entry."""
    fill(journal)
    journal.replace_id(b"k" * 16)
    assert assert_right(journal) == ""


def test_a_journal_that_was_replaced_is_noticed(journal: WrittenJournal, tmp_path: Path) -> None:
    fill(journal)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    new = WrittenJournal(elsewhere, b"k" * 16)
    shutil.copy(journal.store, new.store)
    with opened_store(new) as store:
        assert store.opened.reason == "OTHER_JOURNAL"
        assert (store.opened.ahead, store.opened.ahead_watermark) == (True, RECEIPTS)
    new.close()


def test_a_journal_that_goes_on_under_another_id_while_it_is_followed_needs_no_rebuild(journal: WrittenJournal) -> None:
    with opened_store(journal) as store:
        store.fill()
        journal.replace_id(b"k" * 16)
        journal.receipts([("kasse-1", sample_receipt(RECEIPTS + 1))])
        store.fill()
    with opened_store(journal) as store:
        assert (store.opened.watermark, store.opened.set_aside) == (journal.head, "")


def test_files_set_aside_in_the_same_second_do_not_overwrite_each_other(journal: WrittenJournal) -> None:
    for _ in range(2):
        journal.store.write_bytes(b"no database")
        fill(journal)
    assert set_aside_files(journal) == [
        "sales.duckdb.set-aside-20261016T100000Z",
        "sales.duckdb.set-aside-20261016T100000Z-2",
    ]
