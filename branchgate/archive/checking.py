"""Verifying an archive: every file against its manifest, every entry against the chain, every month against the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from branchgate.archive.entries import archived_entries, open_parquet
from branchgate.archive.manifest import ArchivedFile, Manifest, digest_of, month_folders, read_manifest
from branchgate.chain_walk import ChainWalk, Damage
from branchgate.errors import Refused


@dataclass(frozen=True, slots=True)
class ArchiveFault:
    """Something is wrong with a file or a month: `place` names it, `value` is what was found, `rule` what should be there."""

    reason: str
    place: str
    value: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class MonthDamage:
    """An entry that is not as it was written, and the month whose file holds it."""

    month: str
    damage: Damage


@dataclass(frozen=True, slots=True)
class ArchiveVerdict:
    """What came of it; `last` and `last_hash` are where the archive ends."""

    months: int
    entries: int
    faults: int
    last: int
    last_hash: str


Found: TypeAlias = ArchiveFault | MonthDamage | ArchiveVerdict


def check_archive(archive: Path) -> Iterator[Found]:
    """Verifies all months; the verdict comes last. Raises Refused (ARCHIVE_EMPTY) for a folder without a month."""
    folders = month_folders(archive)
    if not folders:
        raise Refused("ARCHIVE_EMPTY", field="archive", value=archive)
    faults = entries = 0
    before: Manifest | None = None
    for folder in folders:
        try:
            manifest = read_manifest(folder)
        except Refused as failure:
            faults += 1
            yield ArchiveFault(failure.reason, folder.name, failure.value, failure.rule)
            continue
        for found in (*_joined(before, manifest), *check_month(folder, manifest)):
            faults += 1
            yield found
        entries += manifest.entries
        before = manifest
    last, last_hash = (before.last, before.last_hash) if before is not None else (0, "")
    yield ArchiveVerdict(len(folders), entries, faults, last, last_hash)


def check_month(folder: Path, manifest: Manifest) -> Iterator[ArchiveFault | MonthDamage]:
    """Verifies one month by itself."""
    walk = ChainWalk(manifest.after, bytes.fromhex(manifest.after_hash))
    connection = open_parquet()
    try:
        for file in manifest.files:
            place = f"{manifest.month}/{file.name}"
            path = folder / file.name
            if not path.is_file():
                yield ArchiveFault("ARCHIVE_FILE_MISSING", place)
                continue
            if path.stat().st_size != file.size_bytes or digest_of(path) != file.sha256:
                yield ArchiveFault("ARCHIVE_FILE_CHANGED", place)
            try:
                if file.journal:
                    for entry in archived_entries(connection, path):
                        yield from (MonthDamage(manifest.month, damage) for damage in walk.feed(entry))
                yield from _rows(connection, path, file, place)
            except (duckdb.Error, AttributeError, UnicodeDecodeError) as failure:
                yield ArchiveFault("ARCHIVE_FILE_UNREADABLE", place, str(failure).splitlines()[0])
    finally:
        connection.close()
    yield from (MonthDamage(manifest.month, damage) for damage in walk.finish())
    if (walk.sequence, walk.chain_hash.hex()) != (manifest.last, manifest.last_hash):
        yield ArchiveFault("ARCHIVE_MONTH_ENDS_ELSEWHERE", manifest.month, str(walk.sequence), str(manifest.last))


def _rows(connection: duckdb.DuckDBPyConnection, path: Path, file: ArchivedFile, place: str) -> Iterator[ArchiveFault]:
    """Every column of every row is read: a damaged page of a table that nobody asks for would show only when it is too late."""
    ((rows, _),) = connection.execute(
        "SELECT count(*), bit_xor(hash(t)) FROM read_parquet(?) t", [str(path)]
    ).fetchall()
    if rows != file.rows:
        yield ArchiveFault("ARCHIVE_ROWS_DIFFER", place, str(rows), str(file.rows))


def _joined(before: Manifest | None, manifest: Manifest) -> Iterator[ArchiveFault]:
    """A month begins where the one before it ends, with the same chain hash, in the same branch."""
    if before is None:
        return
    if before.branch_id != manifest.branch_id:
        yield ArchiveFault("ARCHIVE_OTHER_BRANCH", manifest.month, manifest.branch_id, before.branch_id)
    if (before.last, before.last_hash) != (manifest.after, manifest.after_hash):
        yield ArchiveFault("ARCHIVE_MONTHS_APART", manifest.month, f"{manifest.after + 1}", f"{before.last + 1}")
