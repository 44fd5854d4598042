"""Which column of this file holds what: the header line read with the merchant's mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from central.ameise.decoding import show_undecoded
from central.ameise.headers import ONE_PER_ARTICLE, SYNONYMS, Meaning, fold, recognise
from central.ameise.mapping import ColumnMapping
from central.ameise.problems import Problem, Reason, Severity
from central.ameise.reading import Row

# An article cannot be sold without one column of each group.
_REQUIRED = (
    (Meaning.ARTICLE_NUMBER,),
    (Meaning.NAME, Meaning.TRANSLATED_NAME),
    (Meaning.GROSS_PRICE, Meaning.NET_PRICE),
    (Meaning.VAT_RATE, Meaning.TAX_CLASS),
)
# A category is read once per level.
_READ_ONCE = (Meaning.CATEGORY, Meaning.ARTICLE_NUMBER, *ONE_PER_ARTICLE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: index from 0, heading as it stands there, and its meaning (None: not read).

    `level` is the category level from 1, 0 for every other meaning.
    """

    index: int
    heading: str
    meaning: Meaning | None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with its place, trimmed."""

    column: Column
    text: str
    row: Row

    def problem(self, reason: Reason, rule: str = "", severity: Severity = Severity.ERROR) -> Problem:
        """What is wrong with this value; the line is the one in which it begins."""
        line = self.row.line_of(self.column.index)
        return Problem(line, self.column.heading, self.column.index + 1, self.text, rule, reason, severity)


class Columns:
    """The file's columns in their order, found by meaning or by heading; indexed once, asked for every row."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.all = tuple(columns)
        self._by_meaning: dict[Meaning, tuple[Column, ...]] = {}
        for column in sorted(columns, key=lambda each: each.level):
            if column.meaning is not None:
                self._by_meaning[column.meaning] = (*self.every(column.meaning), column)
        self._by_heading = {fold(column.heading): column for column in reversed(self.all)}

    def first(self, meaning: Meaning) -> Column | None:
        """The column that is read for a meaning which an article has once."""
        return next(iter(self.every(meaning)), None)

    def every(self, meaning: Meaning) -> tuple[Column, ...]:
        """All columns of a meaning that may repeat; categories from the first level down."""
        return self._by_meaning.get(meaning, ())

    def headed(self, heading: str | None) -> Column | None:
        """The column that a mapping names."""
        return self._by_heading.get(fold(heading)) if heading is not None else None


def cell(row: Row, column: Column | None) -> Cell | None:
    """The row's value in a column; None where the file has no such column or the value is not set."""
    if column is None:
        return None
    text = row.cells[column.index].strip()
    return Cell(column, text, row) if text else None


def match_columns(header: Row, mapping: ColumnMapping) -> tuple[Columns, tuple[Problem, ...]]:
    """Reads the header line. Errors among the problems: a column is missing, so its articles cannot be complete."""
    columns: list[Column] = []
    problems: list[Problem] = []
    taken: dict[tuple[Meaning, int], Column] = {}
    for index, heading in enumerate(show_undecoded(text.strip()) for text in header.cells):
        meaning, level = _meaning_of(heading, mapping) or (None, 0)
        first = taken.get((meaning, level)) if meaning in _READ_ONCE else None
        if first is not None:
            unread = Cell(Column(index, heading, None), heading, header)
            problems.append(unread.problem(Reason.COLUMN_IGNORED, first.heading, Severity.WARNING))
            meaning, level = None, 0
        column = Column(index, heading, meaning, level)
        columns.append(column)
        if meaning is not None:
            taken.setdefault((meaning, level), column)
    result = Columns(columns)
    return result, (*problems, *_missing(header, result, mapping))


def _meaning_of(heading: str, mapping: ColumnMapping) -> tuple[Meaning, int] | None:
    chosen = {fold(own): meaning for own, meaning in mapping.meanings.items()}
    if (own := chosen.get(fold(heading))) is not None:
        return own
    recognised = recognise(heading)
    # A meaning that the mapping gives to one column is taken from those that only sound like it; GTINs add up.
    if recognised in chosen.values() and recognised != (Meaning.GTIN, 0):
        return None
    return recognised


def _missing(header: Row, columns: Columns, mapping: ColumnMapping) -> list[Problem]:
    problems = [
        Problem(header.line, None, None, heading, key, Reason.COLUMN_MAPPED_MISSING)
        for heading, key in mapping.headings()
        if columns.headed(heading) is None
    ]
    for group in _REQUIRED:
        if all(columns.first(meaning) is None for meaning in group):
            headings = ", ".join(heading for meaning in group for heading in SYNONYMS.get(meaning, ()))
            problems.append(Problem(header.line, None, None, "", headings, Reason.COLUMN_MISSING))
    return problems
