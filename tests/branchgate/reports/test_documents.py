"""Reports say what an auditor looks for, and never break the paper's width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.catalogue import BranchSettings
from branchgate.figures import (
    ArticleFigure,
    BusinessCaseFigure,
    CategoryFigure,
    Closing,
    Figures,
    HourFigure,
    PaymentFigure,
    UserFigure,
)
from branchgate.reports import (
    WIDTH,
    Layout,
    ReportHead,
    branch_report,
    central_report,
    labelled_tax_id,
    x_report,
    z_report,
)
from branchgate.vat import VatSum
from tests.branchgate.figures import strategies

SETTINGS = BranchSettings(
    "mitte",
    "Filiale Mitte",
    company="Käse & Co. KG",
    street="Markt 1",
    postcode="10115",
    town="Berlin",
    tax_id="DE123456789",
)

FIGURES = Figures(
    receipt_count=41,
    line_count=120,
    gross_cents=153_450,
    first_receipt_number="K1-000101",
    last_receipt_number="K1-000141",
    vat=(
        VatSum(1, 1900, 119_000, 100_000, 19_000),
        VatSum(3, 780, 14_450, 13_404, 1_046),
        VatSum(5, 0, 20_000, 20_000, 0),
        VatSum(6, 0, 0, 0, 0),
    ),
    payments=(PaymentFigure("Bar", "", "EUR", 30, 83_450), PaymentFigure("ECKarte", "girocard", "EUR", 11, 70_000)),
    business_cases=(BusinessCaseFigure("Umsatz", 119, 133_450), BusinessCaseFigure("Anfangsbestand", 1, 20_000)),
    categories=(CategoryFigure("", "", 450), CategoryFigure("kaese", "Käse", 133_000)),
    users=(UserFigure("anna", 40, 133_450),),
    hours=(HourFigure(9, 12, 33_450), HourFigure(23, 28, 100_000)),
    top_articles=(ArticleFigure("A1", "Bergkäse", 12_486, 99_900),),
    return_count=2,
    return_cents=-1_500,
    void_count=1,
    void_cents=-990,
    line_void_count=3,
    discount_cents=-250,
    training_count=4,
    cash_cents=83_450,
    finding_count=5,
    no_sale_count=6,
)

CLOSING = Closing("kasse-1", 17, "2026-10-16", 1_792_181_400_000, 4_711, FIGURES, "anna", "2.4", bytes(range(32)))
HEAD = ReportHead("kasse-1", 1_792_181_400_000, 4_711)

GERMAN = [
    "Käse & Co. KG",
    "10115 Berlin",
    "TAGESABSCHLUSS Z 17",
    "TESTBETRIEB – keine TSE",
    "Buchungstag                           16.10.2026",
    "Erstellt                     16.10.2026 22:10:00",
    "UMSATZ BRUTTO                           1.334,50",
    "Summe aller Bons                        1.534,50",
    "Erster Bon                             K1-000101",
    "UMSATZ NACH STEUERSÄTZEN",
    "19 %          1.190,00     1.000,00       190,00",
    "7,8 %           144,50       134,04        10,46",
    "0 % frei          0,00         0,00         0,00",
    "steuerbar     1.334,50     1.134,04       200,46",
    "0 % (nicht steuerbar)                     200,00",
    "Bar EUR                        30         834,50",
    "EC-Karte girocard EUR          11         700,00",
    "Anfangsbestand                  1         200,00",
    "BARGELD SOLL                              834,50",
    "Stornos                         1          -9,90",
    "Rückgaben                       2         -15,00",
    "Rabatte                                    -2,50",
    "Trainingsbons (nicht gezählt)                  4",
    "Lade ohne Verkauf geöffnet                     6",
    "Hinweise                                       5",
    "ohne Kategorie                              4,50",
    "23–00                          28       1.000,00",
    "Bergkäse                   12,486         999,00",
    "Prüfanker                       0001020304050607",
]


@pytest.mark.parametrize("line", GERMAN)
def test_a_z_in_german_says(line: str) -> None:
    assert line in [text.strip() for text in z_report(CLOSING, SETTINGS).splitlines()]


def test_a_z_in_english_uses_english_numbers_and_keeps_the_legal_line() -> None:
    text = z_report(CLOSING, replace(SETTINGS, language="en"))
    assert "CLOSING Z 17" in text
    assert "TURNOVER GROSS                          1,334.50" in text
    assert "TESTBETRIEB – keine TSE" in text
    assert "2026-10-16 22:10:00" in text
    lines = text.splitlines()
    assert "taxable       1,334.50     1,134.04       200.46" in lines
    assert "0 % (not taxable)                         200.00" in lines


def test_a_copy_says_so_and_an_original_does_not() -> None:
    assert "KOPIE" in z_report(CLOSING, SETTINGS, copy=True)
    assert "KOPIE" not in z_report(CLOSING, SETTINGS)


def test_an_x_says_that_it_is_no_closing() -> None:
    text = x_report(FIGURES, replace(HEAD, register_id=""), SETTINGS)
    assert "X-BERICHT" in text
    assert "Kein Tagesabschluss" in text
    assert "Alle Kassen" in text
    assert "TESTBETRIEB" in text


def test_the_branch_lists_its_closings() -> None:
    text = branch_report(FIGURES, [CLOSING, replace(CLOSING, register_id="kasse-2")], HEAD.at_ms, SETTINGS)
    assert "FILIALSUMME" in text
    assert "  kasse-2                    Z 17       1.334,50" in text.splitlines()


def test_a_quiet_period_has_a_short_report() -> None:
    text = x_report(Figures(), HEAD, BranchSettings("", ""))
    assert "Keine Bons in diesem Zeitraum." in text
    assert len(text.splitlines()) < 12


def test_what_came_from_a_register_cannot_steer_terminal_or_printer() -> None:
    """A user id with an escape sequence or a line feed stays in its place."""
    hostile = replace(FIGURES, users=(UserFigure("\x1b[2Janna\nTESTBETRIEB", 1, 1),), first_receipt_number="\x1d(k\r")
    text = z_report(replace(CLOSING, figures=hostile, user_id="a\n\x07b"), SETTINGS)
    assert not {character for character in text if not character.isprintable()} - {"\n"}


@given(closing=strategies.closings, language=st.sampled_from(["de", "en", ""]), name=strategies.names)
@settings(max_examples=60)
def test_no_line_is_wider_than_the_paper(closing: Closing, language: str, name: str) -> None:
    settings = replace(SETTINGS, language=language, company=name)
    rows = [(name, closing.figures.gross_cents)]
    for text in (
        z_report(closing, settings, copy=True),
        x_report(closing.figures, replace(HEAD, register_id=name), settings),
        branch_report(closing.figures, [closing], 0, settings),
        central_report(closing.figures, name, rows, "en"),
    ):
        assert text.endswith("\n")
        assert max(len(line) for line in text.splitlines()) <= WIDTH


@pytest.mark.parametrize("width", [32, 42])
@given(closing=strategies.closings, language=st.sampled_from(["de", "en"]), name=strategies.names)
@settings(max_examples=40)
def test_narrow_paper_has_every_word_and_amount_and_no_line_too_wide(
    width: int, closing: Closing, language: str, name: str
) -> None:
    settings = replace(SETTINGS, language=language, company=name)
    narrow = z_report(closing, settings, Layout(width))
    assert max(len(line) for line in narrow.splitlines()) <= width
    usual, laid_out = (x_report(closing.figures, HEAD, settings, Layout(wide)) for wide in (WIDTH, width))
    assert max(len(line) for line in laid_out.splitlines()) <= width
    assert set("".join(usual.split())) - set("-=") <= set("".join(laid_out.split()))


def test_a_long_name_goes_above_its_amount_and_is_not_cut() -> None:
    """Both names of multi-purpose vouchers began with the letters that were left on narrow paper."""
    cases = (
        BusinessCaseFigure("MehrzweckgutscheinKauf", 3, 150_000),
        BusinessCaseFigure("MehrzweckgutscheinEinloesung", 2, -2_000),
    )
    lines = z_report(
        replace(CLOSING, figures=replace(FIGURES, business_cases=cases)), SETTINGS, Layout(32)
    ).splitlines()
    at = lines.index("Mehrzweckgutschein verkauft")
    assert lines[at + 1 : at + 4] == [
        "                     3  1.500,00",
        "Mehrzweckgutschein eingelöst",
        "                     2    -20,00",
    ]


def test_vat_stands_in_columns_where_it_fits_and_below_each_rate_where_it_does_not() -> None:
    wide, narrow = z_report(CLOSING, SETTINGS, Layout(42)), z_report(CLOSING, SETTINGS, Layout(32))
    assert "19 %        1.190,00   1.000,00     190,00" in wide.splitlines()
    lines = narrow.splitlines()
    at = lines.index("19 %")
    assert [line.split() for line in lines[at + 1 : at + 4]] == [
        ["Brutto", "1.190,00"],
        ["Netto", "1.000,00"],
        ["USt", "190,00"],
    ]


@given(st.text(max_size=30))
def test_a_tax_id_is_never_changed_only_named(tax_id: str) -> None:
    assert labelled_tax_id(tax_id, "de").endswith(tax_id)
