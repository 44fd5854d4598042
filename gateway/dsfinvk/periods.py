"""Which periods are exported, and in which closing any receipt of the journal stands.

A receipt stands in the closing of its register that was journaled next after it; the business day that decides on the range is the
closing's own, as it was printed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from branchgate.catalogue import BranchSettings
from branchgate.figures.model import ClosingMasterData
from branchgate.v1 import figures_pb2
from gateway.dsfinvk.notes import CLOSING_ELSEWHERE, CLOSING_UNREADABLE, MASTER_DATA_CURRENT, Notes
from gateway.dsfinvk.order import ExportOrder
from gateway.dsfinvk.source import ExportSource
from gateway.dsfinvk.times import LocalTimes

TAXONOMY = "2.4"
"""Of a preview; a closing names its own."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closing as far as others refer to it: its entry, its number, its day, and when it was made, in the zone of then.

    Of one that is damaged, and not `readable`, number and day are what its place in the journal tells.
    """

    sequence: int
    z_number: int
    business_day: str
    created: str
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """One period that is exported: receipts of its register behind `after`, up to `through`. `z_number` 0: a preview, not closed.

    `printed`: how many receipts count and their sum in cents, as the closing told them.
    """

    number: int
    register_id: str
    after: int
    through: int
    z_number: int
    business_day: str
    created: str
    taxonomy: str
    master_data: ClosingMasterData
    times: LocalTimes
    printed: tuple[int, int] | None = None


class Ledger:
    """All closings of the branch, by register."""

    def __init__(self, source: ExportSource, fallback: BranchSettings) -> None:
        self._source = source
        self._fallback = fallback
        self._times: dict[str, LocalTimes] = {}
        self._closed: dict[str, list[Closed]] = {name: self._read(name) for name in source.registers()}

    @property
    def registers(self) -> list[str]:
        """Every register the branch has ever had."""
        return list(self._closed)

    def latest_day(self) -> str:
        """The last business day that any register has closed; empty without closings."""
        return max((mark.business_day for marks in self._closed.values() for mark in marks), default="")

    def closing_of(self, register_id: str, sequence: int) -> Closed | None:
        """The closing in which a receipt stands; None while its period is open."""
        marks = self._closed.get(register_id, [])
        place = bisect_left(marks, sequence, key=lambda mark: mark.sequence)
        return marks[place] if place < len(marks) else None

    def wanted(self, order: ExportOrder, notes: Notes) -> list[Period]:
        """The closed periods of an order, by register and in the order of their closings.

        A closing that was made on these days and bears another one, by a clock that was wrong, would be missed by nobody: it is noted.
        """
        found: list[Period] = []
        for register_id, marks in self._closed.items():
            if order.register_id not in ("", register_id):
                continue
            after = 0
            for mark in marks:
                in_range = order.from_day <= mark.business_day <= order.to_day
                if in_range and not mark.readable:
                    notes.add(CLOSING_UNREADABLE, "closing", f"{register_id} Z {mark.z_number}")
                elif in_range:
                    found.append(self._period(len(found), register_id, after, mark, notes))
                elif order.from_day <= mark.created[:10] <= order.to_day and _by_a_wrong_clock(mark):
                    notes.add(CLOSING_ELSEWHERE, "closing", f"{register_id} Z {mark.z_number}: {mark.business_day}")
                after = mark.sequence
        return found

    def still_open(self, order: ExportOrder, head: int, day_of: Callable[[int], str]) -> list[tuple[str, int]]:
        """Registers whose open period began on a day of the order, each with its last closing's sequence (0 for none).

        `day_of` gives the business day of the receipt at a sequence.
        """
        found = []
        for register_id, marks in self._closed.items():
            first = self._source.open_since(register_id)
            if not 0 < first <= head or order.register_id not in ("", register_id):
                continue
            if order.from_day <= day_of(first) <= order.to_day:
                found.append((register_id, marks[-1].sequence if marks else 0))
        return found

    def preview(self, number: int, register_id: str, after: int, head: int) -> Period:
        """An open period as if it were closed with the journal's last entry, under the number 0 that no closing has."""
        master_data = current_master_data(self._fallback, register_id)
        times = self.times(master_data.time_zone)
        created = self._source.recorded_at_ms(head)
        return Period(
            number, register_id, after, head, 0, times.day(created), times.iso(created), TAXONOMY, master_data, times
        )

    def times(self, zone: str) -> LocalTimes:
        """Local times of a zone; that of today's settings when a closing names none."""
        name = zone or self._fallback.time_zone
        if name not in self._times:
            self._times[name] = LocalTimes(name)
        return self._times[name]

    def _read(self, register_id: str) -> list[Closed]:
        marks: list[Closed] = []
        for row in self._source.closings(register_id):
            try:
                message = figures_pb2.Closing.FromString(row.body)
            except DecodeError:
                # It ended its period all the same: what stands behind it belongs to the next one.
                times, number = self.times(""), marks[-1].z_number + 1 if marks else 1
                at_ms = row.recorded_at_ms
                marks.append(Closed(row.sequence, number, times.day(at_ms), times.iso(at_ms), readable=False))
                continue
            created = self.times(message.master_data.time_zone).iso(message.closed_at_ms)
            marks.append(Closed(row.sequence, message.z_number, message.business_day, created))
        return marks

    def _period(self, number: int, register_id: str, after: int, mark: Closed, notes: Notes) -> Period:
        message = figures_pb2.Closing.FromString(self._source.entry(mark.sequence))
        if message.HasField("master_data"):
            master_data = ClosingMasterData(
                **{name: getattr(message.master_data, name) for name in ClosingMasterData.__dataclass_fields__}
            )
        else:
            notes.add(MASTER_DATA_CURRENT, "closing", f"{register_id} Z {mark.z_number}")
            master_data = current_master_data(self._fallback, register_id)
        return Period(
            number,
            register_id,
            after,
            mark.sequence,
            mark.z_number,
            mark.business_day,
            mark.created,
            message.taxonomy_version or TAXONOMY,
            master_data,
            self.times(master_data.time_zone),
            (message.figures.receipt_count, message.figures.gross_cents),
        )


def current_master_data(settings: BranchSettings, register_id: str) -> ClosingMasterData:
    """Business, branch and register by today's settings, for closings of programs that did not keep them."""
    return ClosingMasterData(
        company=settings.company,
        branch_id=settings.branch_id,
        branch_name=settings.name,
        street=settings.street,
        postcode=settings.postcode,
        town=settings.town,
        country=settings.country,
        tax_id=settings.tax_id,
        time_zone=settings.time_zone,
        register_serial=register_id.upper(),
        software="branchgate",
    )


def _by_a_wrong_clock(mark: Closed) -> bool:
    """Programs that believed every register's clock made closings of 1970 and of 2099; a day that waited for its Z is weeks old."""
    made = mark.created[:10]
    return not str(int(made[:4]) - 1) + made[4:] <= mark.business_day <= made


def stretches(periods: Iterable[Period]) -> list[tuple[int, int]]:
    """The parts of the journal that hold the periods, without overlaps: (behind, up to)."""
    merged: list[tuple[int, int]] = []
    for after, through in sorted((period.after, period.through) for period in periods):
        if merged and after <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], through))
        else:
            merged.append((after, through))
    return merged
