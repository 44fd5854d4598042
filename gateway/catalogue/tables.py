"""catalogue.db: the replica's tables, and who may open them.

The file is the branch's own incarnation of the catalogue, with its own epoch and positions: a register follows the gateway, not
central, and needs no new load when the gateway had one.
"""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

from branchgate.damage import require_sound
from branchgate.file_version import note_version, require_known
from branchgate.sync.sqlite import SINK_TABLES, transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    type INTEGER NOT NULL, key TEXT NOT NULL, value BLOB, position INTEGER NOT NULL, deleted_at_ms INTEGER,
    PRIMARY KEY (type, key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS entries_by_position ON entries (position);
CREATE INDEX IF NOT EXISTS tombstones ON entries (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS feed (epoch BLOB NOT NULL, head INTEGER NOT NULL, oldest_position INTEGER NOT NULL);
"""
"""`entries` without a value are tombstones. `head` is the last position given and never goes back."""

VERSION = 1
"""Of these tables. Whoever changes them counts it up, and brings files of every earlier number up to date; 0 has the same tables."""

_BUSY_MS = 5_000


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one connection that writes; makes the tables if need be.

    Every commit is synced: a register may already have been told of a position, and a position that a power cut took back would be
    given a second time, to another change. Raises sqlite3.DatabaseError when the file is damaged, Refused
    (STORE_TOO_NEW) when a newer program has written it.
    """
    connection = _open(path)
    try:
        require_known(connection, path, VERSION)
        _set_up(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that only reads, beside the writer."""
    connection = _open(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    require_sound(connection)
    connection.executescript(_TABLES + SINK_TABLES)
    with transaction(connection):
        note_version(connection, VERSION)
        if connection.execute("SELECT count(*) FROM feed").fetchone() == (0,):
            connection.execute("INSERT INTO feed VALUES (?, 0, 0)", (secrets.token_bytes(8),))


def _open(path: Path) -> sqlite3.Connection:
    # Connections are made and closed by whoever owns the thread that uses them in between.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    return connection
