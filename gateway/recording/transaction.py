"""Writing messages of events: what is new, what is known, what conflicts; everything in the one transaction they are given."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from branchgate.errors import BranchgateError, TryAgain
from branchgate.events import EventKind, Finding
from branchgate.receipts.check import MAX_CLOCK_SKEW_MS
from branchgate.receipts.check_numbers import check_order
from branchgate.receipts.model import Receipt
from branchgate.receipts.view import ReceiptView, view_receipt
from branchgate.records import FindingRecord, decode_finding_record, encode_finding_record, event_bytes
from gateway.journal.entries import OWN, Entry, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_at
from gateway.recording.additions import Additions
from gateway.recording.derived import derived_id
from gateway.recording.judging import Judged
from gateway.recording.message import Recording
from gateway.recording.model import EventFindings, EventToRecord, ParkedEnd, Recorded, RefusedEvent
from gateway.recording.own_receipts import carried_float
from gateway.recording.references import References
from gateway.recording.standing import Standing
from gateway.recording.states import read_state, read_states, write_state, write_states
from gateway.sales.days import plausible_ms

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


class ParkedEnds(Protocol):
    """Ends the parked receipt that a receipt names, in the transaction that records the receipt.

    Called in the writer's thread, once per new receipt that names one. It touches nothing but the connection, raises nothing, and
    leaves its entry to the caller, who appends it behind the findings about the receipt.
    """

    def __call__(
        self, connection: sqlite3.Connection, register_id: str, event_id: bytes, body: bytes, now_ms: int
    ) -> ParkedEnd: ...


def record_messages(
    connection: sqlite3.Connection,
    journal: Journal,
    print_wish: PrintWish | None,
    messages: Sequence[Recording],
    parked_ends: ParkedEnds | None = None,
) -> list[Recorded]:
    """Writes messages of any registers in order; each is settled up to the first gap in its numbers."""
    event_ids = [judged.event.event_id for message in messages for judged in message.judged]
    additions = Additions(connection, journal, event_ids)
    before = read_states(connection, list({message.register_id for message in messages}))
    standings = {register_id: Standing.of(state) for register_id, state in before.items()}

    def highest_of(register_id: str, reserved: bool) -> int:
        standing = standings.get(register_id) or read_state(connection, register_id)
        return standing.reserved_number if reserved else standing.running_number

    references = References(connection, additions, highest_of)
    recorded = []
    for message in messages:
        recording = MessageRecording(
            connection, additions, message, standings[message.register_id], references, print_wish, parked_ends
        )
        recorded.append(recording.record())
    additions.write()
    after = {register_id: standing.state() for register_id, standing in standings.items()}
    write_states(connection, {key: state for key, state in after.items() if state != before[key]})
    return recorded


def skip_to(connection: sqlite3.Connection, journal: Journal, register_id: str, oldest_held: int) -> Recorded:
    """Goes on at `oldest_held` when the register no longer holds what is missing before it; the hole becomes a finding."""
    state = read_state(connection, register_id)
    settled = state.register_sequence
    if oldest_held <= settled + 1:
        return Recorded(settled)
    missing = f"{settled + 1} to {oldest_held - 1}"
    finding = Finding("EVENTS_MISSING", "register_sequence", missing, "neither here nor at the register any more")
    about = derived_id(b"missing", register_id, missing.encode(), 0, journal.journal_id)
    body = encode_finding_record(FindingRecord(b"", (finding,)))
    journal.append_in(connection, [NewEntry(about, register_id, OWN, EventKind.FINDING, body)])
    write_state(connection, register_id, replace(state, register_sequence=oldest_held - 1, findings=state.findings + 1))
    return Recorded(oldest_held - 1)


class MessageRecording:
    """One message of one register, being written."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        additions: Additions,
        message: Recording,
        standing: Standing,
        references: References,
        print_wish: PrintWish | None,
        parked_ends: ParkedEnds | None,
    ) -> None:
        self._connection = connection
        self._additions = additions
        self._message = message
        self._register_id = message.register_id
        self._standing = standing
        self._references = references
        self._print_wish = print_wish
        self._parked_ends = parked_ends
        self._findings: list[EventFindings] = []
        self._refused: list[RefusedEvent] = []
        self._late = False

    def record(self) -> Recorded:
        """Settles the events in order, up to the first gap in their numbers."""
        try_again = None
        for judged in self._message.judged:
            if judged.event.register_sequence > self._standing.register_sequence + 1:
                try_again = self._gap(judged.event)
                break
            self._settle(judged)
        findings, refused = tuple(self._findings), tuple(self._refused)
        return Recorded(self._standing.register_sequence, findings, refused, try_again, self._late)

    def _settle(self, judged: Judged) -> None:
        event = judged.event
        self._late |= event.register_sequence <= self._standing.register_sequence
        known = self._additions.find(event.event_id)
        if known is not None and self._is_same(known, event):
            self._answer_again(known)
        elif judged.kind is None:
            self._refuse(judged)
        elif known is not None:
            self._keep_conflict(event)
        else:
            self._append_new(judged, judged.kind)
        self._standing.register_sequence = max(self._standing.register_sequence, event.register_sequence)

    def _is_same(self, known: Entry, event: EventToRecord) -> bool:
        return known.register_id == self._register_id and known.kind == event.kind and known.body == event.body

    def _append_new(self, judged: Judged, kind: EventKind) -> None:
        event, standing = judged.event, self._standing
        findings = judged.findings
        if event.register_sequence <= standing.register_sequence:
            rule = f"{standing.register_sequence} is settled already; a wiped register goes on behind it"
            findings = (*findings, Finding("SEQUENCE_REUSED", "register_sequence", str(event.register_sequence), rule))
        if judged.running_number is not None:
            standing.has_tse = judged.has_tse
            if standing.carried_cents and not standing.period_first_sequence:
                self._open_with_float(event)
            findings = (*findings, *self._check_order(judged.running_number))
            if judged.finished_at_ms < standing.closed_until_ms or judged.floats:
                findings = (*findings, *self._check_period(judged))
        if judged.referring is not None:
            findings = (*findings, *self._references.follow(event.event_id, judged.referring))
        sequence = self._add(event.event_id, event.register_sequence, kind, event.body)
        if judged.running_number is not None:
            standing.period_first_sequence = standing.period_first_sequence or sequence
            standing.receipts += 1
            if judged.original is not None and self._print_wish is not None:
                findings = (*findings, *self._print(self._print_wish, judged.original, event))
        end = self._end_parked(event) if judged.parked_id else None
        findings = findings if end is None else (*findings, *end.findings)
        if findings:
            self._add_findings(event.event_id, findings)
        if end is not None and end.entry is not None:
            self._additions.add(end.entry)

    def _end_parked(self, event: EventToRecord) -> ParkedEnd | None:
        if self._parked_ends is None:
            return None
        return self._parked_ends(self._connection, self._register_id, event.event_id, event.body, self._message.now_ms)

    def _check_order(self, running: int) -> list[Finding]:
        numbers, standing = self._message.register_range, self._standing
        if numbers is not None and numbers.highest_own < running <= numbers.highest:
            # Of the gateway's part, which has an order of its own; that it came from a register is told already.
            return []
        found = check_order(running, standing.running_number)
        # An absurd number must not become the one that all later numbers are held against.
        if numbers is None or running <= numbers.highest_own:
            standing.running_number = max(standing.running_number, min(running, _HIGHEST_RUNNING))
        return found

    def _open_with_float(self, event: EventToRecord) -> None:
        """The float that the last closing carried over opens the period right before its first receipt, at the time of that one."""
        standing, now_ms = self._standing, self._message.now_ms
        at_ms = begins_at(view_receipt(event.body), now_ms)
        made = carried_float(self._register_id, standing, at_ms, self._message.register_range, now_ms)
        if made is not None:
            sequences = [self._additions.add(entry) for entry in made.entries]
            standing.period_first_sequence = sequences[0]

    def _check_period(self, judged: Judged) -> list[Finding]:
        standing = self._standing
        found = []
        finished_at_ms = plausible_ms(judged.finished_at_ms, self._message.now_ms) if judged.finished_at_ms else 0
        if 0 < finished_at_ms < standing.closed_until_ms and self._has_waited(judged):
            rule = f"its day was closed with Z {standing.z_number} before it came"
            found.append(Finding("LATE_SALE", "finished_at_ms", str(judged.finished_at_ms), rule))
        if judged.floats:
            if judged.floats > 0 and standing.floats:
                found.append(Finding("FLOAT_TWICE", "lines[0].business_case", "Anfangsbestand", "once a period"))
            standing.floats = max(0, standing.floats + judged.floats)
        return found

    def _has_waited(self, judged: Judged) -> bool:
        """Whether a receipt is older than a clock may be off; one that asks for its paper has just happened, whatever its clock says.

        Without that, every sale behind a closing would be late at a register whose clock is a few seconds behind the gateway's.
        """
        return not judged.event.wants_paper and self._message.now_ms - judged.finished_at_ms > MAX_CLOCK_SKEW_MS

    def _print(self, print_wish: PrintWish, receipt: Receipt, event: EventToRecord) -> list[Finding]:
        self._additions.write()
        try:
            print_wish(
                self._connection, self._register_id, event.event_id, receipt, event.print_role, self._message.now_ms
            )
        except BranchgateError as failure:
            return [Finding(failure.reason, "print.role", event.print_role, failure.rule)]
        return []

    def _add_findings(self, event_id: bytes, findings: tuple[Finding, ...]) -> None:
        body = encode_finding_record(FindingRecord(event_id, findings))
        self._add(derived_id(b"finding", self._register_id, event_id), OWN, EventKind.FINDING, body)
        self._standing.findings += 1
        self._findings.append(EventFindings(event_id, findings))

    def _answer_again(self, known: Entry) -> None:
        findings = findings_about(self._connection, known)
        if findings:
            self._findings.append(EventFindings(known.event_id, findings))

    def _keep_conflict(self, event: EventToRecord) -> None:
        """Journals the other bytes under an id of their own, once; they count nowhere and are seen by people."""
        own_id = derived_id(b"conflict", self._register_id, event.event_id, event.kind, event.body)
        if self._additions.look_up(own_id) is None:
            sent = event_bytes(event.event_id, event.register_sequence, event.kind, event.body)
            self._add(own_id, self._place(event), EventKind.CONFLICT, sent)
            self._standing.findings += 1
        finding = Finding("EVENT_CONFLICT", "event_id", event.event_id.hex(), "recorded before with other content")
        self._findings.append(EventFindings(event.event_id, (finding,)))

    def _refuse(self, judged: Judged) -> None:
        """Keeps the bytes of an event that cannot be read, once, and settles it: it must not block those behind it."""
        event, refusal = judged.event, judged.refusal
        assert refusal is not None
        own_id = derived_id(b"refused", self._register_id, event.event_id, event.kind, event.body)
        if self._additions.look_up(own_id) is None:
            sent = event_bytes(event.event_id, event.register_sequence, event.kind, event.body)
            record = FindingRecord(event.event_id, (refusal,), refused=True, refused_event=sent)
            self._add(own_id, self._place(event), EventKind.FINDING, encode_finding_record(record))
            self._standing.findings += 1
        self._refused.append(RefusedEvent(event.event_id, event.register_sequence, refusal))

    def _place(self, event: EventToRecord) -> int:
        """An entry that stands for the event takes its number, unless that number has an entry already."""
        return event.register_sequence if event.register_sequence > self._standing.register_sequence else OWN

    def _add(self, event_id: bytes, register_sequence: int, kind: EventKind, body: bytes) -> int:
        return self._additions.add(NewEntry(event_id, self._register_id, register_sequence, kind, body))

    def _gap(self, event: EventToRecord) -> TryAgain:
        return TryAgain(
            "SEQUENCE_GAP",
            field="register_sequence",
            value=event.register_sequence,
            rule=f"expected {self._standing.register_sequence + 1}",
            retry_after_ms=SEQUENCE_GAP_RETRY_MS,
        )


LONGEST_RECEIPT_MS = 24 * 3600 * 1000
"""A receipt that says it took longer than that has a wrong start."""


def begins_at(receipt: ReceiptView, now_ms: int) -> int:
    """When what comes before a receipt happened: at its start, as far as its clock makes sense."""
    finished_at_ms = plausible_ms(receipt.finished_at_ms, now_ms)
    is_start = finished_at_ms - LONGEST_RECEIPT_MS <= receipt.started_at_ms <= finished_at_ms
    return receipt.started_at_ms if is_start else finished_at_ms


def findings_about(connection: sqlite3.Connection, entry: Entry) -> tuple[Finding, ...]:
    """The rules a recorded event breaks: they stand right behind it."""
    behind = entry_at(connection, entry.sequence + 1)
    if behind is None or behind.kind is not EventKind.FINDING:
        return ()
    record = decode_finding_record(behind.body)
    return record.findings if record.about_event_id == entry.event_id and not record.refused else ()


_HIGHEST_RUNNING = 999_999_999
