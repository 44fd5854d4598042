"""Writing one message of events: what is new, what is known, what conflicts; everything in the one transaction it is given.

Ids of what the gateway adds are derived from what they are about, so that an event that comes again is recognised however it was
settled the first time.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Protocol

from branchgate.errors import BranchgateError, TryAgain
from branchgate.events import EventKind, Finding
from branchgate.numbers import NumberRange
from branchgate.receipts.check import check_number
from branchgate.receipts.model import Receipt
from branchgate.receipts.view import ReceiptView
from branchgate.records import FindingRecord, decode_finding_record, encode_finding_record, event_bytes
from gateway.journal.entries import OWN, Entry, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_at, entry_of
from gateway.recording.judging import Judged
from gateway.recording.model import EventFindings, EventToRecord, Recorded, RefusedEvent
from gateway.recording.states import RegisterState, read_state, write_state

SEQUENCE_GAP_RETRY_MS = 0
"""A register that left a gap may send what is missing at once."""


class PrintWish(Protocol):
    """Makes a print job in the transaction that records the receipt.

    Called in the writer's thread, at most once per receipt. It touches nothing but the connection. A BranchgateError raised before it
    has written anything becomes a finding; the sale is recorded all the same.
    """

    def __call__(
        self,
        connection: sqlite3.Connection,
        register_id: str,
        event_id: bytes,
        receipt: Receipt,
        role: str,
        now_ms: int,
    ) -> None: ...


class RecordingTransaction:
    """One message of one register, being written."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        journal: Journal,
        register_id: str,
        *,
        register_range: NumberRange | None,
        print_wish: PrintWish | None,
        now_ms: int,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._register_id = register_id
        self._register_range = register_range
        self._print_wish = print_wish
        self._now_ms = now_ms
        state = read_state(connection, register_id)
        self._before = state
        self._settled = state.register_sequence
        self._running = state.running_number
        self._first = state.period_first_sequence
        self._receipts = state.receipts
        self._broken = state.findings
        self._findings: list[EventFindings] = []
        self._refused: list[RefusedEvent] = []

    def record(self, events: Sequence[Judged]) -> Recorded:
        """Settles the events in order, up to the first gap in their numbers."""
        try_again = None
        for judged in events:
            if judged.event.register_sequence > self._settled + 1:
                try_again = self._gap(judged.event)
                break
            self._settle(judged)
        self._write_state()
        return Recorded(self._settled, tuple(self._findings), tuple(self._refused), try_again)

    def skip_to(self, oldest_held: int) -> Recorded:
        """Goes on at `oldest_held` when the register no longer holds what is missing before it; the hole becomes a finding."""
        if oldest_held > self._settled + 1:
            missing = f"{self._settled + 1} to {oldest_held - 1}"
            finding = Finding(
                "EVENTS_MISSING", "register_sequence", missing, "neither here nor at the register any more"
            )
            about = _derived(b"missing", self._register_id, missing.encode(), 0, self._journal.journal_id)
            self._append(about, OWN, EventKind.FINDING, encode_finding_record(FindingRecord(b"", (finding,))))
            self._broken += 1
            self._settled = oldest_held - 1
            self._write_state()
        return Recorded(self._settled)

    def _settle(self, judged: Judged) -> None:
        event = judged.event
        known = entry_of(self._connection, event.event_id)
        if known is not None and self._is_same(known, event):
            self._answer_again(known)
        elif judged.kind is None:
            self._refuse(judged)
        elif known is not None:
            self._keep_conflict(event)
        else:
            self._append_new(judged, judged.kind)
        self._settled = max(self._settled, event.register_sequence)

    def _is_same(self, known: Entry, event: EventToRecord) -> bool:
        return known.register_id == self._register_id and known.kind == event.kind and known.body == event.body

    def _append_new(self, judged: Judged, kind: EventKind) -> None:
        event = judged.event
        findings = list(judged.findings)
        if event.register_sequence <= self._settled:
            rule = f"{self._settled} is settled already; a wiped register goes on behind it"
            findings.append(Finding("SEQUENCE_REUSED", "register_sequence", str(event.register_sequence), rule))
        if judged.receipt is not None:
            findings += self._check_number(judged.receipt)
        entry = self._append(event.event_id, event.register_sequence, kind, event.body)
        if judged.receipt is not None:
            self._first = self._first or entry.sequence
            self._receipts += 1
            if judged.original is not None and self._print_wish is not None:
                findings += self._print(self._print_wish, judged.original, event)
        if findings:
            self._append_findings(event.event_id, tuple(findings))

    def _check_number(self, receipt: ReceiptView) -> list[Finding]:
        found = check_number(receipt, register_range=self._register_range, last_running=self._running)
        # An absurd number must not become the one that all later numbers are held against.
        if self._register_range is None or receipt.running_number <= self._register_range.highest:
            self._running = max(self._running, min(receipt.running_number, _HIGHEST_RUNNING))
        return found

    def _print(self, print_wish: PrintWish, receipt: Receipt, event: EventToRecord) -> list[Finding]:
        try:
            print_wish(self._connection, self._register_id, event.event_id, receipt, event.print_role, self._now_ms)
        except BranchgateError as failure:
            return [Finding(failure.reason, "print.role", event.print_role, failure.rule)]
        return []

    def _append_findings(self, event_id: bytes, findings: tuple[Finding, ...]) -> None:
        body = encode_finding_record(FindingRecord(event_id, findings))
        self._append(_derived(b"finding", self._register_id, event_id), OWN, EventKind.FINDING, body)
        self._broken += 1
        self._findings.append(EventFindings(event_id, findings))

    def _answer_again(self, known: Entry) -> None:
        findings = findings_about(self._connection, known)
        if findings:
            self._findings.append(EventFindings(known.event_id, findings))

    def _keep_conflict(self, event: EventToRecord) -> None:
        """Journals the other bytes under an id of their own, once; they count nowhere and are seen by people."""
        own_id = _derived(b"conflict", self._register_id, event.event_id, event.kind, event.body)
        if entry_of(self._connection, own_id) is None:
            sent = event_bytes(event.event_id, event.register_sequence, event.kind, event.body)
            self._append(own_id, self._place(event), EventKind.CONFLICT, sent)
            self._broken += 1
        finding = Finding("EVENT_CONFLICT", "event_id", event.event_id.hex(), "recorded before with other content")
        self._findings.append(EventFindings(event.event_id, (finding,)))

    def _refuse(self, judged: Judged) -> None:
        """Keeps the bytes of an event that cannot be read, once, and settles it: it must not block those behind it."""
        event, refusal = judged.event, judged.refusal
        assert refusal is not None
        own_id = _derived(b"refused", self._register_id, event.event_id, event.kind, event.body)
        if entry_of(self._connection, own_id) is None:
            sent = event_bytes(event.event_id, event.register_sequence, event.kind, event.body)
            record = FindingRecord(event.event_id, (refusal,), refused=True, refused_event=sent)
            self._append(own_id, self._place(event), EventKind.FINDING, encode_finding_record(record))
            self._broken += 1
        self._refused.append(RefusedEvent(event.event_id, event.register_sequence, refusal))

    def _place(self, event: EventToRecord) -> int:
        """An entry that stands for the event takes its number, unless that number has an entry already."""
        return event.register_sequence if event.register_sequence > self._settled else OWN

    def _append(self, event_id: bytes, register_sequence: int, kind: EventKind, body: bytes) -> Entry:
        entry = NewEntry(event_id, self._register_id, register_sequence, kind, body)
        return self._journal.append_in(self._connection, [entry])[0]

    def _gap(self, event: EventToRecord) -> TryAgain:
        return TryAgain(
            "SEQUENCE_GAP",
            field="register_sequence",
            value=event.register_sequence,
            rule=f"expected {self._settled + 1}",
            retry_after_ms=SEQUENCE_GAP_RETRY_MS,
        )

    def _write_state(self) -> None:
        state = RegisterState(
            self._settled, self._running, self._before.z_number, self._first, self._receipts, self._broken
        )
        if state != self._before:
            write_state(self._connection, self._register_id, state)


def findings_about(connection: sqlite3.Connection, entry: Entry) -> tuple[Finding, ...]:
    """The rules a recorded event breaks: they stand right behind it."""
    behind = entry_at(connection, entry.sequence + 1)
    if behind is None or behind.kind is not EventKind.FINDING:
        return ()
    record = decode_finding_record(behind.body)
    return record.findings if record.about_event_id == entry.event_id and not record.refused else ()


_HIGHEST_RUNNING = 999_999_999


def _derived(purpose: bytes, register_id: str, event_id: bytes, kind: int = 0, body: bytes = b"") -> bytes:
    """An id for what the gateway says about an event: a UUIDv8 (RFC 9562, 5.8) out of the event's SHA-256."""
    parts = (purpose.decode(), register_id, event_id.hex(), str(kind), hashlib.sha256(body).hexdigest())
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    value = int.from_bytes(digest[:16], "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return value.to_bytes(16, "big")
