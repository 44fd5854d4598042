"""How a fault is planted: the forms that most of the list in `planted.py` has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.branchgate.dsfinvk.exports import Export


@dataclass(frozen=True)
class Planted:
    """`plant` breaks the export and tells the line where the fault must be found."""

    name: str
    code: str
    file: str
    column: str
    plant: Callable[[Export], int]


def cell(code: str, file: str, column: str, value: str, name: str = "", shows: str = "", /, **where: str) -> Planted:
    """Another value in the cell of the first row where `where` holds, or of the first row; `shows` is the column that the fault names."""

    def plant(export: Export) -> int:
        line = export.line_of(file, **where)
        export.put(file, line, **{column: value})
        return line

    return Planted(name or f"{file} {column} is {value!r}", code, file, shows or column, plant)


def dropped(
    name: str, code: str, file: str, column: str, from_file: str, at: dict[str, str], found_at: dict[str, str]
) -> Planted:
    """A row that is gone, told where its absence shows."""

    def plant(export: Export) -> int:
        export.drop(from_file, export.line_of(from_file, **at))
        return export.line_of(file, **found_at) if found_at else 0

    return Planted(name, code, file, column, plant)


def doubled(file: str, column: str, **where: str) -> Planted:
    """A row that stands twice."""

    def plant(export: Export) -> int:
        row = export.tables[file][export.line_of(file, **where) - 2]
        export.tables[file].append(dict(row))
        return len(export.tables[file]) + 1

    return Planted(f"{file} has a row twice", "KEY_TWICE", file, column, plant)


def bytes_changed(name: str, code: str, file: str, column: str, line: int, old: bytes, new: bytes) -> Planted:
    """Other bytes in a file."""

    def plant(export: Export) -> int:
        export.edit(file, old, new)
        return line

    return Planted(name, code, file, column, plant)


def in_index(name: str, code: str, column: str, old: bytes, new: bytes) -> Planted:
    """Other bytes in index.xml; the line follows from where they stood."""

    def plant(export: Export) -> int:
        content = export.files()["index.xml"]
        export.edit("index.xml", old, new)
        return content[: content.index(old)].count(b"\n") + 1

    return Planted(name, code, "index.xml", column, plant)


def done(name: str, code: str, file: str, column: str, line: int, act: Callable[[Export], object]) -> Planted:
    """Anything else, with the line where it shows."""

    def plant(export: Export) -> int:
        act(export)
        return line

    return Planted(name, code, file, column, plant)
