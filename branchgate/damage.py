"""What tells a damaged SQLite file from a full disk or a missing right: only then may a copy be thrown away, or a person be sent to a backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from branchgate.errors import Refused, RefusedKind

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE = 0xFF
"""The low byte of an extended result code is the primary one (sqlite.org/rescode.html)."""


def is_damage(failure: sqlite3.Error) -> bool:
    """Whether SQLite says that the content of the file is not what it wrote."""
    return getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE in _DAMAGED


def require_sound(connection: sqlite3.Connection) -> None:
    """Reads every page. Raises sqlite3.DatabaseError, as reading a damaged page would, before anybody relies on the file."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        damage = sqlite3.DatabaseError(found)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


@contextmanager
def damage_refused(path: Path) -> Iterator[None]:
    """Around the opening of a file that nothing can replace. Raises Refused (STORE_DAMAGED) in place of SQLite's error."""
    try:
        yield
    except sqlite3.DatabaseError as failure:
        if not is_damage(failure):
            raise
        raise Refused(
            "STORE_DAMAGED", field="file", value=path, rule=str(failure), kind=RefusedKind.NOT_NOW
        ) from failure
