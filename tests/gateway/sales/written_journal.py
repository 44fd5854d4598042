"""A journal on disk, written without the gateway's machinery: the sales store reads nothing but the table."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import DecodeError

from branchgate.events import EventKind
from branchgate.figures import Closing, encode_closing
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Receipt
from branchgate.v1 import receipt_pb2
from gateway.journal.tables import JOURNAL
from gateway.recording.states import RECORDING
from gateway.sales.source import JournalSource
from gateway.store.connection import connect_for_writing
from gateway.store.schema import bring_up_to_date
from tests.branchgate.receipt_strategies import NOON_MS

LATEST_MS = 4_102_444_800_000


def _recorded_at(kind: EventKind, body: bytes, otherwise_ms: int) -> int:
    """Not before a receipt says that it ended, as far as that is a time at all."""
    if kind is not EventKind.RECEIPT:
        return otherwise_ms
    try:
        finished_at_ms = receipt_pb2.Receipt.FromString(body).finished_at_ms
    except DecodeError:
        return otherwise_ms
    return max(finished_at_ms, otherwise_ms) if finished_at_ms < LATEST_MS else otherwise_ms


class WrittenJournal:
    """Appends entries to a branch.db; chain hashes are unique but chain nothing."""

    def __init__(self, folder: Path, journal_id: bytes = b"j" * 16, salt: bytes = b"") -> None:
        self.path = folder / "branch.db"
        self.store = folder / "sales.duckdb"
        self._salt = salt
        self._connection = connect_for_writing(self.path)
        self._connection.execute("PRAGMA synchronous = OFF")
        bring_up_to_date(self._connection, [JOURNAL, RECORDING])
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('journal_id', ?)", (journal_id,))
        self.head = 0

    def append(self, register_id: str, kind: EventKind, body: bytes) -> int:
        """One entry; returns its sequence."""
        self.append_many([(register_id, kind, body)])
        return self.head

    def append_many(self, entries: Iterable[tuple[str, EventKind, bytes]]) -> int:
        """Many entries in one commit; returns the head."""
        self._connection.execute("BEGIN")
        for register_id, kind, body in entries:
            self.head += 1
            digest = hashlib.sha256(self._salt + self.head.to_bytes(8, "big") + body).digest()
            sequence = self.head if kind is EventKind.RECEIPT else 0
            row = (
                self.head,
                digest[:16],
                register_id,
                sequence,
                int(kind),
                _recorded_at(kind, body, NOON_MS + self.head),
                body,
                digest,
            )
            self._connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self._connection.execute("COMMIT")
        return self.head

    def receipts(self, day: Iterable[tuple[str, Receipt]]) -> int:
        """Receipts of registers; returns the head."""
        return self.append_many((register, EventKind.RECEIPT, encode_receipt(receipt)) for register, receipt in day)

    def close_register(self, closing: Closing) -> int:
        """A CLOSING entry."""
        return self.append(closing.register_id, EventKind.CLOSING, encode_closing(closing))

    def replace_id(self, journal_id: bytes) -> None:
        """Goes on under another id."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('journal_id', ?)", (journal_id,))

    def source(self) -> JournalSource:
        """A reader of it."""
        return JournalSource(self.path)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()


def sqlite_rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """Rows of a file nobody writes to."""
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()
