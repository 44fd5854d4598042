"""What a subject finds out: a ratio or an absolute figure, and the goal it is held against."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


class Skipped(Exception):
    """The subject cannot be measured here; the text says why."""


class Failed(Exception):
    """Measuring went wrong; the text says what."""


@dataclass(frozen=True, slots=True)
class Goal:
    """`at_most` or `at_least` a limit; `indicative` figures depend on the machine and never count as missed."""

    limit: float
    at_least: bool = False
    indicative: bool = False

    def reached(self, value: float) -> bool:
        """Whether a value keeps to it."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `unit` is '×' for ratios; `details` are the medians that the value was made from, by name with unit."""

    operation: str
    value: float
    unit: str
    goal: Goal
    policy: str
    details: dict[str, float] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.goal.reached(self.value):
            return "reached"
        return "indicative" if self.goal.indicative else "missed"

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {**asdict(self), "verdict": self.verdict}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_of(rounds: Sequence[dict[str, float]], name: str) -> float:
    """The median over rounds of one measured value."""
    return statistics.median(one[name] for one in rounds)
