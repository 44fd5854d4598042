"""The twenty tables of DSFinV-K 2.4 as data: names, order, types and lengths, read from `tables.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

CERTIFICATE_PART: Final = 1_000
"""Characters of a TSE's certificate in one column (DSFinV-K 2.4, TSE_ZERTIFIKAT_I and _II)."""

_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a text of at most `max_length` characters, or a number with `decimals` places."""

    name: str
    description: str
    max_length: int | None = None
    decimals: int | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is AlphaNumeric."""
        return self.max_length is not None


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One file of the export; `name` and `description` stand in index.xml."""

    file: str
    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def is_of_receipts(self) -> bool:
        """Whether it holds single records, and not data of closings."""
        return any(column.name == "BON_ID" for column in self.columns)


@cache
def tables(certificate_parts: int = 2) -> tuple[ExportTable, ...]:
    """All tables in their order. Certificates of more than two parts add columns to tse.csv, as DSFinV-K 2.4 has it."""
    stored = tomllib.loads(files("gateway.dsfinvk").joinpath("tables.toml").read_text(encoding="utf-8"))
    keys = stored["keys"]
    made = []
    for stem, table in stored["tables"].items():
        rows = [*(row for key in table["keys"] for row in keys[key]), *table["columns"]]
        made.append(
            ExportTable(f"{stem}.csv", table["name"], table["description"], tuple(_column(*row) for row in rows))
        )
    return tuple(_with_parts(table, certificate_parts) if table.file == "tse.csv" else table for table in made)


def certificate_columns(parts: int) -> tuple[str, ...]:
    """The names of the columns that a certificate of so many parts needs, at least two."""
    return tuple(f"TSE_ZERTIFIKAT_{number}" for number in _ROMAN[: max(2, parts)])


MOST_PARTS: Final = len(_ROMAN)
"""No certificate of a TSE comes near ten thousand characters."""


def max_length(file: str, column: str) -> int:
    """How many characters a text column holds."""
    return _lengths()[file, column]


@cache
def _lengths() -> dict[tuple[str, str], int]:
    return {
        (table.file, column.name): column.max_length
        for table in tables()
        for column in table.columns
        if column.max_length is not None
    }


def _column(name: str, kind: str, description: str) -> Column:
    size = int(kind[1:])
    return Column(name, description, max_length=size) if kind[0] == "a" else Column(name, description, decimals=size)


def _with_parts(table: ExportTable, parts: int) -> ExportTable:
    known = {column.name for column in table.columns}
    further = tuple(
        Column(
            name,
            f"Zertifikat (base64), Zeichen {place * CERTIFICATE_PART + 1} bis {(place + 1) * CERTIFICATE_PART}",
            max_length=CERTIFICATE_PART,
        )
        for place, name in enumerate(certificate_columns(parts))
        if name not in known
    )
    return replace(table, columns=table.columns + further)
