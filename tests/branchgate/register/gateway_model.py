"""A gateway as registers see it, in plain Python: settles in order, answers cumulatively, keeps every id once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from branchgate.events import Event, Finding
from branchgate.register.held import Answer, RefusedForGood

UNREADABLE = b"unreadable"
BROKEN = b"breaks a rule"
A_RULE = Finding("RECEIPT_SUM_MISMATCH", "total_cents", "1", "the lines add up to 2")


@dataclass
class GatewayModel:
    """One register's part of a gateway's journal, and what central has of it."""

    journal_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    journal: list[Event] = field(default_factory=list)
    refused: set[bytes] = field(default_factory=set)
    settled: int = 0
    next_running_number: int = 1
    at_central: set[bytes] = field(default_factory=set)
    central_sequence: int = 0

    def record(self, events: Sequence[Event]) -> Answer:
        """Settles events up to the first gap."""
        findings: list[tuple[bytes, tuple[Finding, ...]]] = []
        refused: list[RefusedForGood] = []
        for event in events:
            if event.register_sequence > self.settled + 1:
                break
            found = self._settle(event)
            if found is None:
                refused.append(RefusedForGood(event.event_id, event.register_sequence, "RECEIPT_UNREADABLE", "…"))
            elif found:
                findings.append((event.event_id, found))
            self.settled = max(self.settled, event.register_sequence)
        return Answer(self.settled, self.central_sequence, tuple(findings), tuple(refused))

    def look_up(self, event_id: bytes, digest: bytes) -> tuple[Finding, ...] | None:
        """The findings of an event that was recorded with this content, None if it was not."""
        for event in self.journal:
            if event.event_id == event_id and hashlib.sha256(event.body).digest() == digest:
                return _findings_of(event)
        return None

    def go_on_at(self, oldest_held: int) -> None:
        self.settled = max(self.settled, oldest_held - 1)

    def upload(self) -> None:
        """Central takes everything."""
        self.at_central |= {event.event_id for event in self.journal}
        self.central_sequence = max(self.central_sequence, self.settled)

    def lose_the_end(self, keep: int) -> None:
        """The journal goes on shorter, under another id."""
        del self.journal[keep:]
        self.settled = max((event.register_sequence for event in self.journal), default=0)
        self.journal_id = secrets.token_bytes(16)

    def has(self, event_id: bytes) -> bool:
        return event_id in self.at_central or event_id in self.refused or self.times(event_id) == 1

    def times(self, event_id: bytes) -> int:
        return sum(event.event_id == event_id for event in self.journal)

    def _settle(self, event: Event) -> tuple[Finding, ...] | None:
        if event.body.endswith(UNREADABLE):
            self.refused.add(event.event_id)
            return None
        if self.times(event.event_id):
            return _findings_of(event)
        self.journal.append(event)
        if event.register_sequence <= self.settled:
            return (Finding("SEQUENCE_REUSED", "register_sequence", str(event.register_sequence), "goes on behind"),)
        return _findings_of(event)


def _findings_of(event: Event) -> tuple[Finding, ...]:
    return (A_RULE,) if event.body.endswith(BROKEN) else ()
