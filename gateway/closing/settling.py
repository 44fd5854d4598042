"""Writing one register's Z: figures are computed outside of the transaction, and inside it is checked that they still hold."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable

from branchgate.events import EventKind
from branchgate.figures import Closing, encode_closing
from gateway.journal.entries import OWN, Entry, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_of
from gateway.recording.states import close_period, read_state

COUNTED = (EventKind.RECEIPT, EventKind.DRAWER, EventKind.FINDING, EventKind.CLOSING)
"""Kinds that change a period's figures or end it; anything else may come in between."""

_LATER = (
    "SELECT 1 FROM journal WHERE sequence > ? AND register_id = ?"
    f" AND kind IN ({', '.join(str(int(kind)) for kind in COUNTED)}) LIMIT 1"
)


def closing_id(request_id: bytes, register_id: str) -> bytes:
    """The event id of a closing: a UUIDv8 (RFC 9562, 5.8) made of order and register, so that an order closes a register once."""
    digest = hashlib.sha256(b"closing\0" + request_id + b"\0" + register_id.encode()).digest()
    value = int.from_bytes(digest[:16], "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return value.to_bytes(16, "big")


def settle(
    journal: Journal, event_id: bytes, closing: Closing
) -> Callable[[sqlite3.Connection], tuple[Entry, bool] | None]:
    """A work for the writer: appends the closing and ends the period.

    It answers with the entry and whether it is new, or with None when the register's period has moved on since the figures were
    computed: an event that counts was journaled behind them, or another closing took the Z number.
    """
    entry = NewEntry(event_id, closing.register_id, OWN, EventKind.CLOSING, encode_closing(closing))

    def work(connection: sqlite3.Connection) -> tuple[Entry, bool] | None:
        known = entry_of(connection, event_id)
        if known is not None:
            return known, False
        if read_state(connection, closing.register_id).z_number + 1 != closing.z_number:
            return None
        if connection.execute(_LATER, (closing.through_journal_sequence, closing.register_id)).fetchone():
            return None
        (appended,) = journal.append_in(connection, [entry])
        close_period(connection, closing.register_id)
        return appended, True

    return work
