"""How `branch.db` is opened: durable for the one writer, read-only for everybody else.

WAL with `synchronous=FULL`, because `NORMAL` loses commits that were acknowledged when the power fails (sqlite.org/pragma.html).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from branchgate.damage import damage_refused

FILE_NAME = "branch.db"
"""Name of the store inside the data folder."""

BUSY_TIMEOUT_MS = 5_000
"""How long a connection waits for a lock: only recovery after a crash and the last checkpoint ever hold one against readers."""

CHECKPOINT_PAGES = 4_000
"""16 MB of write-ahead log before the writer copies it home: a checkpoint stalls the commit it falls on, so it shall be rare."""

_LOG_SIZE_LIMIT = 64 * 1024 * 1024


def connect_for_writing(path: Path) -> sqlite3.Connection:
    """The writer's connection, in autocommit mode: transactions are opened and ended by hand.

    It may be handed to another thread, as long as one thread at a time uses it. Raises Refused (STORE_DAMAGED).
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1000)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        f"journal_size_limit = {_LOG_SIZE_LIMIT}",
        "foreign_keys = ON",
        # Without it REPLACE deletes rows behind the back of the triggers that keep the journal append-only.
        "recursive_triggers = ON",
    ):
        with damage_refused(path):
            connection.execute(f"PRAGMA {pragma}")
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. It sees every commit made before its statement began and never makes the writer wait."""
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_MS / 1000,
    )
