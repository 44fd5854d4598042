"""The temporary tables in a DuckDB file of the workplace: loaded batch by batch, within a memory limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from gateway.dsfinvk.detail import ALL
from gateway.dsfinvk.parcel import Part
from gateway.dsfinvk.selects import MACROS, VAT_WORDS
from gateway.sales.csvfile import csv_lines, load
from gateway.sales.tables import Table

LINES_AT_ONCE = 100_000
"""Lines that are sorted at once."""


class DetailStore:
    """The tables and the connection to them; every method raises duckdb.Error."""

    def __init__(self, work: Path, memory_limit_mb: int, threads: int) -> None:
        self._work = work
        self.connection = duckdb.connect(
            str(work / "detail.duckdb"),
            config={
                "memory_limit": f"{memory_limit_mb}MB",
                "threads": threads,
                "temp_directory": str(work / "spilled"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        for table in ALL:
            self.connection.execute(table.create)
        for macro in MACROS:
            self.connection.execute(macro)
        self.connection.execute("CREATE TABLE vat_words (vat_key BIGINT, word VARCHAR)")
        self.connection.executemany("INSERT INTO vat_words VALUES (?, ?)", list(VAT_WORDS.items()))

    def load(self, table: Table, rows: list[tuple[Any, ...]], longest: int = 0) -> None:
        """Adds rows; `longest` is the longest body that they came from, in bytes."""
        if not rows:
            return
        path = self._work / f"{table.name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            file.writelines(csv_lines(table, rows))
        self.connection.execute(load(table, path, longest))

    def ambiguous_rates(self) -> list[tuple[int, int, int]]:
        """VAT keys that stand for several rates in one closing: key, how many closings, the first of them."""
        return self.connection.execute(
            "SELECT vat_key, count(*), min(closing) FROM ("
            "SELECT closing, vat_key FROM (SELECT closing, vat_key, vat_rate FROM lines"
            " UNION SELECT closing, vat_key, vat_rate FROM vat_sums) GROUP BY ALL HAVING count(*) > 1"
            ") GROUP BY vat_key ORDER BY vat_key"
        ).fetchall()

    def parts(self) -> list[Part]:
        """The closings in pieces of so many lines as can be sorted in memory; one closing is never parted."""
        counted = self.connection.execute(
            "SELECT c.closing, count(l.closing) FROM closings c LEFT JOIN lines l USING (closing)"
            " GROUP BY c.closing ORDER BY c.closing"
        ).fetchall()
        parts: list[Part] = []
        weight = LINES_AT_ONCE
        for closing, lines in counted:
            if weight >= LINES_AT_ONCE:
                parts.append((closing, closing))
                weight = 0
            parts[-1] = (parts[-1][0], closing)
            weight += lines
        return parts

    def close(self) -> None:
        """Gives the file back."""
        self.connection.close()
