"""Reports as one HTML file that needs nothing else: no network, no script, charts as inline SVG; printed on A4 it is the PDF.

Texts come from registers and from central: every one is escaped, and the page forbids itself to load or run anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Final

from branchgate.money import euros
from branchgate.printable import clean
from branchgate.reports import charts
from branchgate.reports.content import Chart, Fact, Form, Report, Row, Section
from branchgate.reports.page_style import STYLE
from branchgate.reports.spelling import shown
from branchgate.reports.words import Language, word

MOST_BARS: Final = 12
"""A chart with more bars shows the largest and the sum of the others."""

MOST_KEPT_TOGETHER: Final = 24
"""A longer table may be divided between sheets and columns."""

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def page(reports: Sequence[Report]) -> str:
    """One file with one or more reports, each beginning on a sheet of its own; the first gives it its name."""
    first = reports[0]
    name = _text(" · ".join(part for part in (first.title, first.register_id, *first.business[:1]) if part))
    body = "\n".join(_article(report) for report in reports)
    return (
        f'<!DOCTYPE html>\n<html lang="{first.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _article(report: Report) -> str:
    business = "<br>".join(_text(line) for line in report.business)
    marks = "".join(f"<li>{_text(mark)}</li>" for mark in report.marks)
    parts = [
        f'<article class="{report.kind.value}">\n<header>',
        f'<p class="business">{business}</p>' if business else "",
        f"<h1>{_text(report.title)}</h1>",
        f'<ul class="marks">{marks}</ul>' if marks else "",
        "</header>",
        _facts(report.tiles, "tiles"),
        _facts(report.head, "facts"),
        '<div class="sections">',
        *(_section(section, report.language) for section in report.sections),
        "</div>",
        f"<footer>{_facts(report.foot, 'facts')}</footer>" if report.foot else "",
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _facts(facts: Sequence[Fact], kind: str) -> str:
    rows = "".join(
        f'<div data-key="{_text(fact.key)}"><dt>{_text(fact.label)}</dt><dd>{_text(fact.value)}</dd></div>'
        for fact in facts
    )
    return f'<dl class="{kind}">{rows}</dl>'


def _section(section: Section, language: Language) -> str:
    chart = _chart(section, language)
    parts = [
        f'<section id="{_text(section.key)}"{_width(section)}>',
        f"<h2>{_text(section.title)}</h2>",
        f'<p class="note">{_text(section.note)}</p>' if section.note else "",
        f"<figure>{chart}</figure>" if chart else "",
        _table(section, language) if section.rows else "",
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def _width(section: Section) -> str:
    if len(section.columns) > 3:
        return ' class="wide"'
    return ' class="long"' if len(section.rows) > MOST_KEPT_TOGETHER else ""


def _table(section: Section, language: Language) -> str:
    heads = "".join(
        f'<th scope="col" class="{"text" if column.form is Form.TEXT else "number"}">{_text(column.title)}</th>'
        for column in section.columns
    )
    rows = "\n".join(_row(section, row, language) for row in section.rows)
    caption = f"<caption>{_text(section.title)}</caption>"
    head = f'<thead><tr><th scope="col">{_text(section.corner)}</th>{heads}</tr></thead>'
    return f"<table>{caption}{head}<tbody>\n{rows}\n</tbody></table>"


def _row(section: Section, row: Row, language: Language) -> str:
    cells = "".join(
        f'<td class="{"text" if column.form is Form.TEXT else "number"}">'
        f"{_text(shown(value, language, money=column.form is Form.MONEY))}</td>"
        for column, value in zip(section.columns, row.values, strict=True)
    )
    total = ' class="total"' if row.total else ""
    return f'<tr{total} data-key="{_text(row.key)}"><th scope="row">{_text(row.label)}</th>{cells}</tr>'


def _chart(section: Section, language: Language) -> str:
    at = section.money_at()
    rows = [row for row in section.rows if not row.total and row.key != "not_taxable"]
    if section.chart is None or at is None or len(rows) < 2:
        return ""
    marks = [_mark(row.label, row.values[at], language) for row in rows]
    if section.chart is Chart.COLUMNS:
        return charts.columns(section.title, marks)
    if len(marks) > MOST_BARS:
        left = marks[MOST_BARS - 1 :]
        rest = _mark(word("rest", language).format(count=len(left)), sum(mark.cents for mark in left), language)
        marks = [*marks[: MOST_BARS - 1], replace(rest, rest=True)]
    return charts.bars(section.title, marks)


def _mark(name: str, value: object, language: Language) -> charts.Mark:
    cents = value if isinstance(value, int) else 0
    return charts.Mark(name, cents, euros(cents, language))


def _text(text: str) -> str:
    return escape(clean(text))
