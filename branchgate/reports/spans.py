"""The report over many days: the sum over closings, and what each day or month has to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, SpanSum, add
from branchgate.reports.closed_days import closings_section, days_section
from branchgate.reports.content import Report, ReportKind
from branchgate.reports.frame import (
    ANCHOR_CHARACTERS,
    business_of,
    days_of,
    facts_of,
    last_anchor_of,
    marks_of,
    sections_of,
    span_of,
    tiles_of,
)
from branchgate.reports.spelling import moment, number
from branchgate.reports.words import language_of, word


def span_content(
    whole: SpanSum, parts: Sequence[SpanSum], open_periods: int, at_ms: int, settings: BranchSettings, title: str = ""
) -> Report:
    """A sum with its parts, a row each; `open_periods` of these days are told, because they are missing in it.

    Cash that is expected now is no figure of many days, and floats that each of them begins with cannot be added up.
    """
    language, zone = language_of(settings.language), ZoneInfo(settings.time_zone)
    still_open = (word("still_open", language).format(count=number(open_periods, language)),) if open_periods else ()
    return Report(
        ReportKind.PERIOD,
        language,
        title or word("period", language),
        business=business_of(settings, language),
        marks=(*marks_of(whole.figures, language), *still_open),
        head=facts_of(
            ("business_days", days_of(whole.first_day, whole.last_day, language)),
            *span_of(whole.figures, zone, language),
            ("made_at", moment(at_ms, zone, language)),
            ("closing_count", number(whole.closings, language)),
            language=language,
        ),
        tiles=tiles_of(whole.figures, language)[:-1],
        sections=(
            *((days_section(parts, whole, language),) if parts else ()),
            *sections_of(whole.figures, language, one_day=False),
        ),
    )


def period_content(closings: Sequence[Closing], at_ms: int, settings: BranchSettings, title: str = "") -> Report:
    """Closings by day with their sum, and each of them. The sum is exact, the best articles are those of the closings' lists."""
    ordered = sorted(closings, key=lambda closing: (closing.business_day, closing.register_id, closing.z_number))
    days = [_sum(list(group), name) for name, group in groupby(ordered, key=lambda closing: closing.business_day)]
    report = span_content(_sum(ordered, ""), days, 0, at_ms, settings, title)
    return replace(
        report,
        sections=(*report.sections, closings_section(ordered, ANCHOR_CHARACTERS, report.language)),
        foot=last_anchor_of(ordered, report.language),
    )


def _sum(closings: Sequence[Closing], name: str) -> SpanSum:
    """Of closings that are ordered by their days."""
    first, last = (closings[0].business_day, closings[-1].business_day) if closings else ("", "")
    return SpanSum(name, len(closings), first, last, add([closing.figures for closing in closings]))
