"""Writes one month: the journal's entries in portions, then the sales and closings that they tell, then the manifest.

All of it under a name of its own, so that nobody takes half a month for a month; a month that broke off is begun anew. Entries are held
against the chain before they are written, and everything is read back before the month gets its name.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from branchgate import __version__
from branchgate.archive.checking import check_month
from branchgate.archive.entries import ENTRY_COLUMNS
from branchgate.archive.manifest import ArchivedFile, Manifest, digest_of, write_manifest
from branchgate.chain_walk import ChainWalk, StoredEntry
from branchgate.errors import Refused, RefusedKind
from gateway.archive.order import Archived, Progress, Task
from gateway.archive.plan import Stretch
from gateway.sales.batches import BatchMaker
from gateway.sales.csvfile import csv_lines, load
from gateway.sales.database import connect
from gateway.sales.days import DayRule
from gateway.sales.opened import Tuning
from gateway.sales.periods import Periods
from gateway.sales.source import JournalRow, JournalSource
from gateway.sales.tables import SCHEMA, Table

KEPT_FREE: Final = 256 * 1024 * 1024
"""Archiving stops before it takes the room that sales need."""

SHARE_OF_BODIES: Final = 2.5
"""Room for the temporary tables and the files together, as a share of the month's bytes in the journal."""

_READ: Final = 500
_PORTION_ENTRIES: Final = 50_000
_PORTION_BYTES: Final = 32 * 1024 * 1024
_PARQUET: Final = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)"

_ENTRIES: Final = Table(
    "entries",
    (
        ("sequence", "BIGINT"),
        ("event_id", "VARCHAR"),
        ("register_id", "VARCHAR"),
        ("register_sequence", "BIGINT"),
        ("kind", "INTEGER"),
        ("recorded_at", "BIGINT"),
        ("body", "VARCHAR"),
        ("chain_hash", "VARCHAR"),
    ),
)
_AS_BYTES: Final = "* REPLACE (unhex(event_id) AS event_id, unhex(body) AS body, unhex(chain_hash) AS chain_hash)"

_SALES: Final = {
    "receipts": "t.* EXCLUDE (period)",
    "lines": "t.* EXCLUDE (period)",
    "vat_sums": "t.* EXCLUDE (period)",
    "payments": "t.* EXCLUDE (period)",
    "drawer_openings": "t.* EXCLUDE (period)",
    "findings": "t.* EXCLUDE (period)",
    "cash_counts": "t.* EXCLUDE (period, body), unhex(t.body) AS body",
    "closings": "t.* EXCLUDE (period, register_id, z_number, event_id), unhex(t.event_id) AS event_id",
}
"""The tables of a month: those of the sales store, with register and Z number in the place of the store's own number of a period."""

Tell = Callable[[Progress], None]


class StretchSource(JournalSource):
    """The journal as if it ended with a month."""

    def __init__(self, path: Path, through: int) -> None:
        super().__init__(path)
        self._through = through

    def read(self, after: int, limit: int) -> list[JournalRow]:
        """As ever, and nothing behind the month."""
        return [row for row in super().read(after, limit) if row.sequence <= self._through]


class MonthWriter:
    """Writes months of one task. Raises Refused (ARCHIVE_...), duckdb.Error, sqlite3.Error, OSError; what is begun is cleared away."""

    def __init__(self, task: Task, journal: Path, tell: Tell) -> None:
        self._task = task
        self._journal = journal
        self._tell = tell
        self._archive = Path(task.archive)

    def write(self, stretch: Stretch) -> tuple[Manifest, Archived]:
        """Writes, verifies and names a month."""
        work = self._archive / f".{stretch.month}.part"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700, parents=True)
        try:
            manifest = self._make(stretch, work)
            folder = self._archive / stretch.month
            work.rename(folder)
            _synced(self._archive)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        size = sum(file.size_bytes for file in manifest.files)
        return manifest, Archived(
            stretch.month, str(folder), stretch.after + 1, manifest.last, manifest.last_hash, size
        )

    def _make(self, stretch: Stretch, work: Path) -> Manifest:
        source = StretchSource(self._journal, stretch.through)
        try:
            with _scratch(work / "scratch", self._task.memory_limit_mb) as connection:
                walk, files = self._entries(stretch, source, connection, work)
                files += self._sales(stretch, source, connection, work)
            journal_id = source.end().journal_id
        finally:
            source.close()
        manifest = Manifest(
            month=stretch.month,
            branch_id=self._task.branch_id,
            journal_id=journal_id.hex(),
            after=stretch.after,
            after_hash=stretch.after_hash.hex(),
            last=stretch.through,
            last_hash=walk.chain_hash.hex(),
            program=f"branchgate {__version__}",
            written_at_ms=self._task.now_ms,
            files=tuple(files),
        )
        self._tell(Progress(stretch.month, "check", 0, len(files)))
        for fault in check_month(work, manifest):
            raise Refused("ARCHIVE_FAILED", field="archive", rule=str(fault), kind=RefusedKind.NOT_NOW)
        self._tell(Progress(stretch.month, "check", len(files), len(files)))
        write_manifest(work, manifest)
        for path in work.iterdir():
            _synced(path)
        _synced(work)
        return manifest

    def _entries(
        self, stretch: Stretch, source: StretchSource, connection: duckdb.DuckDBPyConnection, work: Path
    ) -> tuple[ChainWalk, list[ArchivedFile]]:
        walk = ChainWalk(stretch.after, stretch.after_hash)
        files: list[ArchivedFile] = []
        total = stretch.through - stretch.after
        for portion in _portions(source, stretch.after):
            for row in portion:
                _require_whole(walk, row)
            self._require_room(sum(len(row.body) for row in portion))
            path = work / f"journal-{len(files) + 1:06d}.parquet"
            _load_entries(connection, portion, work / "entries.csv")
            connection.execute(
                f"COPY (SELECT {ENTRY_COLUMNS} FROM (SELECT {_AS_BYTES} FROM entries) ORDER BY sequence) TO {_quoted(path)} {_PARQUET}"
            )
            files.append(_file(path, len(portion), journal=True))
            self._tell(Progress(stretch.month, "journal", walk.sequence - stretch.after, total))
        for damage in walk.finish():
            raise _damaged(damage.sequence)
        if walk.sequence != stretch.through:
            raise _damaged(walk.sequence + 1)
        (work / "entries.csv").unlink()
        connection.execute("DROP TABLE entries")
        return walk, files

    def _sales(
        self, stretch: Stretch, source: StretchSource, connection: duckdb.DuckDBPyConnection, work: Path
    ) -> list[ArchivedFile]:
        for statement in SCHEMA:
            connection.execute(statement)
        periods = Periods(DayRule(self._task.time_zone, self._task.day_starts_at_minutes))
        periods.restore(0, stretch.next_z, [])
        batches = BatchMaker(source, work / "scratch" / "batches", periods, stretch.after)
        total = stretch.through - stretch.after
        while batch := batches.make(_READ * 4):
            for statement in batch.statements:
                connection.execute(statement)
            self._require_room(0)
            self._tell(Progress(stretch.month, "sales", batch.last - stretch.after, total))
        files = []
        for name, columns in _SALES.items():
            path = work / f"{name}.parquet"
            select = f"SELECT p.register_id, p.z_number, {columns} FROM {name} t JOIN periods p USING (period) ORDER BY t.sequence"
            connection.execute(f"COPY ({select}) TO {_quoted(path)} {_PARQUET}")
            ((rows,),) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
            files.append(_file(path, rows))
        return files

    def _require_room(self, body_bytes: int) -> None:
        needed = KEPT_FREE + int(body_bytes * SHARE_OF_BODIES)
        free = shutil.disk_usage(self._archive).free
        if free < needed:
            rule, value = f"{-(-needed // 1_000_000)} MB", f"{free // 1_000_000} MB"
            raise Refused("ARCHIVE_NO_ROOM", field="archive", value=value, rule=rule, kind=RefusedKind.NOT_NOW)


def _portions(source: StretchSource, after: int) -> Iterator[list[JournalRow]]:
    """Entries in files' worth, read a little at a time so that the writer's log can be copied home in between."""
    portion: list[JournalRow] = []
    size = 0
    while rows := source.read(after, _READ):
        portion += rows
        size += sum(len(row.body) for row in rows)
        after = rows[-1].sequence
        if len(portion) >= _PORTION_ENTRIES or size >= _PORTION_BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _require_whole(walk: ChainWalk, row: JournalRow) -> None:
    entry = StoredEntry(
        row.sequence,
        row.event_id,
        row.register_id.encode(),
        row.register_sequence,
        row.kind,
        row.recorded_at_ms,
        row.body,
        row.chain_hash,
    )
    for damage in walk.feed(entry):
        raise _damaged(damage.sequence)


def _damaged(sequence: int) -> Refused:
    return Refused("ARCHIVE_JOURNAL_DAMAGED", field="journal", value=sequence, kind=RefusedKind.NOT_NOW)


def _load_entries(connection: duckdb.DuckDBPyConnection, portion: list[JournalRow], path: Path) -> None:
    connection.execute("DROP TABLE IF EXISTS entries")
    connection.execute(_ENTRIES.create)
    rows = [
        row._replace(event_id=row.event_id.hex(), body=row.body.hex(), chain_hash=row.chain_hash.hex())  # type: ignore[arg-type]
        for row in portion
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        file.writelines(csv_lines(_ENTRIES, list(rows)))
    connection.execute(load(_ENTRIES, path, max(len(row.body) for row in portion)))


@contextmanager
def _scratch(folder: Path, memory_limit_mb: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables for the time of the work, on disk and within the memory limit."""
    folder.mkdir()
    connection = connect(folder / "month.duckdb", Tuning(memory_limit_mb=memory_limit_mb, threads=1))
    try:
        yield connection
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _file(path: Path, rows: int, *, journal: bool = False) -> ArchivedFile:
    return ArchivedFile(path.name, rows, path.stat().st_size, digest_of(path), journal)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _synced(path: Path) -> None:
    """On disk, before anybody is told."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
