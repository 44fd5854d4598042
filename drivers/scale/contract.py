"""What every scale protocol promises. No I/O: a question to send, and readings out of whatever bytes come.

The weight is the scale's, calibrated and verified (MessEG § 31, MessEV): its text is passed on as it came, and what cannot be read
without doubt is no weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

FRAME_WITHIN_S: Final = 0.5
"""An answer that takes longer from its first to its last byte is two halves of two answers."""


class ScaleStatus(StrEnum):
    """What a scale says about its weight."""

    STABLE = "STABLE"
    IN_MOTION = "IN_MOTION"
    UNDER_ZERO = "UNDER_ZERO"
    OVER_CAPACITY = "OVER_CAPACITY"
    ZERO_NEEDED = "ZERO_NEEDED"  # it cannot find its zero: take everything off, press zero
    ERROR = "ERROR"  # it reports a fault, or its answer makes no sense


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer. Only a STABLE one has `grams`.

    `text` is everything between the frame's first and last character, unchanged; `unit` as the scale tells it, in small letters;
    `net` after a tare; `price_cents` what the scale computed itself, for protocols that know prices.
    """

    status: ScaleStatus
    text: str = ""
    grams: int | None = None
    unit: str = ""
    net: bool = False
    price_cents: int | None = None


class ScaleProtocol(Protocol):
    """The conversation over one link; made anew for every link."""

    @property
    def request(self) -> bytes:
        """Asks for the weight now. The scale answers at once, stable or not."""
        ...

    def feed(self, data: bytes, at: float) -> list[Reading]:
        """Readings completed by these bytes, which came `at` that reading of a monotonic clock, in seconds."""
        ...


GRAMS_PER: Final = {"kg": 1000, "g": 1}


def grams_of(digits: str, unit: str) -> int | None:
    """Whole grams of a decimal number, None when it has parts of a gram or a unit that no German shop may weigh in."""
    factor = GRAMS_PER.get(unit)
    whole, _, decimals = digits.partition(".")
    places = len(str(factor)) - 1
    if factor is None or decimals[places:].strip("0"):
        return None
    return int(whole or "0") * factor + int(decimals[:places].ljust(places, "0") or "0")
