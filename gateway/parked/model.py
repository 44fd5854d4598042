"""Where a parked receipt stands, and what each step makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from branchgate.receipts.parked import ParkedChange, ParkedReceipt, ParkedStep


@dataclass(frozen=True, slots=True)
class Parked:
    """One that waits or is being worked on. `owner` is empty while it waits; times are the gateway's clock in UTC milliseconds.

    `parked_at_register`: where it was parked last. `parked_at_ms`: when for the first time. `resumed_at_ms`: 0 while it waits.
    `carried_over`: how many closings it has outlived.
    """

    receipt: ParkedReceipt
    owner: str
    parked_at_register: str
    parked_at_ms: int
    resumed_at_ms: int = 0
    carried_over: int = 0

    @property
    def parked_id(self) -> bytes:
        """Its id (16 bytes)."""
        return self.receipt.parked_id

    @property
    def title(self) -> str:
        """What people find it by."""
        return self.receipt.title


@dataclass(frozen=True, slots=True)
class Listed:
    """One in a list, without its lines and customer: a thousand with them would keep everybody else waiting. Otherwise as `Parked`."""

    parked_id: bytes
    title: str
    total_cents: int
    line_count: int
    started_at_ms: int
    user_id: str
    owner: str
    parked_at_register: str
    parked_at_ms: int
    resumed_at_ms: int
    carried_over: int

    @property
    def register_id(self) -> str:
        """The register whose closing has to account for it: its owner, else where it was parked."""
        return self.owner or self.parked_at_register


@dataclass(frozen=True, slots=True)
class Ended:
    """One that was paid or abandoned, and the receipt that did it."""

    parked_id: bytes
    step: ParkedStep
    receipt_event_id: bytes


Standing: TypeAlias = Parked | Ended


def after(standing: Standing | None, change: ParkedChange) -> Standing:
    """Where it stands after a change; `standing` is None before it was parked for the first time.

    The only place that says so: the desk, the receipts that end one, closings and whoever replays the journal go through it.
    """
    if change.step is ParkedStep.PARKED:
        assert change.receipt is not None
        return Parked(
            change.receipt, "", change.register_id, change.parked_at_ms or change.at_ms, 0, change.carried_over
        )
    if change.step is ParkedStep.PAID or change.step is ParkedStep.ABANDONED:
        return Ended(change.parked_id, change.step, change.receipt_event_id)
    assert isinstance(standing, Parked)
    match change.step:
        case ParkedStep.RESUMED:
            return replace(standing, owner=change.register_id, resumed_at_ms=change.at_ms)
        case ParkedStep.RELEASED:
            return replace(standing, owner="", resumed_at_ms=0)
        case ParkedStep.CARRIED_OVER:
            return replace(standing, carried_over=standing.carried_over + 1)
        case _:
            assert_never(change.step)
