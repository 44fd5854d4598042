"""A cash count as text: the slip that whoever counted signs. A blind one says neither what was expected nor the difference."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures import CashCount
from branchgate.reports.content import Fact, Report, ReportKind, Row, Section
from branchgate.reports.layout import Layout
from branchgate.reports.money_sections import amount_column, denominations
from branchgate.reports.spelling import moment
from branchgate.reports.text import USUAL, report_text
from branchgate.reports.words import Language, language_of, word


def count_report(count: CashCount, settings: BranchSettings, layout: Layout = USUAL) -> str:
    """A count as recorded, with a line to sign on."""
    signature = word("signature", language_of(settings.language))
    return f"{report_text(count_content(count, settings), layout)}\n\n{'_' * layout.width}\n{signature}\n"


def count_content(count: CashCount, settings: BranchSettings) -> Report:
    """Coins and notes, what they add up to, and unless it was counted blind what should have been there."""
    language, zone = language_of(settings.language), ZoneInfo(settings.time_zone)
    pieces = replace(denominations(count, language), on_paper=True)
    facts = (
        ("register", count.register_id),
        ("counted_at", moment(count.counted_at_ms, zone, language)),
        ("user", count.user_id or word("no_user", language)),
        ("note", count.note),
    )
    return Report(
        ReportKind.COUNT,
        language,
        word("cash_count", language),
        business=tuple(line for line in (settings.company, settings.name) if line),
        marks=(word("blind", language),) if count.blind else (),
        head=tuple(Fact(key, word(key, language), value) for key, value in facts if value),
        sections=(*((pieces,) if pieces.rows else ()), _result(count, language)),
        register_id=count.register_id,
    )


def _result(count: CashCount, language: Language) -> Section:
    found = Row("counted", word("counted", language), (count.counted_cents,), total=True)
    compared = (
        Row("expected_before", word("expected_before", language), (count.expected_cents,)),
        Row("difference", word("difference", language), (count.difference_cents,), total=True),
    )
    rows = (found,) if count.blind else (found, *compared)
    return Section("cash_count", word("cash", language), (amount_column(language),), rows)
