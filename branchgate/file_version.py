"""Which form a SQLite file's tables have: a number in its header (PRAGMA user_version), 0 in files made before there was one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from branchgate.errors import Refused, RefusedKind


def require_known(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Before anything is written. Raises Refused (STORE_TOO_NEW) when a newer program has written the file: an older one must not guess."""
    found = file_version(connection)
    if found > version:
        rule = f"this program knows version {version}"
        raise Refused("STORE_TOO_NEW", field=path.name, value=found, rule=rule, kind=RefusedKind.NOT_NOW)


def note_version(connection: sqlite3.Connection, version: int) -> None:
    """Behind whatever has brought the tables up to date; writes only what changes."""
    if file_version(connection) != version:
        connection.execute(f"PRAGMA user_version = {version}")


def file_version(connection: sqlite3.Connection) -> int:
    """The file's number."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)
