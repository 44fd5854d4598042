"""What a report says, apart from how it is shown: sections of rows with keys that stay, labels in one language, values as whole numbers.

Text, HTML and CSV are made from this one value, so that no form of a report can tell another sum than the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from branchgate.reports.words import Language


class ReportKind(StrEnum):
    """What a report is about."""

    X = "x"
    Z = "z"
    BRANCH = "branch"
    PERIOD = "period"
    COUNT = "count"


class Form(Enum):
    """How the values of a column are read: counts, cents, thousandths of a unit, texts."""

    COUNT = 1
    MONEY = 2
    QUANTITY = 3
    TEXT = 4


class Chart(Enum):
    """How a section is drawn where it can be: `BARS` compare, `COLUMNS` follow the time."""

    BARS = 1
    COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Quantity:
    """Thousandths of a unit; the unit may be empty."""

    thousandths: int
    unit: str


Value: TypeAlias = int | str | Quantity | None
"""By the form of its column; None where a row has nothing to say."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of values: `key` never changes, `title` is for people."""

    key: str
    title: str
    form: Form


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a section. `total`: it sums up what stands above it."""

    key: str
    label: str
    values: tuple[Value, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One subject. `corner` heads the labels, `note` stands below the title.

    `most_on_paper`: so many rows are printed and the rest as one sum, 0 means all. `on_paper`: whether it is printed at all.
    `chart`: drawn from the first column of money.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    corner: str = ""
    note: str = ""
    most_on_paper: int = 0
    on_paper: bool = True
    chart: Chart | None = None

    def money_at(self) -> int | None:
        """Which column has the amounts; None in a section without."""
        return next((at for at, column in enumerate(self.columns) if column.form is Form.MONEY), None)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about the report itself."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `business` names who reports, `marks` are what nobody may overlook, `tiles` the figures a manager asks for first.

    Register, Z number and business day are empty or 0 where the report has none.
    """

    kind: ReportKind
    language: Language
    title: str
    business: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    head: tuple[Fact, ...] = ()
    tiles: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    foot: tuple[Fact, ...] = ()
    register_id: str = ""
    z_number: int = 0
    business_day: str = ""
