"""Collects what is printed until it is cut off: the paper that hangs out of the printer."""

from __future__ import annotations

import re

from drivers.virtual.paper import Cut, Element, Feed, Interruption, Line, Run, Slip, find_receipt_number
from drivers.virtual.text import slip_text


class PaperPath:
    """The piece of paper being printed, and the numbers of those before it."""

    def __init__(self, receipt_number: re.Pattern[str]) -> None:
        self._receipt_number = receipt_number
        self._elements: list[Element] = []
        self._started_at = 0
        self._connection = ""
        self._count = 0
        self.interruption: Interruption | None = None

    @property
    def begun(self) -> bool:
        """Whether there is more than blank paper."""
        return any(map(_has_ink, self._elements))

    def add(self, element: Element, connection: str, now: int) -> None:
        """Print something below what is there."""
        if not self._elements:
            self._started_at, self._connection = now, connection
        self._elements.append(element)

    def interrupted(self, why: Interruption) -> None:
        """What hangs out will not be finished by the job that began it."""
        self.interruption = why if self.begun else None

    def finish(self, cut: Cut, boot: int, now: int) -> Slip | None:
        """Cut off, or give up, what hangs out. None when it is blank."""
        slip = self._slip(cut, boot, now) if self.begun else None
        self._elements = []
        self.interruption = None
        return slip

    def _slip(self, cut: Cut, boot: int, now: int) -> Slip:
        self._count += 1
        text = slip_text(self._elements)
        return Slip(
            number=self._count,
            elements=tuple(self._elements),
            cut=cut,
            connection=self._connection,
            boot=boot,
            started_at=self._started_at,
            ended_at=now,
            text=text,
            receipt_number=find_receipt_number(text, self._receipt_number),
            interruption=self.interruption,
        )


def _has_ink(element: Element) -> bool:
    match element:
        case Feed():
            return False
        case Line(parts=parts):
            return any(not isinstance(part, Run) or part.text.strip() or part.style.inverse for part in parts)
        case _:
            return True
