"""A year of closings, each with all its articles, fits into the sales store's memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from branchgate.figures import Closing, Figures
from gateway.sales.database import open_store, temporary_of
from gateway.sales.days import DayRule
from gateway.sales.filler import Filler
from gateway.sales.opened import Tuning
from tests.gateway.sales.written_journal import WrittenJournal

LIMIT_MB = 48
LARGE = 100_000
CLOSINGS = 700


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[WrittenJournal]:
    written = WrittenJournal(tmp_path)
    yield written
    written.close()


def test_closings_larger_than_the_memory_are_filled_and_checkpointed(journal: WrittenJournal) -> None:
    """Their bodies stood in the store too, in one group of rows, which DuckDB reads into memory at every checkpoint."""
    for number in range(1, CLOSINGS + 1):
        anchor = number.to_bytes(4, "big") * (LARGE // 4)
        journal.close_register(
            Closing("kasse-1", number, "2026-10-16", 1, journal.head, Figures(), "anna", "2.4", anchor)
        )
    source = journal.source()
    tuning = Tuning(memory_limit_mb=LIMIT_MB, threads=1, checkpoint_threshold_mb=1)
    connection, _ = open_store(journal.store, source, tuning, 0)
    filler = Filler(connection, source, temporary_of(journal.store), DayRule())
    try:
        while filler.fill(20):
            connection.execute("CHECKPOINT")
        assert connection.execute("SELECT count(*) FROM closings").fetchall() == [(CLOSINGS,)]
        assert journal.store.stat().st_size < LARGE * CLOSINGS
    finally:
        filler.close()
        connection.close()
        source.close()
