"""The report over months and years: the sum over closed days, and what each month or day has to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, Figures, SpanSum
from branchgate.reports.closed_days import days_section
from branchgate.reports.content import Fact, Report, Row, Section
from branchgate.reports.documents import period_content
from branchgate.reports.spelling import number
from branchgate.reports.words import Language, word

_MONTH = {"de": "Monat", "en": "Month"}
_STILL_OPEN = {"de": "Noch nicht abgeschlossen und nicht enthalten: {}", "en": "Not closed yet and not included: {}"}


def span_content(
    whole: SpanSum, parts: Sequence[SpanSum], open_periods: int, at_ms: int, settings: BranchSettings, title: str = ""
) -> Report:
    """The sum with its parts, a row each; `open_periods` of these days are told, because they are missing in it.

    The best articles are those of the whole time, found among all that the closings name.
    """
    ends = [
        _as_closing(replace(whole, name=whole.first_day)),
        _as_closing(SpanSum(whole.last_day, 0, "", "", Figures())),
    ]
    report = period_content(ends if whole.closings else [], at_ms, settings, title)
    language = report.language
    # Of the two that stand for the ends of the time only the sum is of interest: its own lists of days and closings go.
    sections = report.sections[1:-1]
    if parts:
        sections = (_parts_section(parts, whole, language), *sections)
    marks = report.marks
    if open_periods:
        marks = (*marks, _STILL_OPEN[language].format(open_periods))
    return replace(
        report,
        marks=marks,
        head=tuple(_counted(fact, whole.closings, language) for fact in report.head),
        sections=sections,
        foot=(),
    )


def _parts_section(parts: Sequence[SpanSum], whole: SpanSum, language: Language) -> Section:
    by_month = len(parts[0].name) == len("2026-11")
    section = days_section([_as_closing(part) for part in parts], language)
    counts = [*(part.closings for part in parts), whole.closings]
    rows = tuple(
        Row(row.key, _month(row.label, language) if by_month else row.label, (count, *row.values[1:]), row.total)
        for row, count in zip(section.rows, counts, strict=True)
    )
    return replace(
        section, rows=rows, title=_MONTH[language] if by_month else section.title,
        corner=_MONTH[language] if by_month else section.corner,
    )  # fmt: skip


def _month(label: str, language: Language) -> str:
    """2026-11 as the language writes it."""
    year, dash, month = label.partition("-")
    return f"{month}.{year}" if dash and language == "de" else label


def _counted(fact: Fact, closings: int, language: Language) -> Fact:
    return replace(fact, value=number(closings, language)) if fact.label == word("closing_count", language) else fact


def _as_closing(part: SpanSum) -> Closing:
    """A part as lists of closings take it."""
    return Closing("", 0, part.name, 0, 0, part.figures, "", "", b"")
