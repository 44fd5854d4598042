"""Finding a recorded receipt by its printed number, with everything that refers to it.

The number is looked up in the sales store, which has it anyway: an index in the journal's file would be paid for by every sale.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind
from gateway.journal import JournalReader
from gateway.journal.entries import Entry
from gateway.journal.reader import entry_at
from gateway.recording.references import standing
from gateway.short_texts import short_text

MOST_REFERRING = 1000


class Numbers(Protocol):
    """What is asked of the sales store."""

    async def numbered(self, receipt_number: str, through: int) -> int | None: ...


@dataclass(frozen=True, slots=True)
class FoundReceipt:
    """A RECEIPT entry, and the entries of receipts that refer to it by its event id and were not voided."""

    entry: Entry
    referring: tuple[Entry, ...]


class ReceiptFinder:
    """Finds receipts of all registers of the branch. For the event loop; `reader` is its own."""

    def __init__(self, reader: JournalReader, numbers: Numbers) -> None:
        self._reader = reader
        self._numbers = numbers

    async def find(self, receipt_number: str) -> FoundReceipt:
        """The newest receipt with this number. Raises Refused (NOT_FOUND), or TryAgain while there is no sales store."""
        short_text(receipt_number, "receipt_number")
        sequence = await self._numbers.numbered(receipt_number, self._reader.head()) if receipt_number else None
        entry = None if sequence is None else entry_at(self._reader.connection, sequence)
        if entry is None or entry.kind is not EventKind.RECEIPT:
            raise Refused(
                "NOT_FOUND",
                field="receipt",
                value=receipt_number,
                rule="a receipt of this branch",
                kind=RefusedKind.NOT_FOUND,
            )
        connection = self._reader.connection
        referring = standing(connection, self._reader.by_event_id, entry.event_id)
        return FoundReceipt(entry, tuple(other for other, _ in islice(referring, MOST_REFERRING)))
