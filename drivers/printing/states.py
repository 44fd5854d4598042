"""The states of a print job, the ways between them, and the evidence a job carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from drivers.errors import Reason


class JobState(StrEnum):
    """Where a job stands. From SENDING on it is never sent again: a further print is a copy and a job of its own."""

    QUEUED = "QUEUED"
    PREFLIGHT = "PREFLIGHT"
    BLOCKED = "BLOCKED"  # nothing was sent: trying again is safe and happens by itself
    SENDING = "SENDING"
    AWAITING = "AWAITING"  # all accepted, not yet confirmed
    WAITING_PRINTER = "WAITING_PRINTER"  # out of paper or the like; the data is in the printer and goes on by itself
    UNCERTAIN = "UNCERTAIN"  # a person must look at the paper
    PRINTED = "PRINTED"
    SENT_UNVERIFIED = "SENT_UNVERIFIED"  # to a printer that never answers
    PRINTED_BY_OPERATOR = "PRINTED_BY_OPERATOR"
    CANCELLED_CLEAN = "CANCELLED_CLEAN"  # nothing of it is on paper
    PARTIAL = "PARTIAL"  # cancelled after printing had begun

    @property
    def is_open(self) -> bool:
        """Bytes may be in the printer and no verdict has been reached."""
        return self in _OPEN

    @property
    def is_settled(self) -> bool:
        """The end; the printer needs no more attention for it. (UNCERTAIN is not settled.)"""
        return not TRANSITIONS[self]

    @property
    def may_be_sent(self) -> bool:
        """Nothing has gone to the printer yet."""
        return self in (JobState.QUEUED, JobState.PREFLIGHT, JobState.BLOCKED)


class Proof(StrEnum):
    """Why a job is believed to be on paper."""

    PROCESS_ID = "process-id"  # GS ( H: printed
    PROCESSED = "processed"  # GS r, in order, and no fault after it: processed, weaker
    OPERATOR = "operator"


_OPEN: Final = frozenset({JobState.SENDING, JobState.AWAITING, JobState.WAITING_PRINTER})

TRANSITIONS: Final[Mapping[JobState, frozenset[JobState]]] = MappingProxyType(
    {
        JobState.QUEUED: frozenset({JobState.PREFLIGHT, JobState.BLOCKED, JobState.SENDING, JobState.CANCELLED_CLEAN}),
        JobState.PREFLIGHT: frozenset({JobState.BLOCKED, JobState.SENDING, JobState.CANCELLED_CLEAN}),
        JobState.BLOCKED: frozenset({JobState.PREFLIGHT, JobState.SENDING, JobState.CANCELLED_CLEAN}),
        JobState.SENDING: frozenset(
            {
                JobState.BLOCKED,
                JobState.AWAITING,
                JobState.WAITING_PRINTER,
                JobState.UNCERTAIN,
                JobState.PRINTED,
                JobState.SENT_UNVERIFIED,
                JobState.CANCELLED_CLEAN,
                JobState.PARTIAL,
            }
        ),
        JobState.AWAITING: frozenset(
            {
                JobState.WAITING_PRINTER,
                JobState.UNCERTAIN,
                JobState.PRINTED,
                JobState.CANCELLED_CLEAN,
                JobState.PARTIAL,
            }
        ),
        JobState.WAITING_PRINTER: frozenset(
            {
                JobState.BLOCKED,
                JobState.SENDING,
                JobState.AWAITING,
                JobState.UNCERTAIN,
                JobState.PRINTED,
                JobState.CANCELLED_CLEAN,
                JobState.PARTIAL,
            }
        ),
        JobState.UNCERTAIN: frozenset({JobState.PRINTED, JobState.PRINTED_BY_OPERATOR, JobState.PARTIAL}),
        JobState.PRINTED: frozenset(),
        JobState.SENT_UNVERIFIED: frozenset(),
        JobState.PRINTED_BY_OPERATOR: frozenset(),
        JobState.CANCELLED_CLEAN: frozenset(),
        JobState.PARTIAL: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class JobEvidence:
    """What is known about a job's fate.

    `bytes_accepted` by the kernel, None after a restart in the middle. `pid_start`, `pid_end`: first and last process id
    (GS ( H), None on printers without. `begun`: the printer answered the first one. Cutter counters (GS g 2, 178) before
    the job and after the link came back. `parted`: what comes next out of the printer is not on the same piece of paper.
    """

    bytes_accepted: int | None = 0
    proof: Proof | None = None
    begun: bool = False
    cutter_before: int | None = None
    cutter_after: int | None = None
    pid_start: bytes | None = None
    pid_end: bytes | None = None
    reason: Reason | None = None
    parted: bool = True

    @property
    def probably_printed(self) -> bool:
        """The cutter worked once since the job began: a witness for the person asked, not a proof."""
        before, after = self.cutter_before, self.cutter_after
        return before is not None and after is not None and after == before + 1
