"""What central has settled, kept in the store for the next start: a witness, and for people to read."""

from __future__ import annotations

import sqlite3

CURSOR = "central"
"""Name of the cursor."""


def read_cursor(connection: sqlite3.Connection) -> int:
    """What central had settled when this store was last written; 0 if nothing."""
    row = connection.execute("SELECT sequence FROM cursors WHERE name = ?", (CURSOR,)).fetchone()
    return int(row[0]) if row else 0


def write_cursor(connection: sqlite3.Connection, sequence: int) -> None:
    """Keeps it; belongs in a work of the writer."""
    connection.execute("INSERT OR REPLACE INTO cursors (name, sequence) VALUES (?, ?)", (CURSOR, sequence))
