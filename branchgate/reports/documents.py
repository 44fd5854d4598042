"""The reports of a day: X, Z, and the sum over the closings of one order.

Times are UTC milliseconds and appear in the branch's zone. A report says that there is no TSE unless one had to do with its receipts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, Figures
from branchgate.reports import money_sections as money
from branchgate.reports.closed_days import closings_section
from branchgate.reports.content import Report, ReportKind
from branchgate.reports.detail_sections import user_label
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
from branchgate.reports.spelling import day, moment, number
from branchgate.reports.words import Language, language_of, word


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What an X is about, and who asked: `register_id` is empty for the whole branch, `through` the journal sequence it covers."""

    register_id: str
    at_ms: int
    through: int
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Reprint:
    """When a closing was shown or printed again, and by whom; the user is empty where nobody is known."""

    at_ms: int
    user_id: str = ""


def x_content(figures: Figures, head: ReportHead, settings: BranchSettings) -> Report:
    """The open period as it stands."""
    language, zone = language_of(settings.language), ZoneInfo(settings.time_zone)
    return Report(
        ReportKind.X,
        language,
        word("x", language),
        business=business_of(settings, language),
        marks=(word("x_note", language), *marks_of(figures, language)),
        head=facts_of(
            ("register", head.register_id or word("all_registers", language)),
            ("made_at", moment(head.at_ms, zone, language)),
            *span_of(figures, zone, language),
            ("user", user_label(head.user_id, figures, language) if head.user_id else ""),
            language=language,
        ),
        tiles=tiles_of(figures, language),
        sections=sections_of(figures, language),
        foot=facts_of(("through", str(head.through)), language=language),
        register_id=head.register_id,
    )


def z_content(closing: Closing, settings: BranchSettings, reprint: Reprint | None = None) -> Report:
    """A closing as recorded, by the name and address that it has fixed; shown again it says that it is a copy."""
    settings = _as_closed(closing, settings)
    language, zone = language_of(settings.language), ZoneInfo(settings.time_zone)
    data, figures, count = closing.master_data, closing.figures, closing.count
    counted_by = user_label(count.user_id, figures, language) if count is not None else ""
    after_cash = (
        money.cash_count(closing, counted_by, zone, language),
        *((money.denominations(count, language),) if count is not None else ()),
    )
    return Report(
        ReportKind.Z,
        language,
        word("z", language).format(z_number=closing.z_number),
        business=business_of(settings, language),
        marks=(*_copy_marks(reprint, zone, language), *marks_of(figures, language)),
        head=facts_of(
            ("register", closing.register_id),
            ("serial", data.register_serial if data else ""),
            ("z_number", str(closing.z_number)),
            ("business_day", day(closing.business_day, language)),
            *span_of(figures, zone, language),
            ("closed_at", moment(closing.closed_at_ms, zone, language)),
            ("user", user_label(closing.user_id, figures, language)),
            language=language,
        ),
        tiles=tiles_of(figures, language),
        sections=sections_of(figures, language, after_cash, parked=len(closing.carried_parked_ids)),
        foot=facts_of(
            ("through", str(closing.through_journal_sequence)),
            ("anchor", closing.chain_hash.hex()[:ANCHOR_CHARACTERS]),
            ("taxonomy", closing.taxonomy_version),
            ("software", f"{data.software} {data.software_version}".strip() if data else ""),
            language=language,
        ),
        register_id=closing.register_id,
        z_number=closing.z_number,
        business_day=closing.business_day,
    )


def branch_content(figures: Figures, closings: Sequence[Closing], at_ms: int, settings: BranchSettings) -> Report:
    """The sum over the closings of one order, with each of them: number, turnover, and where in the journal it ends."""
    language, zone = language_of(settings.language), ZoneInfo(settings.time_zone)
    days = [closing.business_day for closing in closings]
    return Report(
        ReportKind.BRANCH,
        language,
        word("branch", language),
        business=business_of(settings, language),
        marks=marks_of(figures, language),
        head=facts_of(
            ("business_day", days_of(min(days, default=""), max(days, default=""), language)),
            *span_of(figures, zone, language),
            ("made_at", moment(at_ms, zone, language)),
            ("closing_count", number(len(closings), language)),
            language=language,
        ),
        tiles=tiles_of(figures, language),
        sections=(closings_section(closings, ANCHOR_CHARACTERS, language), *sections_of(figures, language)),
        foot=last_anchor_of(closings, language),
    )


def _copy_marks(reprint: Reprint | None, zone: ZoneInfo, language: Language) -> tuple[str, ...]:
    if reprint is None:
        return ()
    at = moment(reprint.at_ms, zone, language)
    name = "copied_by" if reprint.user_id else "copied"
    return word("copy", language), word(name, language).format(at=at, user=reprint.user_id)


def _as_closed(closing: Closing, settings: BranchSettings) -> BranchSettings:
    data = closing.master_data
    if data is None:
        return settings
    return replace(
        settings,
        company=data.company,
        name=data.branch_name,
        street=data.street,
        postcode=data.postcode,
        town=data.town,
        tax_id=data.tax_id,
        time_zone=data.time_zone or settings.time_zone,
    )
