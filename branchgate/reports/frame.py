"""What every report has: who reports, marks, tiles, facts, and the sections that the figures fill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, Figures
from branchgate.money import euros
from branchgate.reports import detail_sections as detail
from branchgate.reports import money_sections as money
from branchgate.reports.content import Fact, Section
from branchgate.reports.spelling import day, moment, number
from branchgate.reports.takings import takings_of
from branchgate.reports.tax_id import labelled_tax_id
from branchgate.reports.words import Language, word

ANCHOR_CHARACTERS: Final = 16
"""So much of the chain hash is printed: enough to hold a paper Z against a journal."""


def sections_of(
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
        or figures.staff_count
        or figures.no_sale_count
        or figures.finding_count
    )


def tiles_of(figures: Figures, language: Language) -> tuple[Fact, ...]:
    """Turnover, sales, the average sale, expected cash."""
    takings = takings_of(figures)
    average = takings.turnover_cents // figures.sale_count if figures.sale_count else 0
    return facts_of(
        ("turnover_part", euros(takings.turnover_cents, language)),
        ("sales_count", number(figures.sale_count, language)),
        ("average", euros(average, language)),
        ("in_drawer", euros(figures.cash_cents, language)),
        language=language,
    )


def marks_of(figures: Figures, language: Language) -> tuple[str, ...]:
    """That there is no TSE, or nothing to tell."""
    quiet = (word("none", language),) if _is_quiet(figures) else ()
    return quiet if detail.has_tse(figures) else (word("no_tse", language), *quiet)


def span_of(figures: Figures, zone: tzinfo, language: Language) -> tuple[tuple[str, str], ...]:
    """Ends of the first and the last receipt, numbers of the register and of what the gateway booked, as facts yet without labels."""
    return (
        ("from", moment(figures.first_at_ms, zone, language) if figures.first_at_ms else ""),
        ("to", moment(figures.last_at_ms, zone, language) if figures.last_at_ms else ""),
        ("first", figures.first_receipt_number),
        ("last", figures.last_receipt_number),
        ("first_reserved", figures.first_reserved_number),
        ("last_reserved", figures.last_reserved_number),
    )


def facts_of(*facts: tuple[str, str], language: Language) -> tuple[Fact, ...]:
    """Facts by the names of their labels; those without a value are left out."""
    return tuple(Fact(key, word(key, language), value) for key, value in facts if value)


def last_anchor_of(closings: Sequence[Closing], language: Language) -> tuple[Fact, ...]:
    """What holds the last of several closings against the journal."""
    if not closings:
        return ()
    last = max(closings, key=lambda closing: closing.through_journal_sequence)
    return facts_of(
        ("through", str(last.through_journal_sequence)),
        ("anchor", last.chain_hash.hex()[:ANCHOR_CHARACTERS]),
        ("taxonomy", last.taxonomy_version),
        language=language,
    )


def days_of(first_day: str, last_day: str, language: Language) -> str:
    """One business day, or from one to another; ISO 8601, empty if there is none."""
    return " – ".join(day(each, language) for each in dict.fromkeys((first_day, last_day)) if each)


def business_of(settings: BranchSettings, language: Language) -> tuple[str, ...]:
    """Name and address as printed on receipts, as far as central has told them."""
    lines = [settings.company, settings.name, settings.street, f"{settings.postcode} {settings.town}".strip()]
    if settings.tax_id:
        lines.append(labelled_tax_id(settings.tax_id, language))
    return tuple(line for line in lines if line)
