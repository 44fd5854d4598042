"""What registers hand in, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from branchgate.errors import BranchgateError
from branchgate.events import Finding
from gateway.journal.entries import NewEntry


class EventToRecord(NamedTuple):
    """An event as it came, and the wish to print it. `kind` is the wire's number, which this version may not know.

    `print_within_ms` is how long the wish is good for from now on; 0 or less: do not print. A tuple, because one is made for every sale.
    """

    event_id: bytes
    register_sequence: int
    kind: int
    body: bytes
    print_role: str = ""
    print_within_ms: int = 0

    @property
    def wants_paper(self) -> bool:
        """True while the wish to print is good."""
        return self.print_within_ms > 0 and bool(self.print_role)


@dataclass(frozen=True, slots=True)
class EventFindings:
    """The rules that a recorded event breaks."""

    event_id: bytes
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that was refused for good, and why. Its bytes are in the journal all the same."""

    event_id: bytes
    register_sequence: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a message of events.

    Everything up to `settled_register_sequence` is on disk. `try_again` says why the rest of the message was not taken; the register
    sends it again from `settled_register_sequence` + 1. `late`: events came whose numbers were settled before; they may stand in the journal
    behind later ones of the register.
    """

    settled_register_sequence: int
    findings: tuple[EventFindings, ...] = ()
    refused: tuple[RefusedEvent, ...] = ()
    try_again: BranchgateError | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class ParkedEnd:
    """What a receipt does to the parked one that it names: rules it breaks, and the entry that tells the end (None: it ends nothing)."""

    findings: tuple[Finding, ...]
    entry: NewEntry | None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a register learns when it opens a stream; `gateway_time_ms` is UTC."""

    journal_id: bytes
    settled_register_sequence: int
    next_running_number: int
    next_z_number: int
    gateway_time_ms: int

    @property
    def next_register_sequence(self) -> int:
        """The number that a wiped register gives its next event."""
        return self.settled_register_sequence + 1
