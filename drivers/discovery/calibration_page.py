"""The page that a person reads to calibrate a printer: how wide its lines are, and which code page slot has the euro sign."""

from __future__ import annotations

from typing import Final

from drivers.escpos.commands import (
    ALIGN_LEFT,
    CHARACTER_SET_USA,
    FEED_AND_PARTIAL_CUT,
    INITIALISE,
    code_page,
    feed_lines,
)
from drivers.escpos.profile import PROFILES
from drivers.escpos.sanitise import ENCODING

OTHER_SLOTS: Final = (20,)
"""Slots of PC858 that no profile has: Datecs' (EP-60 manual p. 20)."""

WIDTHS: Final = tuple(sorted({profile.columns for profile in PROFILES.values()}))
SLOTS: Final = tuple(sorted({*OTHER_SLOTS, *(profile.code_page for profile in PROFILES.values())}))


def calibration_page() -> bytes:
    """Bars of each width, then a line in each slot, then a cut where there is a cutter."""
    lines = [b"Wie breit? / how wide?"]
    lines += [f"{width} ".ljust(width - 1, "-").encode("ascii") + b"|" for width in WIDTHS]
    lines += [b"", b"Welche Zeile stimmt? / which line is right?"]
    lines += [code_page(slot) + f"{slot}: äöüß ÄÖÜ 12,50 €".encode(ENCODING) for slot in SLOTS]
    start = INITIALISE + CHARACTER_SET_USA + ALIGN_LEFT
    return start + b"\n".join(lines) + b"\n" + feed_lines(6) + FEED_AND_PARTIAL_CUT
