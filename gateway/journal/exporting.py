"""The journal on its way into a file (branchgate.journal_file): streamed, a short read at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from branchgate.chain import GENESIS
from branchgate.chain_walk import StoredEntry
from branchgate.errors import Refused
from branchgate.journal_file import FileHeader, file_lines
from gateway.journal.journal import read_journal_id
from gateway.journal.stored import hash_at, stored_pages


def exported(connection: sqlite3.Connection, branch_id: str, first: int, now_ms: int) -> Iterator[bytes]:
    """The lines of the journal that `connection` reads (see `open_for_verification`), from entry `first` on.

    Raises Refused (INVALID_VALUE) when there is no entry before `first` to which the file could be chained.
    """
    after = first - 1
    after_hash = hash_at(connection, after) if after else GENESIS
    if after < 0 or after_hash is None:
        raise Refused("INVALID_VALUE", field="from", value=first, rule="1, or the entry behind one that is there")
    header = FileHeader(branch_id, read_journal_id(connection) or b"", after, after_hash, now_ms)
    return file_lines(header, _entries(connection, after))


def _entries(connection: sqlite3.Connection, after: int) -> Iterator[StoredEntry]:
    """Those that can be read; a place that cannot is a hole in the file, as it is in the journal."""
    for page in stored_pages(connection, after):
        yield from (stored for stored in page if isinstance(stored, StoredEntry) and stored.sequence > after)
