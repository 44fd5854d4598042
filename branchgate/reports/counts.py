"""A cash count as text: the protocol that whoever counted signs. A blind one says neither what was expected nor the difference."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures.model import CashCount
from branchgate.money import euros
from branchgate.reports.layout import Layout
from branchgate.reports.words import Language, language_of

USUAL: Final = Layout()

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "count": ("KASSENSTURZ", "CASH COUNT"),
    "register": ("Kasse", "Register"),
    "user": ("Bediener", "User"),
    "no_user": ("ohne Anmeldung", "not signed in"),
    "expected": ("BARGELD SOLL", "CASH EXPECTED"),
    "blind": ("(blind gezählt)", "(counted blind)"),
    "at": ("Gezählt", "Counted"),
    "counted": ("BARGELD IST", "CASH COUNTED"),
    "difference": ("DIFFERENZ", "DIFFERENCE"),
    "note": ("Bemerkung", "Remark"),
}


def count_report(count: CashCount, settings: BranchSettings, layout: Layout = USUAL) -> str:
    """A count as recorded, as wide as a receipt."""
    language = language_of(settings.language)
    lines = [
        *layout.centred(_word("count", language)),
        *(layout.centred(_word("blind", language)) if count.blind else ()),
        layout.rule(),
        layout.pair(_word("register", language), count.register_id),
        layout.pair(_word("at", language), _time(count.counted_at_ms, settings, language)),
        layout.pair(_word("user", language), count.user_id or _word("no_user", language)),
        layout.rule(),
        *(
            layout.counted(
                euros(row.value_cents, language), str(row.pieces), euros(row.value_cents * row.pieces, language)
            )
            for row in sorted(count.denominations, key=lambda row: -row.value_cents)
        ),
        *([layout.rule()] if count.denominations else ()),
        layout.pair(_word("counted", language), euros(count.counted_cents, language)),
    ]
    if not count.blind:
        lines.append(layout.pair(_word("expected", language), euros(count.expected_cents, language)))
        lines.append(layout.pair(_word("difference", language), euros(count.difference_cents, language)))
    if count.note:
        lines.append(layout.pair(_word("note", language), count.note))
    return "\n".join(line.rstrip() for text in lines for line in text.split("\n")) + "\n"


def _word(name: str, language: Language) -> str:
    german, english = _WORDS[name]
    return german if language == "de" else english


def _time(at_ms: int, settings: BranchSettings, language: Language) -> str:
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(settings.time_zone))
    return local.strftime("%d.%m.%Y %H:%M:%S" if language == "de" else "%Y-%m-%d %H:%M:%S")
