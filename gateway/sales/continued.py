"""Z numbers that go on behind closings which this journal does not hold, because it was lost: told by findings of the branch itself."""

from __future__ import annotations

from collections.abc import Iterator

from branchgate.errors import Refused
from branchgate.events import EventKind, Finding
from branchgate.records import decode_finding_record
from gateway.sales.periods import Periods
from gateway.sales.source import JournalRow

CONTINUED = "Z_NUMBERS_CONTINUED"
"""Reason of these findings; `gateway.recording.continuing` writes them: register (`field`) and the Z number that it goes on behind (`value`)."""


def take_continued(entry: JournalRow, periods: Periods) -> list[str]:
    """Takes what an entry tells; returns statements for open periods, which the store may hold under another number."""
    return [
        f"UPDATE periods SET z_number = {period.z_number} WHERE period = {period.number}"
        for finding in _told(entry)
        if (period := periods.go_on_behind(finding.field, int(finding.value))) is not None
    ]


def _told(entry: JournalRow) -> Iterator[Finding]:
    if entry.kind != EventKind.FINDING or entry.register_id:
        return
    try:
        record = decode_finding_record(entry.body)
    except Refused:
        return  # damaged, which the journal's examination tells
    yield from (finding for finding in record.findings if finding.reason == CONTINUED)
