"""Exports for tests: journals written entry by entry, the ZIP read back by nothing but Python's csv module."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from branchgate.events import EventKind
from branchgate.figures import Closing, ClosingMasterData
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Receipt
from gateway.dsfinvk.export import Export
from gateway.dsfinvk.order import ExportOrder, Progress, Summary, Task
from gateway.dsfinvk.workplace import ZIP_NAME, clear_workplace, make_workplace
from tests.gateway.sales.plain_figures import plain_figures
from tests.gateway.sales.written_journal import WrittenJournal

Row = dict[str, str]

DAY = "2026-10-16"
NOW_MS = 1_795_000_000_000
"""18 November 2026."""

MASTER_DATA = ClosingMasterData(
    company="Käse & Co. KG",
    branch_id="mitte",
    branch_name="Filiale Mitte",
    street="Markt 1",
    postcode="10115",
    town="Berlin",
    country="DEU",
    tax_id="DE123456789",
    time_zone="Europe/Berlin",
    register_serial="KASSE-1",
    software="branchgate",
    software_version="9.9",
)


@dataclass
class Shop:
    """A journal and what was put into it, by closing."""

    journal: WrittenJournal
    closed: dict[tuple[str, int], list[tuple[bytes, Receipt]]] = field(default_factory=dict)
    open: dict[str, list[tuple[bytes, Receipt]]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def sell(self, register_id: str, receipt: Receipt) -> bytes:
        """One receipt; returns its event id."""
        self.journal.append(register_id, EventKind.RECEIPT, encode_receipt(receipt))
        source = self.journal.source()
        try:
            (entry,) = source.read(self.journal.head - 1, 1)
        finally:
            source.close()
        self.open.setdefault(register_id, []).append((entry.event_id, receipt))
        return entry.event_id

    def close_day(
        self, register_id: str, day: str = DAY, master_data: ClosingMasterData | None = MASTER_DATA
    ) -> Closing:
        """The register's Z."""
        receipts = self.open.pop(register_id, [])
        number = self.numbers[register_id] = self.numbers.get(register_id, 0) + 1
        self.closed[register_id, number] = receipts
        closing = Closing(
            register_id=register_id,
            z_number=number,
            business_day=day,
            closed_at_ms=1_792_200_000_000 + self.journal.head * 60_000,
            through_journal_sequence=self.journal.head,
            figures=plain_figures([receipt for _, receipt in receipts]),
            user_id="anna",
            taxonomy_version="2.4",
            chain_hash=b"h" * 32,
            master_data=master_data,
        )
        self.journal.close_register(closing)
        return closing


@dataclass(frozen=True)
class Exported:
    """An export, read back."""

    summary: Summary
    content: bytes
    files: dict[str, bytes]

    def rows(self, stem: str) -> list[Row]:
        """The rows of a table by column."""
        text = self.files[f"{stem}.csv"].decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))

    def by_closing(self, stem: str) -> dict[tuple[str, int], list[Row]]:
        """The rows of a table by register and Z number."""
        found: dict[tuple[str, int], list[Row]] = {}
        for row in self.rows(stem):
            found.setdefault((row["Z_KASSE_ID"], int(row["Z_NR"])), []).append(row)
        return found

    def of_receipt(self, stem: str, event_id: bytes) -> list[Row]:
        """The rows of one receipt."""
        return [row for row in self.rows(stem) if row["BON_ID"] == event_id.hex()]

    def notes(self) -> dict[tuple[str, str], int]:
        """How often what was noted where."""
        return {(note.reason, note.place): note.count for note in self.summary.notes}


def export(
    folder: Path,
    from_day: str = "2026-10-01",
    to_day: str = "2026-11-18",
    *,
    register_id: str = "",
    preview: bool = False,
    dtd: str = "",
    told: list[Progress] | None = None,
) -> Exported:
    """What the child does, in this process."""
    work = make_workplace(folder)
    heard = told if told is not None else []
    try:
        order = ExportOrder(from_day, to_day, register_id, preview, dtd)
        summary = Export(Task(order, str(folder), str(work), NOW_MS), heard.append).make()
        content = (work / ZIP_NAME).read_bytes()
    finally:
        clear_workplace(folder)
    return Exported(summary, content, unpacked(content))


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files in a ZIP."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def cents(text: str) -> int:
    """A written amount in cents; nothing is 0."""
    assert "." not in text
    value = Decimal(text.replace(",", ".") or "0") * 100
    assert value == int(value), text
    return int(value)


def total(rows: Sequence[Row], column: str) -> int:
    """The sum of a column in cents."""
    return sum(cents(row[column]) for row in rows)
