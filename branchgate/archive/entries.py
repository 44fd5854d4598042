"""Entries of a journal out of Parquet files, in order and a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb

from branchgate.chain_walk import StoredEntry

ENTRY_COLUMNS: Final = "sequence, event_id, register_id, register_sequence, kind, recorded_at, body, chain_hash"
"""Columns of a journal's file: sequence and kind are numbers, times UTC milliseconds, ids, bodies and hashes bytes."""

_PAGE: Final = 500
MEMORY_LIMIT_MB: Final = 256


def open_parquet() -> duckdb.DuckDBPyConnection:
    """A connection that reads Parquet files within bounded memory and fetches nothing from the network."""
    return duckdb.connect(
        config={
            "memory_limit": f"{MEMORY_LIMIT_MB}MB",
            "threads": 1,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def archived_entries(connection: duckdb.DuckDBPyConnection, file: Path) -> Iterator[StoredEntry]:
    """The entries of one file in its own order. Raises duckdb.Error for a file that cannot be read."""
    found = connection.execute(f"SELECT {ENTRY_COLUMNS} FROM read_parquet(?)", [str(file)])
    while rows := found.fetchmany(_PAGE):
        for sequence, event_id, register_id, *rest in rows:
            yield StoredEntry(sequence, event_id, register_id.encode(), *rest)
