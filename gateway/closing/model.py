"""What is asked of closing, and what it answers step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from branchgate.figures import CashCount, CashFigure, Closing, Denomination, Figures

NOTHING_TO_CLOSE = "NOTHING_TO_CLOSE"
REGISTER_BUSY = "REGISTER_BUSY"
PARKED_RECEIPTS = "PARKED_RECEIPTS"
REGISTER_UNKNOWN = "REGISTER_UNKNOWN"
Z_NUMBER_UNKNOWN = "Z_NUMBER_UNKNOWN"


@dataclass(frozen=True, slots=True)
class CloseDay:
    """An order to close. The same `request_id` (16 bytes) gives the same closings; `register_id` None closes every open period.

    `carry_parked`: what is parked outlives the closing; without it, it stands in its way. `carry_float`: the cash stays in the drawer
    and opens the next period.
    """

    request_id: bytes
    register_id: str | None
    user_id: str
    print: bool = False
    carry_parked: bool = False
    carry_float: bool = False


@dataclass(frozen=True, slots=True)
class PastClosings:
    """Which past closings: of one register or of all, of business days (ISO 8601) from one to another; empty days are no bound.

    `without_text`: for whoever makes a form of his own of them.
    """

    register_id: str | None
    limit: int
    from_day: str = ""
    to_day: str = ""
    without_text: bool = False


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
    """A register was not closed: NOTHING_TO_CLOSE, REGISTER_BUSY, PARKED_RECEIPTS, REGISTER_UNKNOWN, Z_NUMBER_UNKNOWN. The others go on.

    `detail` names what stands in the way.
    """

    register_id: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BranchClosed:
    """Last step: the sum over the closings of this order."""

    figures: Figures
    closings: int
    text: str


Step: TypeAlias = Started | Closed | Skipped | BranchClosed


@dataclass(frozen=True, slots=True)
class ExpectedCash:
    """What should be in a drawer at `at_ms` (UTC), by the journal up to `through`; `cash` says how that comes about and adds up to it."""

    register_id: str
    expected_cents: int
    cash: tuple[CashFigure, ...]
    last_count: CashCount | None
    at_ms: int
    through: int


@dataclass(frozen=True, slots=True)
class CountCash:
    """A count as it was made. The same `request_id` (16 bytes) gives the same count.

    `denominations` say what was in the drawer, `counted_cents` where there are none. `blind`: who counts is not to be told what should be there.
    """

    request_id: bytes
    register_id: str
    user_id: str
    denominations: tuple[Denomination, ...] = ()
    counted_cents: int = 0
    blind: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A count as recorded, and as text for the one who counted: a blind one tells neither what was expected nor the difference."""

    event_id: bytes
    count: CashCount
    text: str
