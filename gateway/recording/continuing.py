"""Where registers' numbers go on after the journal was lost or lost its end: behind the highest that any witness knows.

A Z number that was given is never given again (DSFinV-K, Z_NR; AEAO zu § 146a). Numbers only ever rise here, so that witnesses may speak
in any order and more than once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind, Finding
from branchgate.ids import new_event_id
from branchgate.records import FindingRecord, encode_finding_record
from gateway.journal.awaited import number_said, numbers_awaited
from gateway.journal.entries import BRANCH, OWN, NewEntry
from gateway.journal.journal import Journal
from gateway.recording.states import read_states, write_states
from gateway.sales.continued import CONTINUED

MOST_Z = 10_000_000
"""More closings than any register makes: what is typed beyond it is a mistake."""

_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class LastNumbers:
    """The highest numbers of a register that a witness has seen; 0 where it has seen none."""

    register_id: str
    z_number: int
    running_number: int = 0
    reserved_number: int = 0


def continue_behind(
    journal: Journal, witness: str, numbers: Sequence[LastNumbers], now_ms: int
) -> Callable[[sqlite3.Connection], list[str]]:
    """A work for the writer: raises what the gateway knows of registers, and journals each Z number that it raised.

    Answers with the registers whose Z number rose.
    """

    def work(connection: sqlite3.Connection) -> list[str]:
        states = read_states(connection, [told.register_id for told in numbers])
        raised: list[Finding] = []
        for told in numbers:
            state = states[told.register_id]
            if told.z_number > state.z_number:
                raised.append(Finding(CONTINUED, told.register_id, str(told.z_number), witness))
            states[told.register_id] = replace(
                state,
                z_number=max(state.z_number, told.z_number),
                running_number=max(state.running_number, told.running_number),
                reserved_number=max(state.reserved_number, told.reserved_number),
            )
        write_states(connection, states)
        journal.append_in(
            connection, [_entry(raised[at : at + _AT_ONCE], now_ms) for at in range(0, len(raised), _AT_ONCE)]
        )
        return [finding.field for finding in raised]

    return work


def say_next_z(
    journal: Journal, register_id: str, next_z_number: int, user_id: str, now_ms: int
) -> Callable[[sqlite3.Connection], None]:
    """A work for the writer: a person says which Z number a register gets next, because the journal is gone and no witness is left.

    Raises Refused (Z_NUMBERS_NOT_AWAITED) when the number is known or has been said, (INVALID_VALUE) for a number that is none.
    """

    def work(connection: sqlite3.Connection) -> None:
        if not numbers_awaited(connection, register_id):
            raise Refused("Z_NUMBERS_NOT_AWAITED", field="register_id", value=register_id, kind=RefusedKind.NOT_NOW)
        if not 1 <= next_z_number <= MOST_Z:
            raise Refused("INVALID_VALUE", field="next_z_number", value=next_z_number, rule=f"1 to {MOST_Z}")
        number_said(connection, register_id)
        continue_behind(journal, user_id, [LastNumbers(register_id, next_z_number - 1)], now_ms)(connection)

    return work


def _entry(findings: Sequence[Finding], now_ms: int) -> NewEntry:
    body = encode_finding_record(FindingRecord(b"", tuple(findings)))
    return NewEntry(new_event_id(now_ms), BRANCH, OWN, EventKind.FINDING, body)
