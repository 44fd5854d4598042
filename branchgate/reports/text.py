"""A report as lines of one width: for the receipt printer and for terminals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from branchgate.reports.content import Column, Form, Report, Row, Section, Value
from branchgate.reports.layout import Layout
from branchgate.reports.spelling import number, shown
from branchgate.reports.words import Language, word

USUAL: Final = Layout()
"""As wide as a terminal's share and 80 mm paper; other paper is laid out for its own width."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `strong` ones are titles and sums, bold where that can be."""

    text: str
    strong: bool = False


def report_text(report: Report, layout: Layout = USUAL) -> str:
    """The lines as a text that ends with a line feed."""
    return "".join(f"{line.text}\n" for line in report_lines(report, layout))


def report_lines(report: Report, layout: Layout = USUAL) -> tuple[Line, ...]:
    """Who, what and when, the sections between rules, and what holds the report against the journal."""
    lines: list[Line] = []
    if report.business:
        lines += [*_plain(text for name in report.business for text in layout.centred(name)), Line(layout.rule())]
    lines += [Line(text, strong=True) for text in layout.centred(report.title)]
    lines += [Line(text, strong=True) for mark in report.marks for text in layout.centred(mark)]
    lines.append(Line(layout.rule()))
    lines += _plain(layout.pair(fact.label, fact.value) for fact in report.head)
    lines.append(Line(layout.rule("=")))
    for position, section in enumerate(section for section in report.sections if section.on_paper):
        lines += [*([Line(layout.rule())] if position else []), *_section(section, report.language, layout)]
    if report.foot:
        lines.append(Line(layout.rule("=")))
        lines += _plain(layout.pair(fact.label, fact.value) for fact in report.foot)
    return tuple(Line(text.rstrip(), line.strong) for line in lines for text in line.text.split("\n"))


def _plain(texts: Iterator[str] | Sequence[str]) -> list[Line]:
    return [Line(text) for text in texts]


def _section(section: Section, language: Language, layout: Layout) -> list[Line]:
    rows = _on_paper(section, language)
    if not rows:
        return [Line(section.title, strong=True), *_note(section, layout)]
    if len(section.columns) > 2:
        return [Line(section.title, strong=True), *_note(section, layout), *_table(section, rows, language, layout)]
    heads = [column.title for column in section.columns]
    body = [(row.label, _cells(section.columns, row, language)) for row in rows]
    head, *texts = layout.columns([(section.title, heads), *body])
    return [
        Line(head, strong=True),
        *_note(section, layout),
        *(Line(text, row.total) for text, row in zip(texts, rows, strict=True)),
    ]


def _note(section: Section, layout: Layout) -> list[Line]:
    return _plain(layout.indented(section.note)) if section.note else []


def _table(section: Section, rows: Sequence[Row], language: Language, layout: Layout) -> Iterator[Line]:
    heads = [section.corner, *(column.title for column in section.columns)]
    for text in layout.grid(heads, [(row.label, _cells(section.columns, row, language)) for row in rows]):
        yield Line(text)


def _cells(columns: Sequence[Column], row: Row, language: Language) -> list[str]:
    return [
        shown(value, language, money=column.form is Form.MONEY)
        for column, value in zip(columns, row.values, strict=True)
    ]


def _on_paper(section: Section, language: Language) -> Sequence[Row]:
    """The rows; of a long section the first, and the others as one where the section is summed up."""
    most, body = section.most_on_paper, [row for row in section.rows if not row.total]
    totals = [row for row in section.rows if row.total]
    if not most or len(body) <= most:
        return section.rows
    if not totals:
        return body[:most]
    left = body[most - 1 :]
    values = tuple(_sum([row.values[at] for row in left]) for at in range(len(section.columns)))
    label = word("rest", language).format(count=number(len(left), language))
    return [*body[: most - 1], Row("rest", label, values), *totals]


def _sum(values: Sequence[Value]) -> Value:
    numbers = [value for value in values if isinstance(value, int)]
    return sum(numbers) if numbers else None
