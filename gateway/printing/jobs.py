"""A print job as it stands in the store."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.errors import Reason
from drivers.printing.states import JobEvidence, JobState, Proof

UNROUTED: Final = ""
"""`printer` of a job that no device serves yet."""


class DocumentKind(StrEnum):
    """What a job prints."""

    RECEIPT = "receipt"
    CLOSING = "closing"
    X_REPORT = "x-report"


class PrintState(StrEnum):
    """Where a job stands. COPY is the gateway's own: a person did not see it complete, and a copy was made in its place."""

    QUEUED = "QUEUED"
    BLOCKED = "BLOCKED"
    SENDING = "SENDING"
    AWAITING = "AWAITING"
    WAITING_PRINTER = "WAITING_PRINTER"
    UNCERTAIN = "UNCERTAIN"
    PRINTED = "PRINTED"
    SENT_UNVERIFIED = "SENT_UNVERIFIED"
    PRINTED_BY_OPERATOR = "PRINTED_BY_OPERATOR"
    COPY = "COPY"
    CANCELLED = "CANCELLED"
    PARTIAL = "PARTIAL"

    @property
    def is_unsent(self) -> bool:
        """Nothing of it has gone to a printer."""
        return self in (PrintState.QUEUED, PrintState.BLOCKED)

    @property
    def is_under_way(self) -> bool:
        """Claimed by a printer that has not come to an end with it."""
        return self in (PrintState.SENDING, PrintState.AWAITING, PrintState.WAITING_PRINTER)

    @property
    def is_final(self) -> bool:
        """No answer of the printer changes it any more."""
        return self in _FINAL

    @property
    def is_outcome(self) -> bool:
        """Worth an event in the journal: an end, or a doubt."""
        return self.is_final or self is PrintState.UNCERTAIN

    @property
    def asks_a_person(self) -> bool:
        """Somebody must look at the paper and say what is there."""
        return self in (PrintState.UNCERTAIN, PrintState.PARTIAL)


_FINAL: Final = frozenset(
    {
        PrintState.PRINTED,
        PrintState.SENT_UNVERIFIED,
        PrintState.PRINTED_BY_OPERATOR,
        PrintState.COPY,
        PrintState.CANCELLED,
        PrintState.PARTIAL,
    }
)


def state_of(state: JobState) -> PrintState:
    """The driver's state under the contract's name."""
    return PrintState.CANCELLED if state is JobState.CANCELLED_CLEAN else PrintState(state.value)


@dataclass(frozen=True, slots=True)
class Job:
    """One print job; times are UTC milliseconds.

    `reason` is a stable code, of the driver or our own. `intended_printer` is the one that serves the role, when its fallback got the
    job; else empty. `cancelled_by` asked for its end. `proof` to `pid_end` and `parted` are the driver's `JobEvidence`.
    """

    job_id: bytes
    event_id: bytes
    document: DocumentKind
    template: int
    title: str
    register_id: str
    role: str
    printer: str
    copy_number: int
    replaces_job_id: bytes | None
    user_id: str
    state: PrintState
    reason: str
    proof: Proof | None
    bytes_accepted: int | None
    begun: bool
    cutter_before: int | None
    cutter_after: int | None
    pid_start: bytes | None
    pid_end: bytes | None
    created_at_ms: int
    changed_at_ms: int
    intended_printer: str = ""
    cancelled_by: str = ""
    parted: bool = True

    @property
    def evidence(self) -> JobEvidence:
        """What the driver knows of a job that was claimed."""
        return JobEvidence(
            bytes_accepted=self.bytes_accepted,
            proof=self.proof,
            begun=self.begun,
            cutter_before=self.cutter_before,
            cutter_after=self.cutter_after,
            pid_start=self.pid_start,
            pid_end=self.pid_end,
            reason=Reason(self.reason) if self.reason else None,
            parted=self.parted,
        )

    @property
    def cutter_told(self) -> bool:
        """The counter was read before the job and after, and says either that one cut came out or that none did."""
        return self.cutter_moved or (self.cutter_before is not None and self.cutter_after == self.cutter_before)

    @property
    def home(self) -> str:
        """The printer it is meant for, whichever has it now."""
        return self.intended_printer or self.printer

    @property
    def cutter_moved(self) -> bool:
        """The autocutter's counter says that a cut came out since the job began: a witness, not a proof."""
        before, after = self.cutter_before, self.cutter_after
        return before is not None and after is not None and after == before + 1


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is known of a job before it is stored. `printer` is `UNROUTED` and `reason` tells why, when no device serves it."""

    job_id: bytes
    event_id: bytes
    document: DocumentKind
    template: int
    title: str
    register_id: str
    role: str
    printer: str
    reason: str = ""
    user_id: str = ""
    replaces_job_id: bytes | None = None
