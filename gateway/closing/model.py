"""What is asked of closing, and what it answers step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from branchgate.figures import Closing, Figures

NOTHING_TO_CLOSE = "NOTHING_TO_CLOSE"
REGISTER_BUSY = "REGISTER_BUSY"


@dataclass(frozen=True, slots=True)
class CloseDay:
    """An order to close. The same `request_id` (16 bytes) gives the same closings; `register_id` None closes every open period."""

    request_id: bytes
    register_id: str | None
    user_id: str
    print: bool = False


@dataclass(frozen=True, slots=True)
class XReport:
    """The open period as it stands: covers the journal up to `through`, made at `at_ms` (UTC)."""

    register_id: str | None
    figures: Figures
    through: int
    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A closing as recorded, with its Z report."""

    event_id: bytes
    closing: Closing
    text: str


@dataclass(frozen=True, slots=True)
class Started:
    """A register is being closed; `position` counts from 1."""

    register_id: str
    position: int
    total: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A register was not closed: NOTHING_TO_CLOSE or REGISTER_BUSY. The others go on."""

    register_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class BranchClosed:
    """Last step: the sum over the closings of this order."""

    figures: Figures
    closings: int
    text: str


Step: TypeAlias = Started | Closed | Skipped | BranchClosed
