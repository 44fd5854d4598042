"""Reports as one long CSV table, for spreadsheets: a line per row of a section, so that many closings can be filtered and summed.

For the spreadsheets of German shops: UTF-8 with a byte order mark, semicolons, CRLF; amounts and quantities with a decimal comma in German and
a point in English, and no separators between thousands. A text that a spreadsheet would take for a formula gets an apostrophe in front
(OWASP, "CSV Injection"): names of articles and users come from elsewhere.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from branchgate.printable import clean
from branchgate.reports.content import Column, Form, Quantity, Report, Row, Section, Value
from branchgate.reports.words import Language

HEADER: Final = (
    "report",
    "register",
    "z_number",
    "business_day",
    "section",
    "key",
    "label",
    "total",
    "count",
    "quantity",
    "unit",
    "amount",
    "net",
    "vat",
    "text",
)
"""`total` is 1 for sums of the rows above. Keys and headers are the same in every language, labels are not."""

BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA: Final = "=+-@\uff1d\uff0b\uff0d\uff20"
_OF_A_ROW: Final = frozenset({"count", "quantity", "amount", "net", "vat"})
"""Columns of sections that have a column in the table; others get a line of their own."""


def csv_table(reports: Sequence[Report]) -> str:
    """The table of one or more reports, header first; encode it as UTF-8."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for report in reports:
        for cells in _lines(report):
            writer.writerow([cells.get(name, "") for name in HEADER])
    return out.getvalue()


def _lines(report: Report) -> Iterator[dict[str, str]]:
    about = {
        "report": report.kind.value,
        "register": _text(report.register_id),
        "z_number": str(report.z_number or ""),
        "business_day": _text(report.business_day),
    }
    for name, facts in (("head", report.head), ("foot", report.foot)):
        for fact in facts:
            yield {**about, "section": name, "key": fact.key, "label": _text(fact.label), "text": _text(fact.value)}
    for number, mark in enumerate(report.marks, start=1):
        yield {**about, "section": "marks", "key": str(number), "text": _text(mark)}
    for section in report.sections:
        for cells in _rows(section, report.language):
            yield {**about, "section": section.key, **cells}


def _rows(section: Section, language: Language) -> Iterator[dict[str, str]]:
    if section.note:
        yield {"key": "note", "label": _text(section.title), "text": _text(section.note)}
    for row in section.rows:
        named = {"key": _text(row.key), "label": _text(row.label), "total": "1" if row.total else ""}
        values = list(zip(section.columns, row.values, strict=True))
        yield named | {
            name: cell
            for column, value in values
            if column.key in _OF_A_ROW
            for name, cell in _cells(column, value, language)
        }
        for column, value in values:
            if column.key not in _OF_A_ROW:
                yield _apart(row, column, value, language)


def _apart(row: Row, column: Column, value: Value, language: Language) -> dict[str, str]:
    """A line for a value whose column only this section has."""
    (_, cell), *_ = _cells(column, value, language)
    into = {Form.MONEY: "amount", Form.COUNT: "count"}.get(column.form, "text")
    total = "1" if row.total else ""
    return {"key": _text(f"{row.key}.{column.key}"), "label": _text(column.title), "total": total, into: cell}


def _cells(column: Column, value: Value, language: Language) -> list[tuple[str, str]]:
    match value:
        case None:
            return [(column.key, "")]
        case str():
            return [(column.key, _text(value))]
        case Quantity():
            return [("quantity", _decimal(value.thousandths, 3, language)), ("unit", _text(value.unit))]
        case _:
            money = column.form is Form.MONEY
            return [(column.key, _decimal(value, 2, language) if money else str(value))]


def _decimal(value: int, places: int, language: Language) -> str:
    whole, rest = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}{',' if language == 'de' else '.'}{rest:0{places}d}"


def _text(text: str) -> str:
    """In one line, and nothing that a spreadsheet would compute."""
    text = clean(text)
    return f"'{text}" if text.lstrip().startswith(tuple(_FORMULA)) else text
