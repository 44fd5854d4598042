"""Bodies of the events that a gateway writes about its devices: PRINT_OUTCOME and DRAWER."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.v1 import event_pb2


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What became of a print job. `copy_number` 0 is the unmarked original, `at_ms` UTC milliseconds.

    `proof`: "process-id", "processed", "operator" or "none"; `decided_by`: the person, when one decided.
    """

    job_id: bytes
    event_id: bytes
    copy_number: int
    state: str
    proof: str
    decided_by: str
    at_ms: int

    def encode(self) -> bytes:
        """The body of the event. Deterministic."""
        return event_pb2.PrintOutcome(
            job_id=self.job_id,
            receipt_event_id=self.event_id,
            copy_number=self.copy_number,
            state=self.state,
            proof=self.proof,
            decided_by=self.decided_by,
            at_ms=self.at_ms,
        ).SerializeToString(deterministic=True)


@dataclass(frozen=True, slots=True)
class DrawerOpening:
    """A drawer was asked to open, by whom and why, and what its sensor said; or it opened by hand, was shut, or stands open too long.

    `at_ms` and `opened_at_ms` are UTC milliseconds, the latter 0 unless an opening came to its end or lasts too long. `cause`: stable
    code of why it did not simply open.
    """

    command_id: bytes
    drawer: str
    user_id: str
    reason: str
    outcome: str
    at_ms: int
    cause: str = ""
    opened_at_ms: int = 0

    def encode(self) -> bytes:
        """The body of the event. Deterministic."""
        return event_pb2.DrawerOpening(
            command_id=self.command_id,
            drawer=self.drawer,
            user_id=self.user_id,
            reason=self.reason,
            outcome=self.outcome,
            at_ms=self.at_ms,
            cause=self.cause,
            opened_at_ms=self.opened_at_ms,
        ).SerializeToString(deterministic=True)
