"""Which entries belong to which month, and whether a month is over.

A month ends with the journal's last closing of one of its business days. What another register had sold by then on the next day lies in
the same file; each closing and everything that it sums up lie in its month or before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from branchgate.archive.manifest import Manifest, manifests
from branchgate.chain import GENESIS
from branchgate.errors import Refused, RefusedKind
from branchgate.figures import decode_closing
from branchgate.receipts.codec import decode_receipt
from gateway.archive.order import ArchiveOrder
from gateway.sales.days import Days, plausible_ms


@dataclass(frozen=True, slots=True)
class Mark:
    """A closing: where it stands, whose it is, its number and the month of its business day."""

    sequence: int
    register_id: str
    z_number: int
    month: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A month and its entries: those behind `after`, which has the chain hash `after_hash`, up to `through`.

    `next_z`: by register, the Z number of the first period that is closed in it.
    """

    month: str
    after: int
    after_hash: bytes
    through: int
    next_z: dict[str, int]


class Plan:
    """What the journal and the archive together say."""

    def __init__(self, connection: sqlite3.Connection, archive: Path, days: Days, now_ms: int) -> None:
        self._connection = connection
        self._archived: dict[str, Manifest] = {manifest.month: manifest for _, manifest in manifests(archive)}
        self._marks = _marks(connection)
        self._days = days
        self._this_month = days.business_day(now_ms)[:7]

    def wanted(self, order: ArchiveOrder) -> list[str]:
        """The months to write, in order. Raises Refused: ARCHIVE_NOTHING_CLOSED, ARCHIVE_MONTH_OPEN, ARCHIVE_OTHER_BRANCH."""
        last = order.month or order.until
        closed = sorted({mark.month for mark in self._marks})
        months = [month for month in closed if month not in self._archived and month <= last]
        if order.month:
            months = [month for month in months if month == order.month]
        if not months:
            raise Refused("ARCHIVE_NOTHING_CLOSED", field="month", value=last, kind=RefusedKind.NOT_FOUND)
        self._require_over(months[-1])
        return months

    def stretch(self, month: str) -> Stretch | None:
        """The entries of a month; None when all of them are archived with another month."""
        before = max((name for name in self._archived if name < month), default="")
        behind = min((name for name in self._archived if name > month), default="")
        after = self._cut(month, before=True)
        if before and not self._closed_between(before, month):
            after = self._archived[before].last
        through = max(after, self._cut(month))
        if behind and not self._closed_between(month, behind):
            through = self._archived[behind].after
        if through <= after:
            return None
        next_z = {mark.register_id: mark.z_number + 1 for mark in self._marks if mark.sequence <= after}
        return Stretch(month, after, self._hash(after), through, next_z)

    def archived(self, manifest: Manifest) -> None:
        """A month has been written."""
        self._archived[manifest.month] = manifest

    def _require_over(self, month: str) -> None:
        if month >= self._this_month:
            raise _open(month, self._this_month)
        rows = self._connection.execute(
            "SELECT s.register_id, j.body, j.recorded_at FROM register_state s"
            " JOIN journal j ON j.sequence = s.period_first_sequence WHERE s.period_first_sequence > 0 ORDER BY 1"
        ).fetchall()
        for register_id, body, recorded_at_ms in rows:
            day = self._days.business_day(plausible_ms(decode_receipt(body).finished_at_ms, recorded_at_ms))
            if day[:7] <= month:
                raise _open(month, f"{register_id}, {day}")

    def _cut(self, month: str, *, before: bool = False) -> int:
        """The last closing of a month or of any earlier one; `before`: of earlier ones alone."""
        chosen: Callable[[str], bool] = (lambda name: name < month) if before else (lambda name: name <= month)
        return max((mark.sequence for mark in self._marks if chosen(mark.month)), default=0)

    def _closed_between(self, first: str, last: str) -> bool:
        return any(first < mark.month < last for mark in self._marks)

    def _hash(self, sequence: int) -> bytes:
        if not sequence:
            return GENESIS
        row = self._connection.execute("SELECT chain_hash FROM journal WHERE sequence = ?", (sequence,)).fetchone()
        return bytes(row[0])


def _open(month: str, why: str) -> Refused:
    return Refused("ARCHIVE_MONTH_OPEN", field="month", value=month, rule=why, kind=RefusedKind.NOT_NOW)


def _marks(connection: sqlite3.Connection) -> list[Mark]:
    """All closings in order; their bodies are read one by one, because they are large."""
    places = connection.execute("SELECT sequence, register_id FROM journal WHERE kind = 5 ORDER BY sequence").fetchall()
    marks = []
    for sequence, register_id in places:
        (body,) = connection.execute("SELECT body FROM journal WHERE sequence = ?", (sequence,)).fetchone()
        closing = decode_closing(body)
        marks.append(Mark(sequence, register_id, closing.z_number, closing.business_day[:7]))
    return marks
