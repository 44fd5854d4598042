"""The DuckDB file: opened and verified against the journal, else set aside under a dated name and begun anew.

A DuckDB file whose log has a wrong tail refuses to open or opens short, so nothing is believed that the journal does not confirm.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from gateway.sales.evidence import last_numbers
from gateway.sales.opened import Opened, Tuning
from gateway.sales.source import JournalEnd, JournalSource
from gateway.sales.tables import LOADED, SCHEMA, SCHEMA_VERSION

_SET_ASIDE = ".set-aside-"


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to which entry of which journal a file is filled, and how many rows that made per table."""

    journal_id: bytes
    sequence: int
    chain_hash: bytes
    rows: dict[str, int]


class Unfit(Exception):
    """The file cannot go on: `reason` is a stable code, `ahead_watermark` is set when the journal is shorter than the file."""

    def __init__(self, reason: str, ahead_watermark: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ahead_watermark = ahead_watermark


def open_store(
    path: Path, journal: JournalSource, tuning: Tuning, now_ms: int, *, read_all: bool = False
) -> tuple[duckdb.DuckDBPyConnection, Opened]:
    """A connection whose content is a part of the journal from its first entry on.

    `read_all` reads every block first: after an error in DuckDB only that tells damage from a full disk. Raises duckdb.Error when
    even an empty file cannot be made.
    """
    end = journal.end()
    connection, opened = _open_or_begin(path, journal, tuning, end, now_ms, read_all=read_all)
    # A journal without entries may be one that was lost in an earlier run, which ended before anybody was told.
    if opened.ahead or not end.head:
        told = last_numbers(set_aside_files(path))
        opened = replace(opened, evidence=told is not None, numbers=told or ())
    return connection, opened


def _open_or_begin(
    path: Path, journal: JournalSource, tuning: Tuning, end: JournalEnd, now_ms: int, *, read_all: bool
) -> tuple[duckdb.DuckDBPyConnection, Opened]:
    if not path.exists():
        # A log without its database belongs to nothing; DuckDB would replay it into the new file.
        wal_of(path).unlink(missing_ok=True)
        return _begin(path, tuning, end), Opened(0)
    found = _examine(path, journal, tuning, end, read_all)
    if isinstance(found, duckdb.DuckDBPyConnection):
        return found, Opened(read_watermark(found).sequence)
    # Outside of any `except`: an exception in flight keeps the damaged database alive under this path.
    name = set_aside(path, now_ms)
    ahead = found.ahead_watermark > 0
    return _begin(path, tuning, end), Opened(0, name, found.reason, ahead, found.ahead_watermark)


def open_in_memory(journal: JournalSource, tuning: Tuning) -> tuple[duckdb.DuckDBPyConnection, Opened]:
    """A store that needs no disk, to be filled from the whole journal; for as long as the disk is full."""
    return _begin(Path(":memory:"), tuning, journal.end()), Opened(0, in_memory=True)


def _examine(
    path: Path, journal: JournalSource, tuning: Tuning, end: JournalEnd, read_all: bool
) -> duckdb.DuckDBPyConnection | Unfit:
    """A connection that can be trusted, or why there is none."""
    connection = None
    try:
        connection = connect(path, tuning)
        _verify(connection, journal, end)
        if read_all:
            _read_all(connection)
        return connection
    except duckdb.Error as failure:
        unfit = Unfit(f"UNREADABLE: {str(failure).splitlines()[0]}")
    except Unfit as failure:
        unfit = failure.with_traceback(None)
    if connection is not None:
        connection.close()
    return unfit


def connect(path: Path, tuning: Tuning) -> duckdb.DuckDBPyConnection:
    """Opens the file with the limits of a small machine; nothing is fetched from the network."""
    return duckdb.connect(
        str(path),
        config={
            "memory_limit": f"{tuning.memory_limit_mb}MB",
            "threads": tuning.threads,
            "temp_directory": str(temporary_of(path)),
            "checkpoint_threshold": f"{tuning.checkpoint_threshold_mb}MB",
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def read_watermark(connection: duckdb.DuckDBPyConnection) -> Watermark:
    """The one row of `watermark`. Raises Unfit when the file is of another version or has none."""
    rows = connection.execute(
        "SELECT schema_version, journal_id, sequence, chain_hash, rows_loaded FROM watermark"
    ).fetchall()
    if len(rows) != 1 or rows[0][0] != SCHEMA_VERSION:
        raise Unfit("OTHER_VERSION")
    _, journal_id, sequence, chain_hash, loaded = rows[0]
    return Watermark(bytes.fromhex(journal_id), sequence, bytes.fromhex(chain_hash), json.loads(loaded))


def wal_of(path: Path) -> Path:
    """DuckDB's write-ahead log of a file."""
    return path.with_name(path.name + ".wal")


def temporary_of(path: Path) -> Path:
    """The folder beside the file for batches on their way in and for what does not fit into memory."""
    return path.with_name(path.name + ".tmp")


def set_aside(path: Path, now_ms: int) -> str:
    """Renames the file, and its log with it so that the pair can still be opened; returns the new name."""
    stamp = datetime.fromtimestamp(now_ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    base = path.with_name(f"{path.name}{_SET_ASIDE}{stamp}")
    kept, count = base, 1
    while kept.exists() or wal_of(kept).exists():
        count += 1
        kept = base.with_name(f"{base.name}-{count}")
    if wal_of(path).exists():
        wal_of(path).rename(wal_of(kept))
    path.rename(kept)
    return kept.name


def set_aside_files(path: Path) -> list[Path]:
    """The files that were kept of earlier stores in this place, by name."""
    found = path.parent.glob(f"{path.name}{_SET_ASIDE}*")
    return sorted(file for file in found if file.suffix != ".wal")


def _verify(connection: duckdb.DuckDBPyConnection, journal: JournalSource, end: JournalEnd) -> None:
    """Journal id, head, chain hash and numbers of rows must agree. Raises Unfit.

    The chain hash ties the numbers written with it to exactly these entries, so rows are compared with them and the journal need not
    be read from its start.
    """
    mark = read_watermark(connection)
    same_journal = mark.journal_id == end.journal_id
    if mark.sequence > end.head:
        raise Unfit("AHEAD_OF_JOURNAL" if same_journal else "OTHER_JOURNAL", mark.sequence)
    # A journal that goes on under another id keeps its entries, and with them the file that is filled from them.
    if mark.sequence and journal.chain_hash(mark.sequence) != mark.chain_hash:
        raise Unfit("OTHER_HISTORY" if same_journal else "OTHER_JOURNAL", mark.sequence)
    for table in LOADED:
        (rows,) = connection.execute(f"SELECT count(*) FROM {table.name}").fetchall()[0]
        if rows != mark.rows[table.name]:
            raise Unfit("ROWS_MISSING")


def _read_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes DuckDB read, and thereby check, every block."""
    for table in LOADED:
        connection.execute(f"SELECT bit_xor(hash(t)) FROM {table.name} t").fetchall()


def _begin(path: Path, tuning: Tuning, end: JournalEnd) -> duckdb.DuckDBPyConnection:
    connection = connect(path, tuning)
    connection.execute("BEGIN")
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO watermark VALUES (?, ?, 0, '', ?)",
        [SCHEMA_VERSION, end.journal_id.hex(), json.dumps({table.name: 0 for table in LOADED})],
    )
    connection.execute("COMMIT")
    return connection
