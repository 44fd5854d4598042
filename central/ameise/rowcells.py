"""The cells of one row while it is being read: what cannot be read becomes a problem, and the rest of the row is still read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from central.ameise.cells import CellError
from central.ameise.columns import Cell, Column, Columns, cell
from central.ameise.headers import Meaning
from central.ameise.mapping import Mark
from central.ameise.problems import Problem, Reason, Severity
from central.ameise.reading import Row

_Value = TypeVar("_Value")


@dataclass(slots=True)
class RowCells:
    """One row, found by meaning or heading, with the problems met so far."""

    row: Row
    columns: Columns
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        """Whether a problem forbids importing this row."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def at(self, column: Column | None) -> Cell | None:
        """The cell in a column; None without such a column or value."""
        return cell(self.row, column)

    def of(self, meaning: Meaning) -> Cell | None:
        """The cell of a meaning that an article has once."""
        return self.at(self.columns.first(meaning))

    def headed(self, heading: str | None) -> Cell | None:
        """The cell in the column that a mapping names."""
        return self.at(self.columns.headed(heading))

    def read(self, found: Cell | None, read: Callable[[Cell], _Value]) -> _Value | None:
        """The value of a cell, None when it is not set or, after noting the problem, unreadable."""
        if found is None:
            return None
        try:
            return read(found)
        except CellError as error:
            self.problems.append(error.problem)
            return None

    def once(self, meaning: Meaning, read: Callable[[Cell], _Value]) -> _Value | None:
        """The value of a meaning that an article has once."""
        return self.read(self.of(meaning), read)

    def is_marked(self, mark: Mark | None) -> bool:
        """Whether the mapping's mark is on this row."""
        found = self.headed(mark.heading) if mark is not None else None
        return mark is not None and found is not None and mark.matches(found.text)

    def warn(self, found: Cell, reason: Reason, rule: str = "") -> None:
        """Notes something that somebody should look at."""
        self.problems.append(found.problem(reason, rule, Severity.WARNING))

    def report_missing(self, reason: Reason, *meanings: Meaning) -> None:
        """A value is not set: named is the first column of `meanings` that the file has."""
        column = next(column for meaning in meanings if (column := self.columns.first(meaning)) is not None)
        self.problems.append(Cell(column, "", self.row).problem(reason))
