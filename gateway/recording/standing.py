"""Where a register stands in the middle of a transaction: read once, changed event by event, written once."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.recording.states import RegisterState


@dataclass(slots=True)
class Standing:
    """The fields are those of RegisterState."""

    register_sequence: int
    running_number: int
    z_number: int
    period_first_sequence: int
    receipts: int
    findings: int
    reserved_number: int
    carried_cents: int
    carried_by: str
    floats: int
    closed_until_ms: int
    has_tse: bool

    @classmethod
    def of(cls, state: RegisterState) -> Standing:
        """As it stands before the transaction."""
        return cls(
            state.register_sequence,
            state.running_number,
            state.z_number,
            state.period_first_sequence,
            state.receipts,
            state.findings,
            state.reserved_number,
            state.carried_cents,
            state.carried_by,
            state.floats,
            state.closed_until_ms,
            state.has_tse,
        )

    def state(self) -> RegisterState:
        """What is to be stored."""
        return RegisterState(
            self.register_sequence,
            self.running_number,
            self.z_number,
            self.period_first_sequence,
            self.receipts,
            self.findings,
            self.reserved_number,
            self.carried_cents,
            self.carried_by,
            self.floats,
            self.closed_until_ms,
            self.has_tse,
        )
