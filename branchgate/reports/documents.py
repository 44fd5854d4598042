"""Whole reports. Times are UTC milliseconds and appear in the branch's zone; every report says that there is no TSE while there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures.model import Closing, Figures
from branchgate.money import euros
from branchgate.reports.layout import Layout
from branchgate.reports.sections import body
from branchgate.reports.tax_id import labelled_tax_id
from branchgate.reports.words import Language, language_of, word

USUAL = Layout()
"""As wide as a terminal's share and 80 mm paper; other paper is laid out for its own width."""

ANCHOR_CHARACTERS = 16
"""So much of the chain hash is printed: enough to hold a paper Z against a journal."""


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What a report is about: `register_id` is empty for the whole branch, `through` the journal sequence it covers."""

    register_id: str
    at_ms: int
    through: int


def x_report(figures: Figures, head: ReportHead, settings: BranchSettings, layout: Layout = USUAL) -> str:
    """The open period as it stands."""
    language = language_of(settings.language)
    return _text(
        [
            *_business(settings, language, layout),
            *layout.centred(word("x", language)),
            *layout.centred(word("x_note", language)),
            *layout.centred(word("no_tse", language)),
            layout.rule(),
            layout.pair(word("register", language), head.register_id or word("all_registers", language)),
            layout.pair(word("printed_at", language), _time(head.at_ms, settings)),
            layout.pair(word("through", language), str(head.through)),
            layout.rule("="),
            *body(figures, language, layout),
        ]
    )


def z_report(closing: Closing, settings: BranchSettings, layout: Layout = USUAL, *, copy: bool = False) -> str:
    """A closing as recorded; a second print says that it is a copy."""
    language = language_of(settings.language)
    return _text(
        [
            *_business(settings, language, layout),
            *layout.centred(word("z", language).format(z_number=closing.z_number)),
            *(layout.centred(word("copy", language)) if copy else ()),
            *layout.centred(word("no_tse", language)),
            layout.rule(),
            layout.pair(word("register", language), closing.register_id),
            layout.pair(word("business_day", language), _day(closing.business_day, language)),
            layout.pair(word("printed_at", language), _time(closing.closed_at_ms, settings)),
            layout.pair(word("user", language), closing.user_id or word("no_user", language)),
            layout.rule("="),
            *body(closing.figures, language, layout),
            layout.rule("="),
            layout.pair(word("through", language), str(closing.through_journal_sequence)),
            layout.pair(word("anchor", language), closing.chain_hash.hex()[:ANCHOR_CHARACTERS]),
            layout.pair(word("taxonomy", language), closing.taxonomy_version),
        ]
    )


def branch_report(figures: Figures, closings: Sequence[Closing], at_ms: int, settings: BranchSettings) -> str:
    """The sum over closings, with each of them in one line."""
    language, layout = language_of(settings.language), USUAL
    return _text(
        [
            *_business(settings, language, layout),
            *layout.centred(word("branch", language)),
            *layout.centred(word("no_tse", language)),
            layout.rule(),
            layout.pair(word("printed_at", language), _time(at_ms, settings)),
            layout.pair(word("closings", language), str(len(closings))),
            *(_closing_line(closing, language, layout) for closing in closings),
            layout.rule("="),
            *body(figures, language, layout),
        ]
    )


def central_report(figures: Figures, title: str, rows: Sequence[tuple[str, int]], language: Language) -> str:
    """A sum over branches: `title` names the period, `rows` each part with its turnover in cents."""
    layout = USUAL
    return _text(
        [
            *layout.centred(word("central", language)),
            *layout.centred(title),
            layout.rule(),
            *(layout.pair(name, euros(cents, language)) for name, cents in rows),
            layout.rule("="),
            *body(figures, language, layout),
        ]
    )


def _business(settings: BranchSettings, language: Language, layout: Layout) -> list[str]:
    """Name and address as printed on receipts, as far as central has told them."""
    lines = [settings.company, settings.name, settings.street, f"{settings.postcode} {settings.town}".strip()]
    shown = [line for text in lines if text for line in layout.centred(text)]
    if settings.tax_id:
        shown += layout.centred(labelled_tax_id(settings.tax_id, language))
    return [*shown, layout.rule()] if shown else []


def _closing_line(closing: Closing, language: Language, layout: Layout) -> str:
    return layout.counted(
        f"  {closing.register_id}", f"Z {closing.z_number}", euros(closing.figures.turnover_cents, language)
    )


def _day(iso: str, language: Language) -> str:
    parts = iso.split("-")
    return ".".join(reversed(parts)) if language == "de" and len(parts) == 3 else iso


def _time(at_ms: int, settings: BranchSettings) -> str:
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(settings.time_zone))
    pattern = "%d.%m.%Y %H:%M:%S" if settings.language != "en" else "%Y-%m-%d %H:%M:%S"
    return local.strftime(pattern)


def _text(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for text in lines for line in text.split("\n")) + "\n"
