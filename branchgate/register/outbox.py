"""The register's outbox: a receipt has happened once it is in here, on disk.

The register sells on without its gateway; an event leaves the outbox only when central has it, and a refused one stays visible until
somebody dismisses it. Event id, register_sequence, receipt number and body become true in one transaction, so that no number is ever
used for nothing and none twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from branchgate.errors import Refused, TryAgain
from branchgate.events import Event, EventKind, Finding
from branchgate.ids import new_event_id
from branchgate.receipts.codec import encode_receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from branchgate.clock import Clock
    from branchgate.numbers import NumberRange
    from branchgate.receipts.model import Receipt

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    register_sequence INTEGER PRIMARY KEY,
    event_id BLOB NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    body BLOB NOT NULL,
    print_role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS outbox_by_state ON outbox (state, register_sequence);
CREATE TABLE IF NOT EXISTS findings (
    event_id BLOB NOT NULL, reason TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, rule TEXT NOT NULL,
    PRIMARY KEY (event_id, reason, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    event_id BLOB PRIMARY KEY, register_sequence INTEGER NOT NULL, reason TEXT NOT NULL, text TEXT NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
"""


class OutboxState(IntEnum):
    """Where an event stands."""

    PENDING = 0
    SETTLED = 1


@dataclass(frozen=True, slots=True)
class Happened:
    """A receipt that has happened: it is on disk, whatever comes next."""

    event_id: bytes
    register_sequence: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that the gateway has not settled. `print_role` is empty when no paper is wanted; `created_at_ms` is UTC."""

    event: Event
    print_role: str
    created_at_ms: int


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """An event that the gateway could not read; its bytes are kept here too."""

    event_id: bytes
    register_sequence: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many events wait, how many are held until central has them, how many were refused."""

    pending: int
    held: int
    refused: int


class Outbox:
    """One register's outbox in a SQLite file. For one thread at a time.

    Raises TryAgain (DISK_FULL) when the disk is full: then the sale has not happened and nothing is half-written.
    """

    def __init__(self, path: Path, number_range: NumberRange, clock: Clock, *, first_running_number: int = 1) -> None:
        self._range = number_range
        self._clock = clock
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_TABLES)
        with self._transaction():
            self._set_if_missing("next_running_number", first_running_number)
            self._set_if_missing("next_register_sequence", 1)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def add_receipt(self, build: Callable[[str, int], Receipt], *, print_role: str = "") -> Happened:
        """Records a receipt. `build` gets the receipt number and its running integer and returns the receipt.

        When this returns, the receipt has happened. Whatever `build` raises leaves no trace.
        """
        with self._transaction():
            running = self._get("next_running_number")
            receipt = build(self._range.number(running), running)
            event = self._append(EventKind.RECEIPT, encode_receipt(receipt), print_role)
            self._set("next_running_number", running + 1)
        return Happened(event.event_id, event.register_sequence, receipt)

    def add(self, kind: EventKind, body: bytes) -> Event:
        """Records an event that is no receipt."""
        with self._transaction():
            return self._append(kind, body, "")

    def waiting(self, after_sequence: int, limit: int) -> list[Waiting]:
        """Events that are not settled, behind a register_sequence, in order."""
        rows = self._connection.execute(
            "SELECT register_sequence, event_id, kind, body, print_role, created_at FROM outbox"
            " WHERE state = 0 AND register_sequence > ? ORDER BY register_sequence LIMIT ?",
            (after_sequence, limit),
        )
        return [Waiting(Event(row[1], row[0], EventKind(row[2]), row[3]), row[4], row[5]) for row in rows]

    def greeted(self, next_register_sequence: int, next_running_number: int) -> None:
        """Takes what the gateway knows of this register.

        A wiped register goes on with the gateway's numbers; a gateway that lost the end of its journal gets again what is still held.
        """
        with self._transaction():
            self._raise_to("next_register_sequence", next_register_sequence)
            self._raise_to("next_running_number", next_running_number)
            self._connection.execute(
                "UPDATE outbox SET state = 0 WHERE state = 1 AND register_sequence >= ?", (next_register_sequence,)
            )

    def settle(self, through_sequence: int, central_sequence: int) -> None:
        """The gateway has settled everything up to one number, central has everything up to the other."""
        with self._transaction():
            self._connection.execute(
                "UPDATE outbox SET state = 1 WHERE state = 0 AND register_sequence <= ?", (through_sequence,)
            )
            self._connection.execute(
                "DELETE FROM outbox WHERE state = 1 AND register_sequence <= ?",
                (min(through_sequence, central_sequence),),
            )

    def note_findings(self, event_id: bytes, findings: Iterable[Finding]) -> None:
        """Keeps what the gateway found; the event is recorded all the same."""
        rows = [(event_id, found.reason, found.field, found.value, found.rule) for found in findings]
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?)", rows)

    def note_refused(self, refused: RefusedForGood) -> None:
        """Keeps a refused event visible, with its bytes."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO refused SELECT ?, ?, ?, ?, coalesce((SELECT body FROM outbox WHERE event_id = ?), x'')",
                (refused.event_id, refused.register_sequence, refused.reason, refused.text, refused.event_id),
            )

    def findings(self) -> list[tuple[bytes, Finding]]:
        """Every finding the gateway reported, by event id."""
        rows = self._connection.execute("SELECT event_id, reason, field, value, rule FROM findings")
        return [(row[0], Finding(*row[1:])) for row in rows]

    def refused(self) -> list[RefusedForGood]:
        """Every event that was refused for good."""
        rows = self._connection.execute(
            "SELECT event_id, register_sequence, reason, text FROM refused ORDER BY register_sequence"
        )
        return [RefusedForGood(*row) for row in rows]

    def counts(self) -> OutboxCounts:
        """What waits, what is held, what was refused."""
        pending, held = self._connection.execute("SELECT coalesce(sum(state = 0), 0), count(*) FROM outbox").fetchone()
        (refused,) = self._connection.execute("SELECT count(*) FROM refused").fetchone()
        return OutboxCounts(pending, held, refused)

    def is_settled(self, event_id: bytes) -> bool:
        """True once the gateway has settled an event of this register."""
        row = self._connection.execute("SELECT state FROM outbox WHERE event_id = ?", (event_id,)).fetchone()
        return row is None or row[0] == OutboxState.SETTLED

    def _append(self, kind: EventKind, body: bytes, print_role: str) -> Event:
        now_ms = self._clock.now_ms()
        sequence = self._get("next_register_sequence")
        event = Event(new_event_id(now_ms), sequence, kind, body)
        self._connection.execute(
            "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, 0)",
            (sequence, event.event_id, int(kind), body, print_role, now_ms),
        )
        self._set("next_register_sequence", sequence + 1)
        return event

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as failure:
            self._roll_back()
            if getattr(failure, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise TryAgain("DISK_FULL", field="outbox", rule=str(failure)) from failure
            raise
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # A full disk may have ended the transaction already.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _get(self, key: str) -> int:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise Refused("OUTBOX_DAMAGED", field=key, value="", rule="must be in the outbox's meta table")
        return int(row[0])

    def _set(self, key: str, value: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _set_if_missing(self, key: str, value: int) -> None:
        self._connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))

    def _raise_to(self, key: str, value: int) -> None:
        self._connection.execute("UPDATE meta SET value = max(value, ?) WHERE key = ?", (value, key))
