"""A sales store in this process: what the child does, without the child."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from branchgate.figures import Figures
from gateway.sales.database import open_store, temporary_of
from gateway.sales.days import DayRule
from gateway.sales.filler import Filler
from gateway.sales.opened import Opened, Tuning
from gateway.sales.queries import SUM, figures_by, periods_where
from tests.gateway.sales.written_journal import WrittenJournal

NOW_MS = 1_792_144_800_000


@dataclass
class OpenedStore:
    connection: duckdb.DuckDBPyConnection
    filler: Filler
    opened: Opened

    def fill(self, batch: int = 1000) -> None:
        while self.filler.fill(batch):
            pass

    def figures(self, register_id: str, z_number: int) -> Figures:
        periods = periods_where(self.connection, "p.register_id = ? AND p.z_number = ?", [register_id, z_number])
        return figures_by(self.connection, periods, together=True)[SUM]

    def branch(self) -> Figures:
        return figures_by(self.connection, periods_where(self.connection, "true", []), together=True)[SUM]


@contextmanager
def opened_store(
    journal: WrittenJournal, rule: DayRule | None = None, *, read_all: bool = False
) -> Iterator[OpenedStore]:
    source = journal.source()
    connection, opened = open_store(journal.store, source, Tuning(threads=1), NOW_MS, read_all=read_all)
    filler = Filler(connection, source, temporary_of(journal.store), rule or DayRule())
    try:
        yield OpenedStore(connection, filler, opened)
    finally:
        filler.close()
        connection.close()
        source.close()
