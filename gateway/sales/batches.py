"""Batches on their way in: entries read from the journal, decoded and written as one CSV file per table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.sales.continued import take_continued
from gateway.sales.csvfile import csv_lines, load
from gateway.sales.decode import Decoder
from gateway.sales.periods import Periods
from gateway.sales.source import JournalSource
from gateway.sales.tables import LOADED


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries up to `last`, ready to load: the statements for their files, and how many rows each table gets."""

    journal_id: bytes
    entries: int
    last: int
    chain_hash: bytes
    rows: dict[str, int]
    statements: tuple[str, ...]


class BatchMaker:
    """Makes batches in the journal's order. Files alternate between two names, so that one batch is made while the other is loaded."""

    def __init__(self, journal: JournalSource, folder: Path, periods: Periods, after: int) -> None:
        self._journal = journal
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._periods = periods
        self._decoder = Decoder(periods)
        self._after = after
        self._made = 0

    def make(self, limit: int) -> Batch | None:
        """The next at most `limit` entries; None when the journal has no more."""
        entries = self._journal.read(self._after, limit)
        if not entries:
            return None
        self._decoder.clear()
        corrections: list[str] = []
        for entry in entries:
            corrections += take_continued(entry, self._periods)
            self._decoder.take(entry)
        last = entries[-1]
        self._after = last.sequence
        self._made += 1
        return Batch(
            journal_id=self._journal.end().journal_id,
            entries=len(entries),
            last=last.sequence,
            chain_hash=last.chain_hash,
            rows={name: len(rows) for name, rows in self._decoder.rows.items()},
            statements=(*self._write(max(len(entry.body) for entry in entries)), *corrections),
        )

    def _write(self, longest: int) -> list[str]:
        statements = []
        for table in LOADED:
            rows = self._decoder.rows[table.name]
            if rows:
                path = self._folder / f"{table.name}.{self._made % 2}.csv"
                with path.open("w", newline="", encoding="utf-8") as file:
                    file.writelines(csv_lines(table, rows))
                statements.append(load(table, path, longest))
        return statements
