"""Sums over closed days as a frozen value, for the gateway that adds them up and the reports that show them."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.figures.model import Figures


@dataclass(frozen=True, slots=True)
class SpanSum:
    """The sum over the closings of a month (`name` is 2026-11), of a day (2026-11-22) or of all of them (''); days are ISO 8601."""

    name: str
    closings: int
    first_day: str
    last_day: str
    figures: Figures
