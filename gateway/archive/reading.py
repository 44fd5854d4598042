"""An archive read as the journal is read: the same rows in the same order, so that whatever decodes the one decodes the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb

from branchgate.archive.entries import ENTRY_COLUMNS, open_parquet
from branchgate.archive.manifest import Manifest, manifests
from branchgate.errors import Refused
from branchgate.events import EventKind
from gateway.sales.source import JournalEnd, JournalRow, JournalSource

_WINDOW: Final = 20_480
"""Entries that one read looks at where every kind is wanted: one group of rows of a file."""


class ArchiveRows:
    """What a statement found, as SQLite's cursors give it out."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return self._cursor.fetchall()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        while rows := self._cursor.fetchmany(200):
            yield from rows

    def close(self) -> None:
        """Forgets the rows."""
        self._cursor.close()


class ArchiveConnection:
    """Answers the journal's statements from Parquet files: the tables `journal`, `meta` and `register_state`, in which nothing is open.

    Raises Refused (ARCHIVE_EMPTY, ARCHIVE_MANIFEST_UNREADABLE, ARCHIVE_MONTHS_APART, ARCHIVE_FILE_UNREADABLE).
    """

    def __init__(self, archive: Path) -> None:
        months = manifests(archive)
        if not months:
            raise Refused("ARCHIVE_EMPTY", field="archive", value=archive)
        self.first, self.last = months[0][1], months[-1][1]
        for (_, before), (_, month) in pairwise(months):
            _require_joined(before, month)
        files = [folder / file.name for folder, month in months for file in month.files if file.journal]
        self._connection = open_parquet()
        try:
            self._views(files)
        except duckdb.Error as failure:
            self._connection.close()
            rule = str(failure).splitlines()[0]
            raise Refused("ARCHIVE_FILE_UNREADABLE", field=str(archive), value=rule) from failure

    def execute(self, statement: str, values: Sequence[Any] = ()) -> ArchiveRows:
        """Runs a statement on a cursor of its own."""
        cursor = self._connection.cursor()
        cursor.execute(statement, list(values))
        return ArchiveRows(cursor)

    def close(self) -> None:
        """Closes the files."""
        self._connection.close()

    def _views(self, files: list[Path]) -> None:
        names = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        self._connection.execute(
            f"CREATE VIEW journal AS SELECT {ENTRY_COLUMNS} FROM read_parquet([{names}], hive_partitioning = false)"
        )
        # SQLite's length() counts the bytes of a blob, DuckDB's knows texts alone.
        self._connection.execute("CREATE MACRO length(bytes) AS octet_length(bytes)")
        self._connection.execute(
            "CREATE TABLE meta AS SELECT 'journal_id' AS key, unhex(?) AS value", [self.last.journal_id]
        )
        self._connection.execute(
            "CREATE TABLE register_state AS SELECT DISTINCT register_id, 0 AS period_first_sequence FROM journal"
            " WHERE register_id <> ''"
        )


class ArchivedJournal(JournalSource):
    """The journal's entries out of an archive; with `kinds` those alone, which leaves most of the bodies unread."""

    def __init__(self, archive: Path, kinds: Sequence[EventKind] = ()) -> None:
        self._archive = ArchiveConnection(archive)
        self._kinds = f" AND kind IN ({', '.join(str(int(kind)) for kind in kinds)})" if kinds else ""

    def end(self) -> JournalEnd:
        """Where the archive ends."""
        return JournalEnd(bytes.fromhex(self._archive.last.journal_id), self._archive.last.last)

    def chain_hash(self, sequence: int) -> bytes | None:
        """The chain hash of one entry, None when it is not in the archive."""
        rows = self._archive.execute("SELECT chain_hash FROM journal WHERE sequence = ?", (sequence,)).fetchall()
        return bytes(rows[0][0]) if rows else None

    def body(self, sequence: int) -> bytes | None:
        """The body of one entry, None when it is not in the archive."""
        rows = self._archive.execute("SELECT body FROM journal WHERE sequence = ?", (sequence,)).fetchall()
        return bytes(rows[0][0]) if rows else None

    def read(self, after: int, limit: int) -> list[JournalRow]:
        """At most `limit` entries behind sequence `after`, in order."""
        after = max(after, self._archive.first.after)
        last = self._archive.last.last
        while after < last:
            through = last if self._kinds else after + _WINDOW
            rows = self._archive.execute(
                f"SELECT {ENTRY_COLUMNS} FROM journal WHERE sequence > ? AND sequence <= ?{self._kinds}"
                " ORDER BY sequence LIMIT ?",
                (after, through, limit),
            ).fetchall()
            if rows:
                return [JournalRow._make(row) for row in rows]
            after = through
        return []

    def notes(self, through: int) -> list[JournalRow]:
        """The findings about the branch itself up to sequence `through`, in order."""
        rows = self._archive.execute(
            f"SELECT {ENTRY_COLUMNS} FROM journal WHERE kind = {int(EventKind.FINDING)} AND register_id = '' AND sequence <= ?"
            " ORDER BY sequence",
            (through,),
        ).fetchall()
        return [JournalRow._make(row) for row in rows]

    def close(self) -> None:
        """Closes the files."""
        self._archive.close()


def _require_joined(before: Manifest, month: Manifest) -> None:
    if (before.last, before.last_hash) != (month.after, month.after_hash):
        raise Refused("ARCHIVE_MONTHS_APART", field=month.month, value=str(month.after + 1), rule=str(before.last + 1))
