"""What DSFinV-K 2.4 says about its tables, as data: `columns.toml` (index.xml and annex G) and `values.toml` (annexes B, C, D, I, Anlage 2)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

VERSION: Final = "2.4"
INDEX_FILE: Final = "index.xml"
DTD_FILE: Final = "gdpdu-01-09-2004.dtd"
CLOSING_KEY: Final = ("Z_KASSE_ID", "Z_ERSTELLUNG", "Z_NR")
OWN_VAT_KEYS_FROM: Final = 1000


class Need(StrEnum):
    """When a column must be filled."""

    ALWAYS = "always"
    KNOWN = "known"
    ARTICLE = "article"
    PAIR = "pair"
    SIGNED = "signed"


class Form(StrEnum):
    """What a text must look like beyond its length."""

    PLAIN = ""
    TIME = "time"
    TSE_TIME = "tse_time"
    DATE = "date"
    COUNTRY = "country"
    CURRENCY = "currency"
    BOOLEAN = "boolean"
    SERIAL = "serial"
    VAT_KEY = "vat_key"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a text of at most `length` characters (0: any), or a number with `decimals` places; `values` when only those may stand."""

    name: str
    need: Need
    length: int = 0
    decimals: int | None = None
    form: Form = Form.PLAIN
    values: frozenset[str] = frozenset()

    @property
    def numeric(self) -> bool:
        """Whether it is a number."""
        return self.decimals is not None


@dataclass(frozen=True, slots=True)
class Table:
    """A file: its table's name, its columns in order, and what tells its rows apart inside a closing (None: they may repeat)."""

    file: str
    name: str
    key: tuple[str, ...] | None
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in their order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class VatKey:
    """A VAT key of Anlage 2: its slot in processData (1 to 5), and its rates in basis points, each with its first day."""

    key: int
    slot: int
    rates: tuple[tuple[date, int], ...]

    def rates_between(self, first: date, last: date) -> frozenset[int]:
        """The rates that were valid on some day from `first` to `last`."""
        starts = [start for start, _ in self.rates]
        ends = [*starts[1:], date.max]
        return frozenset(
            rate for (start, rate), end in zip(self.rates, ends, strict=True) if start <= last and end > first
        )


@cache
def tables() -> dict[str, Table]:
    """The 20 tables by their files, in the order of index.xml."""
    return {table["file"]: _table(table) for table in _read("columns.toml")["tables"]}


@cache
def values(name: str) -> frozenset[str]:
    """A list of values.toml. Raises KeyError."""
    return frozenset(_read("values.toml")["lists"][name])


@cache
def vat_keys() -> dict[int, VatKey]:
    """The VAT keys that Anlage 2 gives out."""
    return {
        each["key"]: VatKey(each["key"], each["slot"], tuple((rate["from"], rate["rate"]) for rate in each["rates"]))
        for each in _read("values.toml")["vat_keys"]
    }


def slot_of(key: int) -> int:
    """The slot of processData that a VAT key counts in."""
    known = vat_keys().get(key)
    return known.slot if known else 5


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("branchgate.dsfinvk").joinpath(name).read_text(encoding="utf-8"))


def _table(stored: dict[str, Any]) -> Table:
    key = tuple(stored["key"]) if "key" in stored else None
    columns = tuple(_column(column) for column in stored["columns"])
    return Table(stored["file"], stored["name"], key, columns)


def _column(stored: dict[str, Any]) -> Column:
    form = Form(stored.get("form", ""))
    listed = stored.get("values") or (form.value if form in {Form.COUNTRY, Form.CURRENCY} else "")
    return Column(
        name=stored["name"],
        need=Need(stored["need"]),
        length=stored.get("length", 0),
        decimals=stored.get("decimals"),
        form=form,
        values=values(listed) if listed else frozenset(),
    )
