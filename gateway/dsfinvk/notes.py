"""What an export had to alter, gathered by reason and place: told in the command's output, never by a further file in the ZIP."""

from __future__ import annotations

from collections import Counter
from typing import Final

from gateway.dsfinvk.order import Note

TEXT_CUT: Final = "EXPORT_TEXT_CUT"
TEXT_CLEANED: Final = "EXPORT_TEXT_CLEANED"
TEXT_MISSING: Final = "EXPORT_TEXT_MISSING"
TIME_REPLACED: Final = "EXPORT_TIME_REPLACED"
LINES_NUMBERED: Final = "EXPORT_LINES_NUMBERED"
RATE_AMBIGUOUS: Final = "EXPORT_RATE_AMBIGUOUS"
NUMBER_CUT: Final = "EXPORT_NUMBER_CUT"
CLOSING_DIFFERS: Final = "EXPORT_CLOSING_DIFFERS"
CLOSING_UNREADABLE: Final = "EXPORT_CLOSING_UNREADABLE"
CLOSING_ELSEWHERE: Final = "EXPORT_CLOSING_ELSEWHERE"
MASTER_DATA_CURRENT: Final = "EXPORT_MASTER_DATA_CURRENT"
REFERENCE_UNKNOWN: Final = "EXPORT_REFERENCE_UNKNOWN"
TSE_UNKNOWN: Final = "EXPORT_TSE_UNKNOWN"
TSE_UNCERTIFIED: Final = "EXPORT_TSE_UNCERTIFIED"
RECEIPT_UNREADABLE: Final = "EXPORT_RECEIPT_UNREADABLE"

MOST_PLACES: Final = 100
LONGEST_PLACE: Final = 100
ELSEWHERE: Final = "…"


class Notes:
    """Counts what happened and keeps the first example of each.

    Places may be what a receipt claims, tens of thousands of them: a reason has at most MOST_PLACES, all others are counted as one.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[object]] = {}
        self._places: Counter[str] = Counter()

    def add(self, reason: str, place: str, example: str, count: int = 1) -> None:
        """Once more at a column or another place."""
        place = place[:LONGEST_PLACE]
        if (reason, place) not in self._found:
            place = place if self._places[reason] < MOST_PLACES else ELSEWHERE
            self._places[reason] += 1
        entry = self._found.setdefault((reason, place), [0, example])
        entry[0] = int(str(entry[0])) + count

    def all(self) -> tuple[Note, ...]:
        """Everything, by reason and place."""
        return tuple(
            Note(reason, place, int(str(count)), str(example))
            for (reason, place), (count, example) in sorted(self._found.items())
        )
