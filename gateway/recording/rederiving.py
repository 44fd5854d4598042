"""Where registers stand, told by the journal once more: `register_state` is derived from it, and damage in that table has no check sum.

A Z number that went back there would keep its register from ever closing, or be given twice. What lies behind the last closing of each
register is read, as far as that is near; a state that is ahead of it stays ahead, because a number must not be given twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from branchgate.errors import Refused
from branchgate.events import EventKind, Finding
from branchgate.figures import Closing, decode_closing
from branchgate.ids import new_event_id
from branchgate.numbers import NumberRange
from branchgate.receipts.view import view_receipt
from branchgate.records import FindingRecord, decode_finding_record, encode_finding_record
from gateway.journal.entries import BRANCH, OWN, NewEntry
from gateway.journal.examination import Fault
from gateway.journal.incidents import STATE_REPAIRED, write_state_repaired
from gateway.journal.journal import Journal
from gateway.recording.continuing import MOST_Z
from gateway.recording.states import UNKNOWN_REGISTER, RegisterState, read_states, write_states
from gateway.sales.continued import CONTINUED
from gateway.store.connection import connect_read_only

FARTHEST = 50_000
"""So many entries at the journal's end are read: a second on a small machine. Of a period that began before them only the Z number is compared."""

_COMPARED = (
    "z_number",
    "register_sequence",
    "running_number",
    "reserved_number",
    "period_first_sequence",
    "carried_cents",
)

Ranges = Callable[[sqlite3.Connection], Mapping[str, NumberRange]]
"""Reads the registers' number ranges."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A register whose state is not what the journal tells: as it is `stored`, and as it should be (`derived`)."""

    register_id: str
    stored: RegisterState
    derived: RegisterState
    z_number: int
    """The last one that the journal knows of; `derived` keeps a higher one."""

    @property
    def told(self) -> str:
        """What differs, for people: names and numbers."""
        told = replace(self.derived, z_number=self.z_number)
        pairs = [(name, getattr(self.stored, name), getattr(told, name)) for name in _COMPARED]
        return ", ".join(f"{name} {stored} ≠ {right}" for name, stored, right in pairs if stored != right)


@dataclass(slots=True)
class _Told:
    """What the journal tells of one register."""

    z_number: int = 0
    closed_at: int = 0
    closing: Closing | None = None
    register_sequence: int = 0
    running_number: int = 0
    reserved_number: int = 0
    first: int = 0
    receipts: int = 0
    findings: int = 0


def differences_in(path: Path, ranges: Ranges) -> list[Difference]:
    """Compares the states in a store with its journal, as one moment sees both. Nothing where the file's pages cannot be read, which is told elsewhere."""
    connection = connect_read_only(path)
    try:
        connection.execute("BEGIN")
        return differences(connection, ranges)
    except sqlite3.DatabaseError:
        return []
    finally:
        connection.close()


def state_faults(found: Sequence[Difference]) -> list[Fault]:
    """Differences as an examination of the journal tells them."""
    return [
        Fault("REGISTER_STATE_DIFFERS", value=one.register_id, rule=one.told, register_id=one.register_id)
        for one in found
    ]


def differences(connection: sqlite3.Connection, ranges: Ranges) -> list[Difference]:
    """The registers whose state differs, by id."""
    told, since = _told(connection, ranges(connection))
    known = [row[0] for row in connection.execute("SELECT register_id FROM register_state")]
    names = sorted({*told, *known})
    found = []
    for register_id, stored in read_states(connection, names).items():
        here = told.get(register_id, _Told())
        derived = _derived(_sound(stored), here, near=here.closed_at >= since)
        if stored != derived or stored.z_number != here.z_number:
            found.append(Difference(register_id, stored, derived, here.z_number))
    return found


def repair_states(journal: Journal, ranges: Ranges, now_ms: int) -> Callable[[sqlite3.Connection], list[Difference]]:
    """A work for the writer: writes the states as the journal tells them, an incident of each, and where Z numbers go on behind it."""

    def work(connection: sqlite3.Connection) -> list[Difference]:
        found = differences(connection, ranges)
        write_states(connection, {one.register_id: one.derived for one in found})
        for one in found:
            findings = [Finding(STATE_REPAIRED, one.register_id, one.register_id, one.told)]
            if one.derived.z_number > one.z_number:
                findings.append(Finding(CONTINUED, one.register_id, str(one.derived.z_number), "branch.db"))
            write_state_repaired(connection, one.register_id, one.told, journal.head_in(connection), now_ms)
            body = encode_finding_record(FindingRecord(b"", tuple(findings)))
            journal.append_in(connection, [NewEntry(new_event_id(now_ms), BRANCH, OWN, EventKind.FINDING, body)])
        return found

    return work


def _sound(stored: RegisterState) -> RegisterState:
    """A damaged page may hand out texts, or bytes, where numbers stood."""
    values: list[Any] = [
        value if isinstance(value, str if isinstance(default, str) else int) else default
        for value, default in zip(astuple(stored), astuple(UNKNOWN_REGISTER), strict=True)
    ]
    return RegisterState(*values)


def _derived(stored: RegisterState, told: _Told, *, near: bool) -> RegisterState:
    """Numbers never go back; one that no register reaches is damage. `near`: everything behind the last closing was read."""
    derived = replace(
        stored,
        z_number=max(told.z_number, stored.z_number if stored.z_number <= MOST_Z else 0),
        register_sequence=max(stored.register_sequence, told.register_sequence),
        running_number=max(stored.running_number, told.running_number),
        reserved_number=max(stored.reserved_number, told.reserved_number),
    )
    if not near:
        return derived
    if stored.period_first_sequence != told.first:
        derived = replace(derived, period_first_sequence=told.first, receipts=told.receipts, findings=told.findings)
    if told.first:
        return replace(derived, carried_cents=0)
    if told.closing is None or stored.carried_cents == (told.closing.carried_float_cents or 0):
        return derived
    return replace(derived, carried_cents=told.closing.carried_float_cents or 0, carried_by=told.closing.user_id)


def _told(connection: sqlite3.Connection, ranges: Mapping[str, NumberRange]) -> tuple[dict[str, _Told], int]:
    """What the journal tells of each register, and behind which entry it was read."""
    told = _closed(connection)
    (head,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM journal").fetchone()
    known = connection.execute("SELECT register_id FROM register_state WHERE register_sequence > 0").fetchall()
    ends = [told.get(name, _Told()).closed_at for name in {*told, *(name for (name,) in known)}]
    since = max(head - FARTHEST, min(ends, default=0))
    rows = connection.execute(
        "SELECT sequence, register_id, register_sequence, kind, CAST(body AS BLOB) FROM journal WHERE sequence > ? AND register_id != ''",
        (since,),
    )
    for sequence, register_id, number, kind, body in rows:
        one = told.setdefault(register_id, _Told())
        one.register_sequence = max(one.register_sequence, number)
        behind = sequence > one.closed_at
        if kind == EventKind.RECEIPT:
            _take_number(one, number, body, ranges.get(register_id))
            one.first = one.first or (sequence if behind else 0)
            one.receipts += behind
        elif kind in (EventKind.FINDING, EventKind.CONFLICT):
            one.findings += behind
    for register_id, z_number in _continued(connection):
        one = told.setdefault(register_id, _Told())
        one.z_number = max(one.z_number, z_number)
    return told, since


def _take_number(told: _Told, register_sequence: int, body: bytes, numbers: NumberRange | None) -> None:
    try:
        running = view_receipt(body).running_number
    except Refused:
        return  # damaged, which the chain tells
    if register_sequence == OWN:
        # The newest: another range may begin lower.
        told.reserved_number = running
    elif numbers is not None and running <= numbers.highest_own:
        told.running_number = max(told.running_number, running)


def _closed(connection: sqlite3.Connection) -> dict[str, _Told]:
    """The last closing of each register. One that cannot be read counts, and the one before it tells its number."""
    ends = connection.execute(
        "SELECT register_id, max(sequence) FROM journal INDEXED BY journal_closings WHERE kind = 5 GROUP BY register_id"
    ).fetchall()
    return {register_id: _last_closing(connection, register_id, sequence) for register_id, sequence in ends}


def _last_closing(connection: sqlite3.Connection, register_id: str, last: int) -> _Told:
    told = _Told(closed_at=last)
    bodies = connection.execute(
        "SELECT sequence, CAST(body AS BLOB) FROM journal INDEXED BY journal_closings WHERE kind = 5 AND register_id = ?"
        " ORDER BY sequence DESC",
        (register_id,),
    )
    for sequence, body in bodies:
        closing = _readable(body, register_id)
        if closing is not None:
            told.z_number += closing.z_number
            told.closing = closing if sequence == last else None
            break
        told.z_number += 1
    return told


def _readable(body: bytes, register_id: str) -> Closing | None:
    try:
        closing = decode_closing(body)
    except Refused:
        return None
    return closing if closing.register_id == register_id and closing.z_number > 0 else None


def _continued(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Z numbers that go on behind closings which this journal does not hold."""
    rows = connection.execute(
        "SELECT CAST(body AS BLOB) FROM journal INDEXED BY journal_notes"
        f" WHERE kind = {int(EventKind.FINDING)} AND register_id = '' ORDER BY sequence"
    )
    return [
        (finding.field, int(finding.value))
        for (body,) in rows
        for finding in _findings(body)
        if finding.reason == CONTINUED and finding.value.isdecimal()
    ]


def _findings(body: bytes) -> tuple[Finding, ...]:
    try:
        return decode_finding_record(body).findings
    except Refused:
        return ()
