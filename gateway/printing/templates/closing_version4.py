"""How X and Z looked until template 4. Frozen: a job that was made with it prints as it would have on the day it was made.

Nothing is added here. What changes on reports changes in `branchgate.reports`, and `closing` counts its `TEMPLATE_VERSION` up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures import CASH_MOVEMENTS, Closing, Figures
from branchgate.money import euros, quantity_text
from branchgate.reports import Language, Layout, labelled_tax_id
from branchgate.reports.words import business_case_word, language_of, payment_word
from branchgate.vat import EXEMPT, NOT_TAXABLE, VatSum

VERSION: Final = 4


def x_lines_v4(report: Closing, settings: BranchSettings, layout: Layout) -> list[str]:
    """An X as template 4 laid it out; `report` is a closing without a number."""
    language = language_of(settings.language)
    return _lines(
        [
            *_business(settings, language, layout),
            *layout.centred(_word("x", language)),
            *layout.centred(_word("x_note", language)),
            *layout.centred(_word("no_tse", language)),
            layout.rule(),
            layout.pair(_word("register", language), report.register_id),
            layout.pair(_word("printed_at", language), _time(report.closed_at_ms, settings)),
            layout.pair(_word("through", language), str(report.through_journal_sequence)),
            layout.rule("="),
            *_body(report.figures, language, layout),
        ]
    )


def z_lines_v4(closing: Closing, settings: BranchSettings, layout: Layout) -> list[str]:
    """A closing as template 4 laid it out."""
    language = language_of(settings.language)
    return _lines(
        [
            *_business(settings, language, layout),
            *layout.centred(_word("z", language).format(z_number=closing.z_number)),
            *layout.centred(_word("no_tse", language)),
            layout.rule(),
            layout.pair(_word("register", language), closing.register_id),
            layout.pair(_word("business_day", language), _day(closing.business_day, language)),
            layout.pair(_word("printed_at", language), _time(closing.closed_at_ms, settings)),
            layout.pair(_word("user", language), closing.user_id or _word("no_user", language)),
            layout.rule("="),
            *_body(closing.figures, language, layout),
            layout.rule("="),
            layout.pair(_word("through", language), str(closing.through_journal_sequence)),
            layout.pair(_word("anchor", language), closing.chain_hash.hex()[:16]),
            layout.pair(_word("taxonomy", language), closing.taxonomy_version),
        ]
    )


def _business(settings: BranchSettings, language: Language, layout: Layout) -> list[str]:
    """Name and address as printed on receipts, as far as central has told them."""
    lines = [settings.company, settings.name, settings.street, f"{settings.postcode} {settings.town}".strip()]
    shown = [line for text in lines if text for line in layout.centred(text)]
    if settings.tax_id:
        shown += layout.centred(labelled_tax_id(settings.tax_id, language))
    return [*shown, layout.rule()] if shown else []


def _day(iso: str, language: Language) -> str:
    parts = iso.split("-")
    return ".".join(reversed(parts)) if language == "de" and len(parts) == 3 else iso


def _time(at_ms: int, settings: BranchSettings) -> str:
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(settings.time_zone))
    pattern = "%d.%m.%Y %H:%M:%S" if settings.language != "en" else "%Y-%m-%d %H:%M:%S"
    return local.strftime(pattern)


def _lines(parts: list[str]) -> list[str]:
    return [line.rstrip() for text in parts for line in text.split("\n")]


def _body(figures: Figures, language: Language, layout: Layout) -> list[str]:
    """Everything the figures tell, turnover first."""
    if not (figures.receipt_count or figures.training_count or figures.no_sale_count or figures.finding_count):
        return [_word("none", language)]
    sections = (
        _totals(figures, language, layout),
        _vat(figures, language, layout),
        _payments(figures, language, layout),
        _business_cases(figures, language, layout),
        [layout.pair(_word("cash", language), euros(figures.cash_cents, language))],
        _corrections(figures, language, layout),
        _control(figures, language, layout),
        _categories(figures, language, layout),
        _users(figures, language, layout),
        _hours(figures, language, layout),
        _articles(figures, language, layout),
    )
    lines: list[str] = []
    for section in sections:
        if section:
            lines += [*([layout.rule()] if lines else []), *section]
    return lines


def _totals(figures: Figures, language: Language, layout: Layout) -> list[str]:
    lines = [
        layout.pair(_word("turnover", language), euros(_sold_cents(figures), language)),
        layout.pair(_word("gross", language), euros(figures.gross_cents, language)),
        layout.pair(_word("receipts", language), str(figures.receipt_count)),
        layout.pair(_word("lines", language), str(figures.line_count)),
    ]
    if figures.first_receipt_number:
        lines.append(layout.pair(_word("first", language), figures.first_receipt_number))
        lines.append(layout.pair(_word("last", language), figures.last_receipt_number))
    return lines


def _sold_cents(figures: Figures) -> int:
    """What was called turnover then: vouchers, claims and tips were in it."""
    moved = {case.dsfinvk for case in CASH_MOVEMENTS}
    return sum(row.gross_cents for row in figures.business_cases if row.business_case not in moved)


def _vat(figures: Figures, language: Language, layout: Layout) -> list[str]:
    if not figures.vat:
        return []
    taxable = [row for row in figures.vat if row.vat_key != NOT_TAXABLE]
    rows = [*((_rate(row, language), [row]) for row in taxable), (_word("vat_sum", language), taxable)]
    lines = [
        _word("vat", language),
        *layout.table(
            _word("vat_columns", language).split("|"), [(label, _sums(summed, language)) for label, summed in rows]
        ),
    ]
    beside = [row for row in figures.vat if row.vat_key == NOT_TAXABLE]
    if beside:
        # A float in the sum would be read as turnover; left out altogether, the sum of all receipts could not be followed.
        label = f"{_percent(0, language)} {_word('not_taxable', language)}"
        lines.append(layout.pair(label, euros(sum(row.gross_cents for row in beside), language)))
    return lines


def _rate(row: VatSum, language: Language) -> str:
    percent = _percent(row.vat_rate_basis_points, language)
    return f"{percent} {_word('exempt', language)}" if row.vat_key == EXEMPT else percent


def _sums(rows: list[VatSum], language: Language) -> list[str]:
    sums = (
        sum(row.gross_cents for row in rows),
        sum(row.net_cents for row in rows),
        sum(row.vat_cents for row in rows),
    )
    return [euros(cents, language) for cents in sums]


def _payments(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [
        (f"{payment_word(row.type, row.name, language)} {row.currency}", row.count, row.amount_cents)
        for row in figures.payments
    ]
    return _counted(_word("payments", language), rows, language, layout)


def _business_cases(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [(_case_word(row.business_case, language), row.count, row.gross_cents) for row in figures.business_cases]
    return _counted(_word("cases", language), rows, language, layout)


def _corrections(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [
        (_word("voids", language), figures.void_count, figures.void_cents),
        (_word("returns", language), figures.return_count, figures.return_cents),
    ]
    return [
        *_counted(_word("corrections", language), rows, language, layout),
        layout.pair(_word("line_voids", language), str(figures.line_void_count)),
        layout.pair(_word("discounts", language), euros(figures.discount_cents, language)),
    ]


def _control(figures: Figures, language: Language, layout: Layout) -> list[str]:
    return [
        _word("control", language),
        layout.pair(_word("training", language), str(figures.training_count)),
        layout.pair(_word("no_sale", language), str(figures.no_sale_count)),
        layout.pair(_word("findings", language), str(figures.finding_count)),
    ]


def _categories(figures: Figures, language: Language, layout: Layout) -> list[str]:
    if not figures.categories:
        return []
    lines = [_word("categories", language)]
    for row in figures.categories:
        name = row.category_name or row.category_key or _word("no_category", language)
        lines.append(layout.pair(name, euros(row.gross_cents, language)))
    return lines


def _users(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [(row.user_id or _word("no_user", language), row.receipt_count, row.gross_cents) for row in figures.users]
    return _counted(_word("users", language), rows, language, layout)


def _hours(figures: Figures, language: Language, layout: Layout) -> list[str]:
    rows = [(f"{row.hour:02d}–{(row.hour + 1) % 24:02d}", row.receipt_count, row.gross_cents) for row in figures.hours]
    return _counted(_word("hours", language), rows, language, layout)


def _articles(figures: Figures, language: Language, layout: Layout) -> list[str]:
    if not figures.top_articles:
        return []
    lines = [_word("articles", language)]
    for row in figures.top_articles:
        quantity = quantity_text(row.quantity_thousandths, False, language)
        lines.append(layout.counted(row.text or row.article_number, quantity, euros(row.gross_cents, language)))
    return lines


def _counted(title: str, rows: list[tuple[str, int, int]], language: Language, layout: Layout) -> list[str]:
    if not rows:
        return []
    return [title, *(layout.counted(label, str(count), euros(cents, language)) for label, count, cents in rows)]


def _percent(basis_points: int, language: Language) -> str:
    whole, rest = divmod(basis_points, 100)
    if not rest:
        return f"{whole} %"
    return f"{whole}{',' if language == 'de' else '.'}{rest:02d}".rstrip("0") + " %"


def _case_word(case: str, language: Language) -> str:
    """Sales had the word that is turnover's alone today."""
    sales = "Umsatz" if language == "de" else "Sales"
    return sales if case == "Umsatz" else business_case_word(case, language)


def _word(name: str, language: Language) -> str:
    german, english = _WORDS[name]
    return german if language == "de" else english


_WORDS: Final[dict[str, tuple[str, str]]] = {
    "x": ("X-BERICHT (ZWISCHENBERICHT)", "X REPORT (INTERIM)"),
    "x_note": ("Kein Tagesabschluss. Es wurde nichts zurückgesetzt.", "No closing. Nothing has been reset."),
    "z": ("TAGESABSCHLUSS Z {z_number}", "CLOSING Z {z_number}"),
    "no_tse": ("TESTBETRIEB – keine TSE", "TESTBETRIEB – keine TSE (test operation, no TSE)"),
    "register": ("Kasse", "Register"),
    "business_day": ("Buchungstag", "Business day"),
    "printed_at": ("Erstellt", "Made"),
    "user": ("Bediener", "User"),
    "through": ("Journal bis", "Journal up to"),
    "anchor": ("Prüfanker", "Chain anchor"),
    "taxonomy": ("DSFinV-K", "DSFinV-K"),
    "receipts": ("Bons", "Receipts"),
    "lines": ("Positionen", "Lines"),
    "first": ("Erster Bon", "First receipt"),
    "last": ("Letzter Bon", "Last receipt"),
    "turnover": ("UMSATZ BRUTTO", "TURNOVER GROSS"),
    "gross": ("Summe aller Bons", "Sum of all receipts"),
    "vat": ("UMSATZ NACH STEUERSÄTZEN", "TURNOVER BY VAT RATE"),
    "vat_columns": ("Satz|Brutto|Netto|USt", "Rate|Gross|Net|VAT"),
    "vat_sum": ("steuerbar", "taxable"),
    "exempt": ("frei", "free"),
    "not_taxable": ("(nicht steuerbar)", "(not taxable)"),
    "payments": ("ZAHLARTEN", "PAYMENTS"),
    "cases": ("GESCHÄFTSVORFÄLLE", "BUSINESS CASES"),
    "cash": ("BARGELD SOLL", "CASH EXPECTED"),
    "corrections": ("STORNO, RÜCKGABE, RABATT", "VOIDS, RETURNS, DISCOUNTS"),
    "voids": ("Stornos", "Voids"),
    "line_voids": ("Zeilenstornos", "Line voids"),
    "returns": ("Rückgaben", "Returns"),
    "discounts": ("Rabatte", "Discounts"),
    "control": ("KONTROLLE", "CONTROL"),
    "training": ("Trainingsbons (nicht gezählt)", "Training receipts (not counted)"),
    "no_sale": ("Lade ohne Verkauf geöffnet", "Drawer opened without a sale"),
    "findings": ("Hinweise", "Findings"),
    "categories": ("KATEGORIEN", "CATEGORIES"),
    "no_category": ("ohne Kategorie", "without category"),
    "users": ("BEDIENER", "USERS"),
    "no_user": ("ohne Anmeldung", "not signed in"),
    "hours": ("STUNDEN", "HOURS"),
    "articles": ("MEISTVERKAUFTE ARTIKEL", "TOP ARTICLES"),
    "none": ("Keine Bons in diesem Zeitraum.", "No receipts in this period."),
}
