"""Closed months as files: the same entries, the same chain, the same answers; nothing half, nothing damaged unnoticed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from branchgate.archive.checking import ArchiveFault, ArchiveVerdict, MonthDamage, check_archive
from branchgate.archive.manifest import digest_of, manifests
from branchgate.errors import Refused
from gateway.archive import month as month_module
from gateway.archive.answers import archived_sales
from gateway.archive.month import MonthWriter
from gateway.archive.order import ArchiveOrder, Progress
from gateway.archive.reading import ArchivedJournal
from gateway.dsfinvk.export import Export
from gateway.dsfinvk.order import ExportOrder, Task
from gateway.dsfinvk.workplace import ZIP_NAME
from gateway.sales.database import open_in_memory
from gateway.sales.days import DayRule
from gateway.sales.filler import Filler
from gateway.sales.opened import Tuning
from gateway.sales.queries import figures_by, periods_where
from gateway.sales.source import JournalSource
from gateway.sales.span import Span
from tests.branchgate.receipt_strategies import NOON_MS
from tests.gateway.archive.archived_shop import (
    DAY_MS,
    DAYS,
    DECEMBER_MS,
    Weeks,
    archived,
    made_weeks,
    sell_days,
)
from tests.gateway.closing.shop import closed
from tests.gateway.dsfinvk.exported import unpacked
from tests.gateway.sales.samples import sample_receipt


def verdict(archive: Path) -> tuple[list[Any], ArchiveVerdict]:
    *faults, last = list(check_archive(archive))
    assert isinstance(last, ArchiveVerdict)
    return faults, last


def rows_of(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "branch.db") as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    return asyncio.run(made_weeks(tmp_path_factory.mktemp("weeks")))


@pytest.fixture
def shop(weeks: Weeks, tmp_path: Path) -> Path:
    """The folder of a branch that stands still."""
    return weeks.copied(tmp_path)


@pytest.fixture
def archive(shop: Path) -> Path:
    """The archive of its two months."""
    assert len(archived(shop, until="2026-11")) == 2
    return shop / "archive"


def test_an_archive_is_the_journal_entry_by_entry_and_its_chain_goes_on(shop: Path) -> None:
    told: list[Progress] = []
    made = archived(shop, told=told, until="2026-11")
    ((head,),) = rows_of(shop, "SELECT max(sequence) FROM journal")
    assert [month.month for month in made] == ["2026-10", "2026-11"]
    assert (made[0].first, made[1].first, made[1].last) == (1, made[0].last + 1, head)
    assert {progress.stage for progress in told} == {"journal", "sales", "check"}
    faults, last = verdict(shop / "archive")
    assert (faults, last.months, last.entries, last.last) == ([], 2, head, head)
    source, copy = JournalSource(shop / "branch.db"), ArchivedJournal(shop / "archive")
    assert copy.read(0, 10_000) == source.read(0, 10_000)
    assert copy.read(17, 5) == source.read(17, 5)
    assert copy.end() == source.end()
    assert copy.chain_hash(made[0].last) == source.chain_hash(made[0].last)
    copy.close()
    source.close()
    assert not list((shop / "archive").glob(".*"))


def test_tables_of_a_month_add_up_to_its_closings(archive: Path, weeks: Weeks) -> None:
    """Read by nothing but DuckDB: whoever has the files needs no program of ours."""
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT register_id, z_number, count(*), sum(total_cents)"
            f" FROM read_parquet('{archive}/*/receipts.parquet') GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        days = connection.execute(
            f"SELECT register_id, z_number, business_day FROM read_parquet('{archive}/*/closings.parquet') ORDER BY ALL"
        ).fetchall()
    assert found == sorted(
        (one.register_id, one.z_number, one.figures.receipt_count, one.figures.gross_cents) for one in weeks.past
    )
    assert days == sorted((one.register_id, one.z_number, one.business_day) for one in weeks.past)


def test_closings_and_a_year_are_answered_from_the_archive_as_from_the_store(archive: Path, weeks: Weeks) -> None:
    with archived_sales(archive) as sales:
        whole, parts = sales.closed(None, "2026-01-01", "2026-12-31", Span.MONTH)
        assert (whole, tuple(parts)) == (weeks.year.whole, weeks.year.parts)
        assert sales.closings(None, 1_000) == weeks.past
        assert [one.z_number for one in sales.closings("kasse-2", 1, to_day="2026-10-31")] == [8]


def test_any_figure_of_a_period_is_found_by_filling_a_store_from_the_archive(archive: Path, weeks: Weeks) -> None:
    """The same decoding of the same rows: X-like figures of the past, lines included."""
    journal = ArchivedJournal(archive)
    connection, _ = open_in_memory(journal, Tuning(threads=1))
    filler = Filler(connection, journal, archive.parent / "batches", DayRule())
    while filler.fill(30):
        pass
    periods = periods_where(connection, "true", [])
    figures = figures_by(connection, periods, together=False)
    assert {(one.register_id, one.z_number): figures[one.number] for one in periods} == {
        (one.register_id, one.z_number): one.figures for one in weeks.past
    }
    filler.close()
    connection.close()
    journal.close()


def test_an_export_from_the_archive_is_the_one_from_the_journal(archive: Path, tmp_path: Path) -> None:
    task = Task(ExportOrder("2026-10-20", "2026-11-05"), str(tmp_path), "", DECEMBER_MS)
    made = {}
    for name, wanted in (("journal", task), ("archive", replace(task, archive=str(archive)))):
        work = tmp_path / f"export-{name}"
        work.mkdir()
        summary = Export(replace(wanted, work=str(work)), lambda _: None).make()
        made[name] = summary.closings, summary.receipts, summary.notes, unpacked((work / ZIP_NAME).read_bytes())
    assert made["archive"] == made["journal"]
    assert made["archive"][0] > 20


async def test_months_are_added_and_what_is_there_is_left_alone(weeks: Weeks, tmp_path: Path) -> None:
    async with weeks.going_on(tmp_path) as shop:
        archived(tmp_path, month="2026-10")
        before = digest_of(tmp_path / "archive" / "2026-10" / "manifest.json")
        await sell_days(shop, DAYS, 1)
        (november,) = archived(tmp_path, until="2026-11")
        assert november.month == "2026-11"
        with pytest.raises(Refused, match="ARCHIVE_NOTHING_CLOSED"):
            archived(tmp_path, until="2026-11")
    assert digest_of(tmp_path / "archive" / "2026-10" / "manifest.json") == before
    assert verdict(tmp_path / "archive")[0] == []


async def test_a_day_closed_late_lies_in_the_next_month_and_the_chain_has_no_gap(weeks: Weeks, tmp_path: Path) -> None:
    """A register comes back with sales of October when October has been archived."""
    async with weeks.going_on(tmp_path) as shop:
        archived(tmp_path, month="2026-10")
        await shop.sell("kasse-3", sample_receipt(1, NOON_MS + 3 * DAY_MS, 777))
        (late,) = [step.closing for step in closed(await shop.close(99))]
        assert late.business_day == "2026-10-19"
        await sell_days(shop, DAYS, 1)
        archived(tmp_path, until="2026-11")
        year = await shop.sales.closed(None, shop.branch.journal.head)
    assert verdict(tmp_path / "archive")[0] == []
    with archived_sales(tmp_path / "archive") as sales:
        assert sales.closed(None, "", "", Span.WHOLE)[0] == year.whole


async def test_a_month_that_is_not_over_is_refused_and_says_who_is_late(weeks: Weeks, tmp_path: Path) -> None:
    async with weeks.going_on(tmp_path) as shop:
        with pytest.raises(Refused, match="ARCHIVE_MONTH_OPEN"):
            archived(tmp_path, NOON_MS + 21 * DAY_MS, until="2026-11")
        await shop.sell("kasse-2", sample_receipt(99, NOON_MS + 5 * DAY_MS))
        with pytest.raises(Refused, match="ARCHIVE_MONTH_OPEN") as told:
            archived(tmp_path, until="2026-10")
        assert told.value.rule == "kasse-2, 2026-10-21"
        assert not (tmp_path / "archive").exists()


def test_a_damaged_journal_is_not_archived(shop: Path) -> None:
    with sqlite3.connect(shop / "branch.db") as connection:
        connection.execute("DROP TRIGGER journal_keeps_values")
        connection.execute("UPDATE journal SET body = CAST(body || x'00' AS BLOB) WHERE sequence = 20")
    with pytest.raises(Refused, match="ARCHIVE_JOURNAL_DAMAGED") as told:
        archived(shop, until="2026-11")
    assert told.value.value == "20"
    assert list((shop / "archive").iterdir()) == []


def test_nothing_is_taken_out_of_the_journal(shop: Path) -> None:
    before = rows_of(shop, "SELECT sequence, chain_hash FROM journal")
    archived(shop, until="2026-11")
    assert rows_of(shop, "SELECT sequence, chain_hash FROM journal") == before


def test_a_month_that_breaks_off_leaves_no_month_and_is_begun_anew(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(MonthWriter, "_sales", fails)
        with pytest.raises(OSError, match="No space"):
            archived(shop, until="2026-11")
    assert list((shop / "archive").iterdir()) == []
    (shop / "archive" / ".2026-10.part").mkdir()
    (shop / "archive" / ".2026-10.part" / "journal-000001.parquet").write_bytes(b"half")
    assert len(archived(shop, until="2026-11")) == 2
    assert verdict(shop / "archive")[0] == []


def test_many_portions_are_one_month(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month_module, "_PORTION_ENTRIES", 10)
    monkeypatch.setattr(month_module, "_READ", 7)
    archived(shop, until="2026-11")
    ((_, october), _) = manifests(shop / "archive")
    assert sum(file.journal for file in october.files) > 3
    assert verdict(shop / "archive")[0] == []


def test_a_full_disk_is_told_before_it_is_full(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month_module, "KEPT_FREE", 1 << 60)
    with pytest.raises(Refused, match="ARCHIVE_NO_ROOM"):
        archived(shop, until="2026-10")
    assert list((shop / "archive").iterdir()) == []


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def rewritten(path: Path) -> None:
    """An entry changed by someone who also writes good Parquet and mends the manifest's digest."""
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (CASE WHEN sequence = 5 THEN unhex('00') ELSE body END AS body) FROM read_parquet('{path}'))"
            f" TO '{path}.new' (FORMAT parquet)"
        )
    Path(f"{path}.new").rename(path)
    mended(path, sha256=digest_of(path), size_bytes=path.stat().st_size)


def mended(path: Path, **values: object) -> None:
    manifest = path.with_name("manifest.json")
    told = json.loads(manifest.read_text())
    for file in told["files"]:
        if file["name"] == path.name:
            file.update(values)
    manifest.write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("name", "harm", "reasons"),
    [
        ("journal-000001.parquet", flipped, {"ARCHIVE_FILE_CHANGED"}),
        ("lines.parquet", flipped, {"ARCHIVE_FILE_CHANGED"}),
        ("payments.parquet", Path.unlink, {"ARCHIVE_FILE_MISSING"}),
        ("receipts.parquet", lambda path: path.write_bytes(b""), {"ARCHIVE_FILE_CHANGED", "ARCHIVE_FILE_UNREADABLE"}),
        ("lines.parquet", lambda path: mended(path, rows=1), {"ARCHIVE_ROWS_DIFFER"}),
        ("journal-000001.parquet", rewritten, {"JOURNAL_ENTRY_CHANGED"}),
        ("manifest.json", lambda path: path.write_text("{}"), {"ARCHIVE_MANIFEST_UNREADABLE"}),
    ],
)
def test_damage_is_named(archive: Path, name: str, harm: Callable[[Path], object], reasons: set[str]) -> None:
    harm(archive / "2026-10" / name)
    faults, last = verdict(archive)
    told = {fault.damage.kind.value if isinstance(fault, MonthDamage) else fault.reason for fault in faults}
    assert reasons <= told
    places = {fault.place for fault in faults if isinstance(fault, ArchiveFault) and fault.reason in reasons}
    assert places <= {f"2026-10/{name}", "2026-10"}
    assert last.faults == len(faults)


def renamed(archive: Path, month: str, other: str) -> None:
    """Calls a month by another name, in its manifest too."""
    folder = (archive / month).rename(archive / other)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"{month}"', f'"{other}"'))


def test_months_that_do_not_follow_each_other_are_named_and_answer_nothing(archive: Path) -> None:
    renamed(archive, "2026-11", "2026-09")
    faults, _ = verdict(archive)
    assert [(fault.reason, fault.place) for fault in faults] == [("ARCHIVE_MONTHS_APART", "2026-10")]
    with pytest.raises(Refused, match="ARCHIVE_MONTHS_APART"), archived_sales(archive):
        pass
    with pytest.raises(Refused, match="ARCHIVE_EMPTY"):
        list(check_archive(archive / "2026-10"))


def test_an_earlier_month_is_written_where_it_belongs(shop: Path) -> None:
    archived(shop, month="2026-11")
    assert verdict(shop / "archive")[0] == []
    archived(shop, month="2026-10")
    faults, last = verdict(shop / "archive")
    assert (faults, last.months) == ([], 2)


@pytest.mark.parametrize(
    "order", [{}, {"month": "2026-10", "until": "2026-11"}, {"month": "Oktober"}, {"until": "2026-13"}]
)
def test_an_order_names_one_month_or_the_last(order: dict[str, str]) -> None:
    with pytest.raises(Refused, match="INVALID_VALUE"):
        ArchiveOrder(**order)
