"""Receipts that go back to others: does the branch know what they name, and do they fit it?

Only receipts with references get here, so no sale waits for it. A reference with an event id is looked up in the journal, in the
transaction that records the return, so that a sale and its return may come in one message. One with a number alone is known if its
register has come that far: an index of all numbers would be paid for by every sale.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import NamedTuple

from branchgate.errors import Refused
from branchgate.events import EventKind, Finding
from branchgate.receipts.check_references import check_against
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import Receipt, Reference, ReferenceType
from gateway.journal.entries import Entry
from gateway.recording.additions import Additions


class Place(NamedTuple):
    """Whose number a receipt's number is, as its form tells: the register, its running number, and whether of the reserved part."""

    register_id: str
    running_number: int
    reserved: bool


class Referring(NamedTuple):
    """A receipt that names others of the branch, and where the numbers belong; None for a number of no register."""

    receipt: Receipt
    places: tuple[Place | None, ...]


class References:
    """Follows references in one transaction. `highest_of` tells how far a register, or its reserved part, has come in it."""

    def __init__(
        self, connection: sqlite3.Connection, additions: Additions, highest_of: Callable[[str, bool], int]
    ) -> None:
        self._connection = connection
        self._additions = additions
        self._highest_of = highest_of

    def follow(self, event_id: bytes, referring: Referring) -> list[Finding]:
        """What is wrong with the receipts that a new one names; remembers that it named them."""
        found: list[Finding] = []
        for index, (reference, place) in enumerate(zip(referring.receipt.references, referring.places, strict=True)):
            if reference.type is not ReferenceType.TRANSAKTION:
                continue
            field = f"references[{index}].receipt_number"
            if not reference.event_id:
                rule = self._not_known(referring.receipt, reference, place)
                if rule:
                    found.append(Finding("REFERENCE_UNKNOWN", field, reference.receipt_number, rule))
                continue
            sale = self._named(reference)
            if sale is None:
                rule = f"event {reference.event_id.hex()}"
                found.append(Finding("REFERENCE_UNKNOWN", field, reference.receipt_number, rule))
                continue
            found += check_against(referring.receipt, sale, list(self._earlier(reference.event_id)))
            self._connection.execute(
                "INSERT OR IGNORE INTO receipt_references VALUES (?, ?)", (reference.event_id, event_id)
            )
        return found

    def _not_known(self, receipt: Receipt, reference: Reference, place: Place | None) -> str:
        """Why a number alone cannot be that of an earlier receipt; empty when it can."""
        if place is None:
            return "no register's number"
        if reference.receipt_number == receipt.receipt_number:
            return "its own number"
        if place.running_number > self._highest_of(place.register_id, place.reserved):
            return f"{place.register_id} has not come that far"
        return ""

    def _named(self, reference: Reference) -> Receipt | None:
        entry = self._additions.look_up(reference.event_id)
        receipt = None if entry is None else _receipt_in(entry)
        if entry is None or receipt is None or receipt.receipt_number != reference.receipt_number:
            return None
        return receipt if reference.register_id in {"", entry.register_id} else None

    def _earlier(self, named: bytes) -> Iterator[Receipt]:
        return (receipt for _, receipt in standing(self._connection, self._additions.look_up, named))


def standing(
    connection: sqlite3.Connection, look_up: Callable[[bytes], Entry | None], named: bytes
) -> Iterator[tuple[Entry, Receipt]]:
    """The receipts that refer to an event and still stand: one that was voided has given back what it took."""
    for entry, receipt in _referring(connection, look_up, named):
        voids = _referring(connection, look_up, entry.event_id)
        if not any(void.reverses_receipt for _, void in voids):
            yield entry, receipt


def _referring(
    connection: sqlite3.Connection, look_up: Callable[[bytes], Entry | None], named: bytes
) -> Iterator[tuple[Entry, Receipt]]:
    rows = connection.execute("SELECT event_id FROM receipt_references WHERE named = ?", (named,)).fetchall()
    for (event_id,) in rows:
        entry = look_up(event_id)
        receipt = None if entry is None else _receipt_in(entry)
        if entry is not None and receipt is not None:
            yield entry, receipt


def _receipt_in(entry: Entry) -> Receipt | None:
    """The receipt of an entry; what can no longer be read is told by the journal's own examination."""
    if entry.kind is not EventKind.RECEIPT:
        return None
    try:
        return decode_receipt(entry.body)
    except Refused:
        return None
