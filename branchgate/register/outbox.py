"""The register's outbox: a receipt has happened once it is in here, on disk.

The register sells on without its gateway; an event leaves the outbox only when central has it, and a refused one stays visible. Event
id, register_sequence, receipt number and body become true in one transaction, so that no number is used for nothing and none twice.

An outbox without a past does not know how far its register's numbers have come: it may belong to a register that lost its disk. It
takes nothing until the gateway has greeted once; from then on it never needs the gateway to go on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from branchgate.clock import Clock
from branchgate.damage import damage_refused
from branchgate.errors import Refused, RefusedKind, TryAgain
from branchgate.events import Event, EventKind, Finding
from branchgate.file_version import note_version, require_known
from branchgate.ids import new_event_id
from branchgate.numbers import NumberRange
from branchgate.receipts.codec import decode_receipt, encode_receipt
from branchgate.receipts.limits import require_possible
from branchgate.receipts.model import Receipt
from branchgate.register.held import Answer, Happened, OutboxCounts, OutboxState, RefusedForGood, Waiting

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
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
CREATE TABLE IF NOT EXISTS found_receipts (event_id BLOB PRIMARY KEY, receipt_number TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    event_id BLOB PRIMARY KEY, register_sequence INTEGER NOT NULL, reason TEXT NOT NULL, text TEXT NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
"""
VERSION = 1
"""Of these tables. Whoever changes them counts it up, and brings files of every earlier number up to date; 0 has the same tables."""

LARGEST_EVENT_BYTES = 1024 * 1024
"""Thousands of lines. What is larger is refused before it has happened: a gateway has to take every event in one message."""

_NOTE = "note:"
_BEING_SIGNED = "being_signed"
_WAITING = "SELECT register_sequence, event_id, kind, body, print_role, created_at FROM outbox WHERE state = ?"


class Outbox:
    """One register's outbox in a SQLite file. For one thread at a time.

    `owner` names branch and register. Raises Refused (OUTBOX_OF_OTHER_REGISTER) when the file was begun by another one, Refused
    (STORE_DAMAGED, STORE_TOO_NEW), and TryAgain (DISK_FULL) when the disk is full: then the sale has not happened and nothing is half-written.
    """

    def __init__(
        self, path: Path, owner: str, number_range: NumberRange, clock: Clock, *, first_running_number: int = 1
    ) -> None:
        self._range = number_range
        self._clock = clock
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            with damage_refused(path):
                require_known(self._connection, path, VERSION)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.executescript(_TABLES)
                with self._transaction():
                    self._set_up(owner, first_running_number)
                    note_version(self._connection, VERSION)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def add_receipt(self, build: Callable[[str, int], Receipt], *, print_role: str = "") -> Happened:
        """Records a receipt. `build` gets the receipt number and its running integer and returns the receipt.

        When this returns, the receipt has happened. Whatever `build` raises leaves no trace. Raises TryAgain (NUMBERS_UNKNOWN) before
        the first greeting, Refused (NUMBER_RANGE_EXHAUSTED) when the register's part of its numbers is used up, and Refused
        (RECEIPT_IMPOSSIBLE, EVENT_TOO_LARGE) for what a gateway would have to refuse.
        """
        with self._transaction():
            running = self._number("next_running_number")
            receipt = build(self._range.own_number(running), running)
            require_possible(receipt)
            event = self._append(EventKind.RECEIPT, encode_receipt(receipt), print_role)
            self._set("next_running_number", running + 1)
            self._connection.execute("DELETE FROM meta WHERE key = ?", (_NOTE + _BEING_SIGNED,))
        return Happened(event.event_id, event.register_sequence, receipt)

    def add(self, kind: EventKind, body: bytes) -> Event:
        """Records an event that is no receipt. Raises TryAgain (NUMBERS_UNKNOWN) before the first greeting, Refused (EVENT_TOO_LARGE)."""
        with self._transaction():
            return self._append(kind, body, "")

    def noted(self, key: str) -> int | bytes | None:
        """A small fact that outlasts the process; None if it was never noted."""
        value = self._get(_NOTE + key)
        return None if isinstance(value, str) else value

    def note(self, key: str, value: int | bytes) -> None:
        """Keeps a small fact under a name of its own."""
        with self._transaction():
            self._set(_NOTE + key, value)

    def begin_signing(self, draft: Receipt) -> None:
        """Keeps a receipt, still without a number, while it is being signed; the next receipt that is added ends that."""
        self.note(_BEING_SIGNED, encode_receipt(draft))

    def being_signed(self) -> Receipt | None:
        """What was being signed when the register broke down; None if nothing was."""
        draft = self.noted(_BEING_SIGNED)
        return decode_receipt(draft) if isinstance(draft, bytes) else None

    def waiting(self, after_sequence: int, limit: int) -> list[Waiting]:
        """Events that are not settled, behind a register_sequence, in order."""
        rows = self._connection.execute(
            f"{_WAITING} AND register_sequence > ? ORDER BY register_sequence LIMIT ?",
            (OutboxState.PENDING, after_sequence, limit),
        )
        return [_waiting(row) for row in rows]

    def doubtful(self) -> list[Waiting]:
        """Events to ask the gateway about by id, in order."""
        rows = self._connection.execute(f"{_WAITING} ORDER BY register_sequence", (OutboxState.DOUBTFUL,))
        return [_waiting(row) for row in rows]

    def oldest_held(self) -> int:
        """The lowest register_sequence that is still here; the next one to be given if none is."""
        (oldest,) = self._connection.execute("SELECT min(register_sequence) FROM outbox").fetchone()
        return self._number("next_register_sequence") if oldest is None else int(oldest)

    def told_last(self) -> tuple[bytes, int]:
        """The journal that last greeted this register (16 bytes, empty if none did), and up to where it has ever called events settled."""
        journal_id = self._get("journal_id")
        if not isinstance(journal_id, bytes):
            return b"", 0
        return journal_id, self._number("settled_by_journal") if self._get("settled_by_journal") is not None else 0

    def receipts(self, limit: int) -> list[Happened]:
        """The last receipts that are still here, oldest first."""
        rows = self._connection.execute(
            "SELECT event_id, register_sequence, body FROM outbox WHERE kind = ? ORDER BY register_sequence DESC LIMIT ?",
            (EventKind.RECEIPT, limit),
        )
        return [Happened(row[0], row[1], decode_receipt(row[2])) for row in rows][::-1]

    def greeted(self, journal_id: bytes, next_register_sequence: int, next_running_number: int) -> None:
        """Takes what the gateway knows of this register, before anything is sent.

        Numbers only go up: a wiped register goes on where the gateway stands. What the gateway does not have any more is pending again.
        What it counts as settled but never acknowledged for this very event is doubtful: the acknowledgement was lost, or this outbox
        came back from a backup and its numbers were used twice. Another journal puts all that is held in doubt.
        """
        with self._transaction():
            known = self._get("journal_id")
            self._set("journal_id", journal_id)
            # Another journal promises anew; the same one has promised at least what it ever did.
            if known != journal_id or self._get("settled_by_journal") is None:
                self._set("settled_by_journal", 0)
            self._raise_to("settled_by_journal", next_register_sequence - 1)
            self._raise_to("next_register_sequence", next_register_sequence)
            self._raise_to("next_running_number", next_running_number)
            self._move("register_sequence >= ?", OutboxState.PENDING, next_register_sequence)
            settled = (OutboxState.SETTLED,) if known not in {None, journal_id} else ()
            for state in (OutboxState.PENDING, *settled):
                condition = f"state = {int(state)} AND register_sequence < ?"
                self._move(condition, OutboxState.DOUBTFUL, next_register_sequence)

    def answered(self, answer: Answer) -> None:
        """Takes a response of the gateway: keeps findings and refusals, settles, forgets what central has.

        An event with findings or refused is settled by its id. `settled_sequence` must not be above what was sent.
        """
        found = [
            (event_id, f.reason, f.field, f.value, f.rule) for event_id, findings in answer.findings for f in findings
        ]
        named = {event_id for event_id, _ in answer.findings} | {refused.event_id for refused in answer.refused}
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?)", found)
            for event_id, _ in answer.findings:
                self._keep_number(event_id)
            for refused in answer.refused:
                self._keep_refused(refused)
            for event_id in named:
                self._move("event_id = ?", OutboxState.SETTLED, event_id)
            self._move(
                f"state = {int(OutboxState.PENDING)} AND register_sequence <= ?",
                OutboxState.SETTLED,
                answer.settled_sequence,
            )
            self._raise_to("settled_by_journal", answer.settled_sequence)
            self._connection.execute(
                "DELETE FROM outbox WHERE state = ? AND register_sequence <= ?",
                (OutboxState.SETTLED, answer.central_sequence),
            )

    def known_to_gateway(self, event_id: bytes, findings: tuple[Finding, ...]) -> None:
        """The gateway was asked about a doubtful event and has it."""
        self.answered(Answer(findings=((event_id, findings),)))

    def findings(self) -> list[tuple[bytes, Finding]]:
        """Every finding the gateway reported, by event id."""
        rows = self._connection.execute("SELECT event_id, reason, field, value, rule FROM findings")
        return [(row[0], Finding(*row[1:])) for row in rows]

    def numbers_of_findings(self) -> dict[bytes, str]:
        """The receipt numbers of the events with findings, as far as they are receipts: a person looks for a number, not for an id."""
        return dict(self._connection.execute("SELECT event_id, receipt_number FROM found_receipts"))

    def refused(self) -> list[RefusedForGood]:
        """Every event that was refused for good."""
        rows = self._connection.execute(
            "SELECT event_id, register_sequence, reason, text FROM refused ORDER BY register_sequence"
        )
        return [RefusedForGood(*row) for row in rows]

    def counts(self) -> OutboxCounts:
        """What waits, what is held, what was refused."""
        pending, held = self._connection.execute(
            "SELECT coalesce(sum(state <> ?), 0), count(*) FROM outbox", (OutboxState.SETTLED,)
        ).fetchone()
        (refused,) = self._connection.execute("SELECT count(*) FROM refused").fetchone()
        numbers_left = max(0, self._range.highest_own + 1 - self._number("next_running_number"))
        return OutboxCounts(pending, held, refused, self._get("journal_id") is not None, numbers_left)

    def is_settled(self, event_id: bytes) -> bool:
        """True once the gateway has settled an event of this register."""
        row = self._connection.execute("SELECT state FROM outbox WHERE event_id = ?", (event_id,)).fetchone()
        return row is None or row[0] == OutboxState.SETTLED

    def _set_up(self, owner: str, first_running_number: int) -> None:
        begun_by = self._get("owner")
        if begun_by not in {None, owner}:
            raise Refused(
                "OUTBOX_OF_OTHER_REGISTER", field="register", value=owner, rule=str(begun_by), kind=RefusedKind.EXISTS
            )
        self._set("owner", owner)
        for key, first in (("next_register_sequence", 1), ("next_running_number", first_running_number)):
            self._connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, first))
        # Pairing anew may have given a later number.
        self._raise_to("next_running_number", first_running_number)

    def _append(self, kind: EventKind, body: bytes, print_role: str) -> Event:
        if self._get("journal_id") is None:
            raise TryAgain("NUMBERS_UNKNOWN", field="gateway", rule="greets a new register once")
        if len(body) > LARGEST_EVENT_BYTES:
            raise Refused("EVENT_TOO_LARGE", field="body", value=len(body), rule=f"at most {LARGEST_EVENT_BYTES} bytes")
        now_ms = self._clock.now_ms()
        sequence = self._number("next_register_sequence")
        event = Event(new_event_id(now_ms), sequence, kind, body)
        self._connection.execute(
            "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sequence, event.event_id, kind, body, print_role, now_ms, OutboxState.PENDING),
        )
        self._set("next_register_sequence", sequence + 1)
        return event

    def _keep_number(self, event_id: bytes) -> None:
        """While the event is here: once central has it, its body is gone."""
        row = self._connection.execute(
            "SELECT body FROM outbox WHERE event_id = ? AND kind = ?", (event_id, EventKind.RECEIPT)
        ).fetchone()
        if row is None:
            return
        try:
            number = decode_receipt(row[0]).receipt_number
        except Refused:
            return  # what cannot be read has no number to show
        self._connection.execute("INSERT OR IGNORE INTO found_receipts VALUES (?, ?)", (event_id, number))

    def _keep_refused(self, refused: RefusedForGood) -> None:
        self._connection.execute(
            # Told again, it may have left the outbox already: the bytes that were kept the first time stay.
            "INSERT OR IGNORE INTO refused"
            " SELECT ?, ?, ?, ?, coalesce((SELECT body FROM outbox WHERE event_id = ?), x'')",
            (refused.event_id, refused.register_sequence, refused.reason, refused.text, refused.event_id),
        )

    def _move(self, condition: str, state: OutboxState, value: int | bytes) -> None:
        self._connection.execute(f"UPDATE outbox SET state = ? WHERE {condition}", (state, value))

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

    def _get(self, key: str) -> int | bytes | str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def _number(self, key: str) -> int:
        value = self._get(key)
        if not isinstance(value, int):
            raise Refused("OUTBOX_DAMAGED", field=key, value=value, rule="a number in the outbox's meta table")
        return value

    def _set(self, key: str, value: int | bytes | str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _raise_to(self, key: str, value: int) -> None:
        self._connection.execute("UPDATE meta SET value = max(value, ?) WHERE key = ?", (value, key))


def _waiting(row: tuple[int, bytes, int, bytes, str, int]) -> Waiting:
    return Waiting(Event(row[1], row[0], EventKind(row[2]), row[3]), row[4], row[5])
