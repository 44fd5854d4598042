"""Rows of a table: the header's judgement, then record by record the cells, quickly where all is well and by the judge where not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from branchgate.dsfinvk.cells import SCALE, number, pattern, problem
from branchgate.dsfinvk.facts import Column, Table
from branchgate.dsfinvk.faults import Fault, Faults
from branchgate.dsfinvk.records import BOM, Flaw, Record

Value = int | str | None

CERTIFICATE_PARTS: Final = "TSE_ZERTIFIKAT_"
"""Own columns that the specification itself names: a certificate's further parts (p. 79)."""

_CELL: Final = re.compile(r'"((?:[^"]|"")*)"|([^";]*)')
_ANY: Final = r'(?:[^";]*|"(?:[^"]|"")*")'
_EMPTY: Final = '(?:|"")'


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell without its quotes."""

    value: str
    quoted: bool


def cells_of(text: str) -> list[Cell] | None:
    """The cells of a record; None when a quote stands where none may."""
    cells, at = list[Cell](), 0
    while found := _CELL.match(text, at):
        quoted: str | None = found[1]
        cells.append(Cell(found[2], False) if quoted is None else Cell(quoted.replace('""', '"'), True))
        at = found.end()
        if at == len(text):
            return cells
        if text[at] != ";":
            return None
        at += 1
    return None


class Reader:
    """Reads one file of the export, whose index.xml may have declared columns of the business's own behind the table's.

    `wanted` are the columns whose values are given: texts, whole numbers, numbers in 1/100,000, None for an empty or senseless number.
    """

    def __init__(self, table: Table, own_columns: Sequence[str], wanted: Sequence[str], faults: Faults) -> None:
        self._file = table.file
        self._known = {column.name: column for column in table.columns}
        self._expected = (*table.names, *own_columns)
        self._wanted = tuple(wanted)
        self._faults = faults
        self.rows = 0
        self.filled: set[str] = set()
        """Further parts of a certificate that some row has."""
        self._learn(self._expected)

    def header(self, record: Record) -> bool:
        """Judges the first record and learns the columns from it. False when it is no header: then it is a row."""
        content = record.content.removeprefix(BOM)
        if content != record.content:
            self._fault("TEXT_BOM", 1)
        self._note(record)
        names = [cell.value for cell in cells_of(content.decode("utf-8", "replace")) or []]
        if not self._known.keys() & set(names):
            self._fault("HEADER_MISSING", 1, rule=";".join(self._expected))
            return False
        self._judge_header(names)
        self._learn(names)
        return True

    def row(self, record: Record) -> tuple[Value, ...] | None:
        """The wanted values of a record; None when it does not fall into the header's cells."""
        if not record.flaw:
            try:
                found = self._quick.fullmatch(record.content.decode("utf-8"))
            except UnicodeDecodeError:
                found = None
            if found:
                self.rows += 1
                groups = found.groups()
                return tuple([take(groups[at]) for at, take in self._quick_takers])
        return self._judged(record)

    def _judge_header(self, names: list[str]) -> None:
        for place, expected in enumerate(self._expected):
            found = names[place] if place < len(names) else ""
            if found != expected:
                self._fault("HEADER", 1, expected, found, expected)
                return
        for name in names[len(self._expected) :]:
            self._fault("HEADER_UNDECLARED", 1, name, name)

    def _learn(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        at = {name: place for place, name in enumerate(names) if name in self._wanted}
        groups = {name: group for group, name in enumerate(sorted(at, key=lambda name: at[name]))}
        self._places = [(at.get(name), self._known[name]) for name in self._wanted]
        missing = at.keys() != set(self._wanted)
        self._quick_takers = [] if missing else [(groups[name], _taker(self._known[name])) for name in self._wanted]
        parts = [
            f"({self._quick_cell(name)})" if at.get(name) == n else self._quick_cell(name)
            for n, name in enumerate(names)
        ]
        # A table that lacks columns is read by the judge alone.
        self._quick = re.compile("(?!)" if missing else ";".join(parts), re.ASCII)

    def _quick_cell(self, name: str) -> str:
        if name in self._known:
            return pattern(self._known[name])
        return _EMPTY if name.startswith(CERTIFICATE_PARTS) else _ANY

    def _judged(self, record: Record) -> tuple[Value, ...] | None:
        self._note(record)
        if record.flaw in {Flaw.TOO_LONG, Flaw.QUOTES}:
            return None
        try:
            cells = cells_of(record.content.decode("utf-8"))
        except UnicodeDecodeError:
            cells = cells_of(record.content.decode("latin-1"))
            self._blame_encoding(record.line, cells or [])
        if cells is None:
            self._fault("QUOTES", record.line)
            return None
        if len(cells) != len(self._names):
            self._fault("COLUMN_COUNT", record.line, value=str(len(cells)), rule=str(len(self._names)))
            return None
        self.rows += 1
        for name, cell in zip(self._names, cells, strict=True):
            self._judge_cell(record.line, name, cell)
        return tuple([self._value(cells, at, column) for at, column in self._places])

    def _judge_cell(self, line: int, name: str, cell: Cell) -> None:
        column = self._known.get(name)
        wrong = problem(column, cell.value, cell.quoted) if column else None
        if wrong:
            self._fault(wrong[0], line, name, cell.value, wrong[1])
        if not column and cell.value and name.startswith(CERTIFICATE_PARTS):
            self.filled.add(name)

    @staticmethod
    def _value(cells: list[Cell], at: int | None, column: Column) -> Value:
        text = "" if at is None else cells[at].value
        return text if column.decimals is None else number(text, column.decimals)

    def _blame_encoding(self, line: int, cells: list[Cell]) -> None:
        for name, cell in zip(self._names, cells, strict=False):
            try:
                cell.value.encode("latin-1").decode("utf-8")
            except UnicodeDecodeError:
                self._fault("TEXT_ENCODING", line, name, cell.value)
                return
        self._fault("TEXT_ENCODING", line)

    def _note(self, record: Record) -> None:
        if record.flaw:
            self._fault(record.flaw.value, record.line)

    def _fault(self, code: str, line: int, column: str = "", value: str = "", rule: str = "") -> None:
        self._faults.add(Fault(code, self._file, line, column, value, rule))


def _taker(column: Column) -> Callable[[str], Value]:
    """Reads a cell that the quick pattern has found right."""
    if column.decimals is None:
        return _unquoted
    return _whole if column.decimals == 0 else _scaled


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


def _scaled(cell: str) -> int | None:
    whole, _, places = cell.partition(",")
    return int(whole + places.ljust(_PLACES, "0")) if cell else None


_PLACES: Final = len(str(SCALE)) - 1
