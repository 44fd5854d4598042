"""Portions of the journal on their way to central: whole entries, and what stands in place of damaged ones."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from branchgate.chain_walk import Damage, DamageKind, StoredEntry
from branchgate.errors import TryAgain
from gateway.journal.entries import Entry
from gateway.journal.incidents import damages
from gateway.journal.reader import JournalReader
from gateway.journal.stored import stored_at

RETRY_MS = 5_000
"""How long a place that cannot be read is left alone; by then it is known as damage."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Known damage, if it is what comes next, with what was found in its place; and the entries behind it, up to the next damage."""

    entries: tuple[Entry, ...]
    damage: Damage | None = None
    as_found: StoredEntry | None = None


def read_portion(reader: JournalReader, after: int, limit: int) -> Portion:
    """What comes behind sequence `after`, at most `limit` entries. Raises TryAgain (JOURNAL_UNREADABLE) at damage nobody knows of."""
    connection = reader.connection
    # What merely cannot be proved travels as what it may well be: central takes it with the hash it has.
    coming = [one for one in damages(connection) if one.through > after and one.kind is not DamageKind.UNPROVED]
    damage = next((one for one in coming if one.sequence <= after + 1), None)
    start = after if damage is None else damage.through
    end = min((one.sequence - 1 for one in coming if one.through > start), default=None)
    try:
        entries = () if end is not None and end <= start else tuple(reader.read(start, limit, through=end))
    except sqlite3.DatabaseError as failure:
        raise TryAgain(
            "JOURNAL_UNREADABLE", field="journal_sequence", value=start + 1, rule=str(failure), retry_after_ms=RETRY_MS
        ) from failure
    return Portion(entries, damage, None if damage is None else _as_found(connection, damage))


def _as_found(connection: sqlite3.Connection, damage: Damage) -> StoredEntry | None:
    try:
        stored = stored_at(connection, damage.sequence) if damage.sequence == damage.through else None
    except sqlite3.OperationalError:
        return None  # a text that is none; only the bytes of a file tool would show it
    return stored if isinstance(stored, StoredEntry) else None
