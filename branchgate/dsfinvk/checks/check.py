"""A check over rows of one or several tables: an SQL question whose answers are faults."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Final

from branchgate.dsfinvk.cells import SCALE
from branchgate.dsfinvk.facts import tables
from branchgate.dsfinvk.faults import Fault, Faults

CENT: Final = SCALE // 100
HALF_CENT: Final = CENT // 2
"""Sums may differ by what rounding to cents takes away, and no more."""

KEY_TEXT: Final = "(SELECT Z_KASSE_ID || ' / ' || Z_ERSTELLUNG || ' / ' || Z_NR FROM closings WHERE id = {closing})"
"""A closing key for people; `{closing}` is the column that holds its number."""


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives (line, column, value, rule) of each fault in `file`. It names tables as DSFinV-K does."""

    code: str
    file: str
    sql: str

    @property
    def needs(self) -> frozenset[str]:
        """The files without which the question has no meaning."""
        return frozenset(file for file, table in tables().items() if re.search(rf"\b{table.name}\b", self.sql))

    def run(self, database: sqlite3.Connection, faults: Faults) -> None:
        """Asks, and adds what is found."""
        for line, column, value, rule in database.execute(self.sql):
            texts = ["" if text is None else str(text) for text in (column, value, rule)]
            faults.add(Fault(self.code, self.file, line or 0, *texts))
