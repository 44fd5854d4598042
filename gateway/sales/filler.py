"""Fills the sales store from the journal: a batch of entries and the watermark that speaks of them in one transaction."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from gateway.sales.batches import Batch, BatchMaker
from gateway.sales.continued import take_continued
from gateway.sales.database import Watermark, read_watermark
from gateway.sales.days import DayRule
from gateway.sales.periods import Periods
from gateway.sales.source import JournalSource

BATCH = 5_000
"""Entries per transaction of a rebuild: large enough for DuckDB's reader, small enough to answer a question in between."""


class Filler:
    """Owns the store's content: nothing else writes to it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, journal: JournalSource, folder: Path, rule: DayRule
    ) -> None:
        self._connection = connection
        self._mark = read_watermark(connection)
        self._periods = Periods(rule)
        self._restore_periods(journal)
        self._batches = BatchMaker(journal, folder, self._periods, self._mark.sequence)
        self._ahead: Batch | None = None
        self._loader = ThreadPoolExecutor(1, "sales loader")

    @property
    def watermark(self) -> Watermark:
        """What is filled and committed."""
        return self._mark

    def use(self, rule: DayRule) -> None:
        """Another time zone or shift, from each register's next period on."""
        self._periods.use(rule)

    def fill(self, limit: int = BATCH) -> int:
        """Takes at most `limit` entries; returns how many. After a duckdb.Error this object must not be used again.

        In a rebuild the next batch is made while DuckDB loads this one on the other core.
        """
        batch = self._ahead or self._batches.make(limit)
        self._ahead = None
        if batch is None:
            return 0
        if batch.entries < limit:
            self._load(batch)
        else:
            loading = self._loader.submit(self._load, batch)
            try:
                self._ahead = self._batches.make(limit)
            finally:
                loading.result()
        return batch.entries

    def close(self) -> None:
        """Ends the loader's thread."""
        self._loader.shutdown()

    def _load(self, batch: Batch) -> None:
        loaded = {name: count + batch.rows[name] for name, count in self._mark.rows.items()}
        self._connection.execute("BEGIN")
        for statement in batch.statements:
            self._connection.execute(statement)
        # A journal that lost its end goes on under another id; its entries up to here are these all the same.
        self._connection.execute(
            "UPDATE watermark SET journal_id = ?, sequence = ?, chain_hash = ?, rows_loaded = ?",
            [batch.journal_id.hex(), batch.last, batch.chain_hash.hex(), json.dumps(loaded)],
        )
        self._connection.execute("COMMIT")
        self._mark = Watermark(batch.journal_id, batch.last, batch.chain_hash, loaded)

    def _restore_periods(self, journal: JournalSource) -> None:
        made = self._connection.execute("SELECT coalesce(max(period), 0) FROM periods").fetchall()[0][0]
        closed = self._connection.execute("SELECT register_id, arg_max(z_number, sequence) FROM ended GROUP BY ALL")
        next_z = {register_id: z_number + 1 for register_id, z_number in closed.fetchall()}
        still_open = self._connection.execute(
            "SELECT period, register_id, z_number, first_sequence, time_zone, day_starts_at_minutes"
            " FROM periods LEFT JOIN period_days USING (period) WHERE period NOT IN (SELECT period FROM ended)"
        ).fetchall()
        self._periods.restore(
            made,
            next_z,
            [
                (number, register_id, z_number, first, DayRule(zone, shift) if zone is not None else None)
                for number, register_id, z_number, first, zone, shift in still_open
            ],
        )
        for note in journal.notes(self._mark.sequence):
            # Their periods are stored as corrected already; what is not stored is where a register without one goes on.
            take_continued(note, self._periods)
