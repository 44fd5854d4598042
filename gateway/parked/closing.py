"""Parked receipts at a register's closing: they are in its way, or outlive it by a decision that the journal keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from branchgate.events import EventKind
from branchgate.ids import derived_id
from branchgate.receipts.parked import encode_change
from gateway.journal import OWN, Journal, NewEntry
from gateway.parked.model import Parked, after
from gateway.parked.rules import carry_over
from gateway.parked.tables import all_parked, write_standing


def parked_of(connection: sqlite3.Connection, register_id: str) -> list[Parked]:
    """What the register's closing has to account for: what it works on, and what was parked there last and waits. Oldest first."""
    return all_parked(connection, register_id)


def carry_over_all(
    connection: sqlite3.Connection,
    journal: Journal,
    parked: Sequence[Parked],
    register_id: str,
    closing_event_id: bytes,
    user_id: str,
    now_ms: int,
) -> None:
    """Notes that receipts outlive a closing of the register; belongs in the closing's transaction, which read them in it."""
    entries = []
    for each in parked:
        change = carry_over(each, closing_event_id, user_id, now_ms)
        write_standing(connection, after(each, change))
        entry_id = derived_id("parked over", closing_event_id, each.receipt.parked_id)
        entries.append(NewEntry(entry_id, register_id, OWN, EventKind.PARKED, encode_change(change)))
    journal.append_in(connection, entries)
