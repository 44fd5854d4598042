"""Writing one register's Z: figures are computed outside of the transaction, and inside it is checked that they still hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from branchgate.events import EventKind, Finding
from branchgate.figures import Closing, encode_closing
from branchgate.money import euros
from branchgate.records import FindingRecord, encode_finding_record
from gateway.closing.parked import ParkedHere, ParkedReceipts
from gateway.journal.entries import OWN, Entry, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_of
from gateway.recording.derived import derived_id
from gateway.recording.states import close_period, read_state

COUNTED = (EventKind.RECEIPT, EventKind.DRAWER, EventKind.CASH_COUNT, EventKind.FINDING, EventKind.CLOSING)
"""Kinds that change what a closing says or end its period; anything else may come in between."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What comes with a closing: `carry_parked` lets parked receipts outlive it, `closed_until_ms` is until when its day counts as closed."""

    carry_parked: bool
    closed_until_ms: int


@dataclass(frozen=True, slots=True)
class Settled:
    """The closing's entry, and whether it is new."""

    entry: Entry
    new: bool


@dataclass(frozen=True, slots=True)
class Blocked:
    """Parked receipts stand in the way."""

    parked: tuple[ParkedHere, ...]


Outcome: TypeAlias = Settled | Blocked | None
"""None: the register's period has moved on since the figures were computed."""


def closing_id(request_id: bytes, register_id: str) -> bytes:
    """The event id of a closing, made of order and register, so that an order closes a register once."""
    return derived_id(b"closing", register_id, request_id)


def settle(
    journal: Journal, parked_receipts: ParkedReceipts, event_id: bytes, closing: Closing, terms: Terms
) -> Callable[[sqlite3.Connection], Outcome]:
    """A work for the writer: appends the closing, ends the period, carries over what is parked.

    The period has moved on when an event that counts was journaled behind the figures, or another closing took the Z number.
    """

    def work(connection: sqlite3.Connection) -> Outcome:
        known = entry_of(connection, event_id)
        if known is not None:
            return Settled(known, new=False)
        if read_state(connection, closing.register_id).z_number + 1 != closing.z_number:
            return None
        if journaled_behind(connection, closing.through_journal_sequence, closing.register_id, COUNTED):
            return None
        parked = tuple(parked_receipts.parked_of(connection, closing.register_id))
        if parked and not terms.carry_parked:
            return Blocked(parked)
        parked_ids = tuple(one.parked_id for one in parked)
        body = encode_closing(replace(closing, carried_parked_ids=parked_ids))
        *_, appended = journal.append_in(
            connection,
            [*_noted(event_id, closing), NewEntry(event_id, closing.register_id, OWN, EventKind.CLOSING, body)],
        )
        close_period(
            connection,
            closing.register_id,
            carried_cents=closing.carried_float_cents or 0,
            carried_by=closing.user_id,
            closed_until_ms=terms.closed_until_ms,
        )
        if parked_ids:
            parked_receipts.carry_over_in(connection, parked_ids, closing.user_id)
        return Settled(appended, new=True)

    return work


def cash_findings(cash_cents: int, carried_cents: int | None) -> tuple[Finding, ...]:
    """What is wrong with the drawer that a closing leaves: less than nothing in it, or cash that nobody carried over or took out."""
    if cash_cents < 0:
        return (Finding("CASH_NEGATIVE", "cash_cents", euros(cash_cents), "0,00 or more"),)
    if cash_cents > 0 and carried_cents is None:
        return (
            Finding("CASH_NOT_CARRIED", "carried_float_cents", euros(cash_cents), "carried over, or booked out before"),
        )
    return ()


def _noted(event_id: bytes, closing: Closing) -> tuple[NewEntry, ...]:
    """The findings about its drawer, journaled right before the closing: they belong to the period that it ends, and its figures count them."""
    found = cash_findings(closing.figures.cash_cents, closing.carried_float_cents)
    if not found:
        return ()
    body = encode_finding_record(FindingRecord(event_id, found))
    finding_id = derived_id(b"finding", closing.register_id, event_id)
    return (NewEntry(finding_id, closing.register_id, OWN, EventKind.FINDING, body),)


def journaled_behind(
    connection: sqlite3.Connection, sequence: int, register_id: str, kinds: tuple[EventKind, ...]
) -> bool:
    """Whether the register has an entry of one of the kinds behind a place in the journal."""
    numbers = ", ".join(str(int(kind)) for kind in kinds)
    statement = f"SELECT 1 FROM journal WHERE sequence > ? AND register_id = ? AND kind IN ({numbers}) LIMIT 1"
    return connection.execute(statement, (sequence, register_id)).fetchone() is not None
