"""Whole reports: X, Z, the sum over closings of one order, and a period of closed days.

Times are UTC milliseconds and appear in the branch's zone. A report says that there is no TSE unless one had to do with its receipts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, Figures, add
from branchgate.money import euros
from branchgate.reports import detail_sections as detail
from branchgate.reports import money_sections as money
from branchgate.reports.closed_days import closings_section, days_section
from branchgate.reports.content import Fact, Report, ReportKind, Section
from branchgate.reports.spelling import day, moment, number
from branchgate.reports.takings import takings_of
from branchgate.reports.tax_id import labelled_tax_id
from branchgate.reports.words import Language, language_of, word

ANCHOR_CHARACTERS = 16
"""So much of the chain hash is printed: enough to hold a paper Z against a journal."""


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
        business=_business(settings, language),
        marks=(word("x_note", language), *_marks(figures, language)),
        head=_facts(
            ("register", head.register_id or word("all_registers", language)),
            ("made_at", moment(head.at_ms, zone, language)),
            *_span(figures, zone, language),
            ("user", detail.user_label(head.user_id, figures, language) if head.user_id else ""),
            language=language,
        ),
        tiles=_tiles(figures, language),
        sections=_sections(figures, language),
        foot=_facts(("through", str(head.through)), language=language),
        register_id=head.register_id,
    )


def z_content(closing: Closing, settings: BranchSettings, reprint: Reprint | None = None) -> Report:
    """A closing as recorded, by the name and address that it has fixed; shown again it says that it is a copy."""
    settings = _as_closed(closing, settings)
    language, zone = language_of(settings.language), ZoneInfo(settings.time_zone)
    data, figures, count = closing.master_data, closing.figures, closing.count
    counted_by = detail.user_label(count.user_id, figures, language) if count is not None else ""
    after_cash = (
        money.cash_count(count, counted_by, closing.carried_float_cents, zone, language),
        *((money.denominations(count, language),) if count is not None else ()),
    )
    return Report(
        ReportKind.Z,
        language,
        word("z", language).format(z_number=closing.z_number),
        business=_business(settings, language),
        marks=(*_copy_marks(reprint, zone, language), *_marks(figures, language)),
        head=_facts(
            ("register", closing.register_id),
            ("serial", data.register_serial if data else ""),
            ("z_number", str(closing.z_number)),
            ("business_day", day(closing.business_day, language)),
            *_span(figures, zone, language),
            ("closed_at", moment(closing.closed_at_ms, zone, language)),
            ("user", detail.user_label(closing.user_id, figures, language)),
            language=language,
        ),
        tiles=_tiles(figures, language),
        sections=_sections(figures, language, after_cash, parked=len(closing.carried_parked_ids)),
        foot=_facts(
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
    listed = (closings_section(closings, ANCHOR_CHARACTERS, language),)
    return Report(
        ReportKind.BRANCH,
        language,
        word("branch", language),
        business=_business(settings, language),
        marks=_marks(figures, language),
        head=_facts(
            ("business_day", _days(closings, language)),
            *_span(figures, zone, language),
            ("made_at", moment(at_ms, zone, language)),
            ("closing_count", number(len(closings), language)),
            language=language,
        ),
        tiles=_tiles(figures, language),
        sections=(*listed, *_sections(figures, language)),
        foot=_last_anchor(closings, language),
    )


def period_content(closings: Sequence[Closing], at_ms: int, settings: BranchSettings, title: str = "") -> Report:
    """Closed days, one row each, and their sum. The sum is exact, the best articles are those of the closings' lists."""
    language, zone = language_of(settings.language), ZoneInfo(settings.time_zone)
    ordered = sorted(closings, key=lambda closing: (closing.business_day, closing.register_id, closing.z_number))
    figures = add([closing.figures for closing in ordered])
    listed = (days_section(ordered, language), closings_section(ordered, ANCHOR_CHARACTERS, language))
    return Report(
        ReportKind.PERIOD,
        language,
        title or word("period", language),
        business=_business(settings, language),
        marks=_marks(figures, language),
        head=_facts(
            ("business_days", _days(ordered, language)),
            *_span(figures, zone, language),
            ("made_at", moment(at_ms, zone, language)),
            ("closing_count", number(len(ordered), language)),
            language=language,
        ),
        tiles=_tiles(figures, language)[:-1],
        sections=(listed[0], *_sections(figures, language, one_day=False), listed[1]),
        foot=_last_anchor(ordered, language),
    )


def _sections(
    figures: Figures,
    language: Language,
    after_cash: tuple[Section, ...] = (),
    *,
    parked: int | None = None,
    one_day: bool = True,
) -> tuple[Section, ...]:
    """Everything the figures tell, turnover first; a quiet period keeps only what is never idle."""
    takings = takings_of(figures)
    sections = (
        money.turnover(takings, language),
        money.beside(takings, language),
        money.sums(takings, language),
        money.vat(figures, language),
        money.payments(takings, language),
        money.cash(figures, takings, language) if one_day else money.cash_of_period(takings, language),
        *after_cash,
        detail.corrections(figures, language),
        detail.control(figures, parked, language),
        detail.tse(figures, language),
        detail.categories(figures, language),
        detail.users(figures, language),
        detail.hours(figures, language),
        detail.articles(figures, language),
        money.all_cases(figures, language),
    )
    if _is_quiet(figures):
        sections = (*after_cash, detail.control(figures, parked, language))
    return tuple(section for section in sections if section.rows or section.note)


def _is_quiet(figures: Figures) -> bool:
    return not (
        figures.receipt_count
        or figures.training_count
        or figures.abandoned_count
        or figures.no_sale_count
        or figures.finding_count
    )


def _tiles(figures: Figures, language: Language) -> tuple[Fact, ...]:
    takings = takings_of(figures)
    average = takings.turnover_cents // figures.sale_count if figures.sale_count else 0
    return _facts(
        ("turnover_part", euros(takings.turnover_cents, language)),
        ("sales_count", number(figures.sale_count, language)),
        ("average", euros(average, language)),
        ("expected", euros(figures.cash_cents, language)),
        language=language,
    )


def _marks(figures: Figures, language: Language) -> tuple[str, ...]:
    quiet = (word("none", language),) if _is_quiet(figures) else ()
    return quiet if detail.has_tse(figures) else (word("no_tse", language), *quiet)


def _copy_marks(reprint: Reprint | None, zone: ZoneInfo, language: Language) -> tuple[str, ...]:
    if reprint is None:
        return ()
    at = moment(reprint.at_ms, zone, language)
    name = "copied_by" if reprint.user_id else "copied"
    return word("copy", language), word(name, language).format(at=at, user=reprint.user_id)


def _span(figures: Figures, zone: ZoneInfo, language: Language) -> tuple[tuple[str, str], ...]:
    if not figures.first_at_ms:
        return ()
    return (
        ("from", moment(figures.first_at_ms, zone, language)),
        ("to", moment(figures.last_at_ms, zone, language)),
        ("first", figures.first_receipt_number),
        ("last", figures.last_receipt_number),
    )


def _facts(*facts: tuple[str, str], language: Language) -> tuple[Fact, ...]:
    return tuple(Fact(key, word(key, language), value) for key, value in facts if value)


def _last_anchor(closings: Sequence[Closing], language: Language) -> tuple[Fact, ...]:
    if not closings:
        return ()
    last = max(closings, key=lambda closing: closing.through_journal_sequence)
    return _facts(
        ("through", str(last.through_journal_sequence)),
        ("anchor", last.chain_hash.hex()[:ANCHOR_CHARACTERS]),
        ("taxonomy", last.taxonomy_version),
        language=language,
    )


def _days(closings: Sequence[Closing], language: Language) -> str:
    days = sorted({closing.business_day for closing in closings})
    return " – ".join(day(each, language) for each in dict.fromkeys((days[0], days[-1]))) if days else ""


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


def _business(settings: BranchSettings, language: Language) -> tuple[str, ...]:
    """Name and address as printed on receipts, as far as central has told them."""
    lines = [settings.company, settings.name, settings.street, f"{settings.postcode} {settings.town}".strip()]
    if settings.tax_id:
        lines.append(labelled_tax_id(settings.tax_id, language))
    return tuple(line for line in lines if line)
