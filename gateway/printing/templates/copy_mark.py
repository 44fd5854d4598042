"""What sets a copy apart: the word KOPIE, its number and the time of reprinting, above and outside everything fiscal.

Several unmarked receipts for one supply make the shop owe the VAT again (UStG § 14c, UStAE 14c.1 (4)).
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from drivers.escpos.document import Align, Columns, Element, Feed, Rule, Text
from gateway.printing.templates.words import COPY, Words


@dataclass(frozen=True, slots=True)
class CopyMark:
    """The n-th copy, printed at this time (UTC milliseconds); a report's copy tells who asked for it."""

    number: int
    printed_at_ms: int
    asked_by: str = ""


def copy_header(mark: CopyMark | None, words: Words, zone: ZoneInfo) -> list[Element]:
    """The lines above a copy; nothing above an original."""
    if mark is None:
        return []
    return [
        Text(COPY, Align.CENTER, bold=True, double=True),
        Columns(f"{words.copy} {mark.number}", words.time(mark.printed_at_ms, zone)),
        *([Columns(words.user, mark.asked_by)] if mark.asked_by else []),
        Rule("*"),
        Feed(),
    ]
