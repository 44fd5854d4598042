"""What the outbox holds and answers, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from branchgate.events import Event, Finding

if TYPE_CHECKING:
    from branchgate.receipts.model import Receipt


class OutboxState(IntEnum):
    """Where an event stands."""

    PENDING = 0
    """The gateway has not settled it."""
    SETTLED = 1
    """The gateway has it; kept until central has it too."""
    DOUBTFUL = 2
    """The gateway counts its number as settled, but has not said so of this event: it is asked by id."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A receipt that has happened: it is on disk, whatever comes next."""

    event_id: bytes
    register_sequence: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that the gateway has not settled. `print_role` is empty when no paper is wanted; `created_at_ms` is UTC."""

    event: Event
    print_role: str
    created_at_ms: int


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """An event that the gateway could not read; its bytes are kept here too."""

    event_id: bytes
    register_sequence: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said in one response: settled and at central up to these numbers, findings and refusals by event id."""

    settled_sequence: int = 0
    central_sequence: int = 0
    findings: tuple[tuple[bytes, tuple[Finding, ...]], ...] = ()
    refused: tuple[RefusedForGood, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many events wait, how many are held until central has them, how many were refused.

    `numbers_known` is False until the gateway has greeted for the first time: till then nothing can be recorded. `numbers_left`: how
    many receipts may still be numbered.
    """

    pending: int
    held: int
    refused: int
    numbers_known: bool
    numbers_left: int
