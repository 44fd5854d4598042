"""The journal as it stands in the file, page by page, also where the file is damaged: what cannot be read is named instead of raised."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from branchgate.chain_walk import StoredEntry, stored_hash
from gateway.store.connection import connect_read_only

PAGE = 64
"""Entries of one read; short, because the sales of the moment come first."""

_BEFORE_ANY = -(1 << 63)
_COLUMNS = "sequence, event_id, register_id, register_sequence, kind, recorded_at, body, chain_hash"
_UNREADABLE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_PRIMARY_CODE = 0xFF


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place in the journal that neither disk nor database gives out, and what SQLite says about it."""

    sequence: int
    detail: str


Stored: TypeAlias = StoredEntry | Unreadable


def open_for_verification(path: Path) -> sqlite3.Connection:
    """A read-only connection that hands out texts as the bytes that are on disk."""
    connection = connect_read_only(path)
    connection.text_factory = bytes
    return connection


def stored_pages(connection: sqlite3.Connection, after: int = 0) -> Iterator[list[Stored]]:
    """What stands behind sequence `after`, in order; each page is a read of its own. From 0 on also what stands before the first entry."""
    goes_on: int | None = after or _BEFORE_ANY
    while goes_on is not None:
        page, goes_on = _page(connection, goes_on)
        yield page


def stored_at(connection: sqlite3.Connection, sequence: int) -> Stored | None:
    """What stands at one place; None when nothing does."""
    try:
        row = connection.execute(f"SELECT {_COLUMNS} FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    except sqlite3.DatabaseError as failure:
        return Unreadable(sequence, _told(failure))
    return StoredEntry(*row) if row else None


def hash_at(connection: sqlite3.Connection, sequence: int) -> bytes | None:
    """The chain hash that stands at one place; None when there is none, or it cannot be read."""
    try:
        row = connection.execute("SELECT chain_hash FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    except sqlite3.DatabaseError as failure:
        _told(failure)
        return None
    return stored_hash(row[0]) if row else None


def _page(connection: sqlite3.Connection, after: int) -> tuple[list[Stored], int | None]:
    """A page, and behind which sequence the next one begins; None at the end."""
    try:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?", (after, PAGE)
        ).fetchall()
        return [StoredEntry(*row) for row in rows], (rows[-1][0] if len(rows) == PAGE else None)
    except sqlite3.DatabaseError as failure:
        return _one_by_one(connection, max(after, 0), _told(failure))


def _one_by_one(connection: sqlite3.Connection, after: int, told: str) -> tuple[list[Stored], int | None]:
    """A page with a damaged place in it. Where not even the end of the journal can be found, its first place stands for all of it."""
    try:
        (head,) = connection.execute("SELECT max(sequence) FROM journal").fetchone()
    except sqlite3.DatabaseError:
        return [Unreadable(after + 1, told)], None
    end = min(after + PAGE, head or 0)
    found = [stored_at(connection, sequence) for sequence in range(after + 1, end + 1)]
    page = [stored for stored in found if stored is not None]
    if end <= after:
        # Nothing is left, and yet the scan failed: what is damaged is where it would have ended.
        return [Unreadable(after + 1, told)], None
    return page, end if end < (head or 0) else None


def _told(failure: sqlite3.DatabaseError) -> str:
    """What SQLite says of damage. Raises anything else again: a locked file tells nothing about its content."""
    if getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE not in _UNREADABLE:
        raise failure
    return str(failure)
