"""Fills the sales store from the journal: a batch of entries and the watermark that speaks of them in one transaction."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from gateway.sales.csvfile import csv_lines, load
from gateway.sales.database import Watermark, read_watermark
from gateway.sales.days import DayRule
from gateway.sales.decode import Decoder, Row
from gateway.sales.periods import Periods
from gateway.sales.source import JournalSource
from gateway.sales.tables import LOADED, Table

BATCH = 5_000
"""Entries per transaction of a rebuild: large enough for DuckDB's reader, small enough to answer a question in between."""


class Filler:
    """Owns the store's content: nothing else writes to it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, journal: JournalSource, folder: Path, rule: DayRule
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._mark = read_watermark(connection)
        self._periods = Periods(rule)
        self._restore_periods()
        self._decoder = Decoder(self._periods)

    @property
    def watermark(self) -> Watermark:
        """What is filled and committed."""
        return self._mark

    def use(self, rule: DayRule) -> None:
        """Another time zone or shift, from each register's next period on."""
        self._periods.use(rule)

    def fill(self, limit: int = BATCH) -> int:
        """Takes at most `limit` entries; returns how many. After a duckdb.Error this object must not be used again."""
        entries = self._journal.read(self._mark.sequence, limit)
        if not entries:
            return 0
        self._decoder.clear()
        for entry in entries:
            self._decoder.take(entry)
        rows = self._decoder.rows
        self._write_files(rows)
        longest = max(len(entry.body) for entry in entries)
        loaded = {name: count + len(rows[name]) for name, count in self._mark.rows.items()}
        last = entries[-1]
        self._connection.execute("BEGIN")
        for table in LOADED:
            if rows[table.name]:
                self._connection.execute(load(table, self._file(table), longest))
        self._connection.execute(
            "UPDATE watermark SET sequence = ?, chain_hash = ?, rows_loaded = ?",
            [last.sequence, last.chain_hash.hex(), json.dumps(loaded)],
        )
        self._connection.execute("COMMIT")
        self._mark = Watermark(self._mark.journal_id, last.sequence, last.chain_hash, loaded)
        return len(entries)

    def _write_files(self, rows: dict[str, list[Row]]) -> None:
        for table in LOADED:
            if rows[table.name]:
                with self._file(table).open("w", newline="", encoding="utf-8") as file:
                    file.writelines(csv_lines(table, rows[table.name]))

    def _file(self, table: Table) -> Path:
        return self._folder / f"{table.name}.csv"

    def _restore_periods(self) -> None:
        made = self._connection.execute("SELECT coalesce(max(period), 0) FROM periods").fetchall()[0][0]
        closed = self._connection.execute("SELECT register_id, arg_max(z_number, sequence) FROM closings GROUP BY ALL")
        next_z = {register_id: z_number + 1 for register_id, z_number in closed.fetchall()}
        still_open = self._connection.execute(
            "SELECT period, register_id, z_number, first_sequence, time_zone, day_starts_at_minutes"
            " FROM periods LEFT JOIN period_days USING (period) WHERE period NOT IN (SELECT period FROM closings)"
        ).fetchall()
        self._periods.restore(
            made,
            next_z,
            [
                (number, register_id, z_number, first, DayRule(zone, shift) if zone is not None else None)
                for number, register_id, z_number, first, zone, shift in still_open
            ],
        )
