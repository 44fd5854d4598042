"""Reports on paper and terminals say what an auditor looks for, and never break the width."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.catalogue import BranchSettings
from branchgate.figures import (
    BusinessCaseFigure,
    CashFigure,
    CategoryFigure,
    Figures,
    PaymentFigure,
    SpanSum,
    UserFigure,
    add,
)
from branchgate.reports import (
    Layout,
    Report,
    ReportHead,
    Reprint,
    branch_content,
    branch_report,
    labelled_tax_id,
    period_content,
    report_text,
    span_content,
    x_report,
    z_report,
)
from tests.branchgate.reports import strategies
from tests.branchgate.reports.rich_day import CLOSED_MS, CLOSING, COUNT, FIGURES, SETTINGS

HEAD = ReportHead("kasse-1", CLOSED_MS, 104_711)
FOLDER = Path(__file__).with_name("golden")
OTHER = replace(CLOSING, register_id="kasse-2", z_number=9, through_journal_sequence=104_720, chain_hash=bytes(32))


def lines_of(figures: Figures = FIGURES, **changes: object) -> list[str]:
    text = z_report(replace(CLOSING, figures=figures, **changes), SETTINGS)  # type: ignore[arg-type]
    return [line.strip() for line in text.splitlines()]


def section(lines: list[str], title: str) -> list[str]:
    """The lines below a section's title."""
    begins = next(at for at, line in enumerate(lines) if line.startswith(title))
    ends = next((at for at in range(begins, len(lines)) if set(lines[at]) <= {"-", "="}), len(lines))
    return lines[begins + 1 : ends]


@pytest.mark.parametrize("width", [32, 42, 48])
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_branch_s_sum_and_a_period_look_as_they_did(language: str, width: int) -> None:
    """Closings are held to the pages that the printer makes of them. `BRANCHGATE_GOLDEN=write` writes these anew."""
    shop = replace(SETTINGS, language=language)
    contents = (
        branch_content(FIGURES, [CLOSING, OTHER], CLOSED_MS, shop),
        period_content([OTHER, replace(CLOSING, business_day="2026-10-15")], CLOSED_MS, shop),
    )
    shown = "\n".join(report_text(content, Layout(width)) for content in contents)
    golden = FOLDER / f"sums-{language}-{width}.txt"
    if os.environ.get("BRANCHGATE_GOLDEN") == "write":
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@given(strategies.reports(), st.sampled_from([32, 42, 48]))
@settings(max_examples=80, deadline=None)
def test_any_figures_are_laid_out_at_any_width_and_no_line_is_too_wide(report: Report, width: int) -> None:
    text = report_text(report, Layout(width))
    assert text.endswith("\n")
    assert max(len(line) for line in text.splitlines()) <= width
    usual = report_text(report)
    assert set("".join(usual.split())) - set("-=") <= set("".join(text.split()))


def test_the_period_stands_in_the_head() -> None:
    lines = lines_of()
    assert "Von                          16.10.2026 08:11:12" in lines
    assert "Bis                          16.10.2026 22:00:00" in lines
    assert "Z-Nr. (Nullstellungszähler)                   17" in lines


def test_payments_of_sales_add_up_to_the_takings_and_have_no_float_in_them() -> None:
    assert section(lines_of(), "ZAHLARTEN") == [
        "Bar                            1.012    4.602,78",
        "Bar CHF                            2       41,50",
        "Ohne Zahlung                       1        0,00",
        "EC-Karte girocard                771    5.124,80",
        "Kreditkarte VISA                  83      635,10",
        "EINNAHMEN                              10.404,18",
    ]


def test_expected_cash_says_how_it_comes_about_and_what_was_counted() -> None:
    lines = lines_of()
    assert section(lines, "BARGELD  ")[0] == "Anfangsbestand                     1      200,00"
    assert section(lines, "BARGELD  ")[-4:] == [
        "BARGELD SOLL                            4.259,48",
        "Kassendifferenz                    1       -1,50",
        "BARGELD BESTAND                         4.257,98",
        "dazu CHF (nicht im Bestand)        2       41,50",
    ]
    assert section(lines, "KASSENSTURZ")[-4:] == [
        "Soll vor der Zählung                    4.259,48",
        "BARGELD IST (gezählt)                   4.257,98",
        "DIFFERENZ (Ist - Soll)                     -1,50",
        "Bleibt als Anfangsbestand               4.257,98",
    ]


def test_a_drawer_that_nobody_counted_is_said_to_be_so() -> None:
    assert section(lines_of(count=None, carried_float_cents=None), "KASSENSTURZ")[0] == "Nicht gezählt"


def test_cash_that_stays_without_being_carried_and_cash_below_nothing_are_said() -> None:
    left = " ".join(section(lines_of(count=None, carried_float_cents=None), "KASSENSTURZ"))
    assert "Bestand nicht übertragen (keine Entnahme" in left
    assert "4.257,98" in left
    assert "Kassenbestand negativ" in " ".join(lines_of(replace(FIGURES, cash_cents=-5)))


def test_differences_of_several_counts_are_summed() -> None:
    lines = section(lines_of(count=replace(COUNT, difference_cents=50)), "KASSENSTURZ")
    assert "Differenzen aller Zählungen                -1,50" in lines


def test_foreign_cash_is_told_in_its_own_money() -> None:
    francs = PaymentFigure("Bar", "", "CHF", 1, 1_840, 2_000)
    lines = section(lines_of(replace(FIGURES, payments=(*FIGURES.payments[:1], francs))), "BARGELD  ")
    assert any(line.startswith("dazu 20,00 CHF (nicht im Bestand)") for line in lines)


def test_staff_goods_and_reserved_numbers_stand_on_the_z() -> None:
    figures = replace(FIGURES, staff_count=2, staff_cents=1_190, first_reserved_number="K1-900000")
    text = " ".join(lines_of(figures))
    assert "Ware an Mitarbeiter (Sachbezug)" in text
    assert "K1-900000" in text


def test_a_blind_count_says_so_on_the_z() -> None:
    assert "blind gezählt" in " ".join(lines_of(count=replace(COUNT, blind=True, note="")))


def test_cash_of_a_closing_that_did_not_keep_its_movements_is_still_apart_from_the_float() -> None:
    """Closings of the first version kept business cases alone; the float must not come back into their payments."""
    lines = lines_of(replace(FIGURES, cash=()))
    assert "Barverkäufe                        0    4.644,28" in lines
    assert section(lines, "ZAHLARTEN")[-1] == "EINNAHMEN                              10.404,18"


def test_payments_that_do_not_account_for_the_takings_are_told_not_hidden() -> None:
    """A receipt whose payments do not add up is recorded with a finding; the report must not balance by silence."""
    short = tuple(replace(row, amount_cents=row.amount_cents - 500) for row in FIGURES.payments[-1:])
    lines = lines_of(replace(FIGURES, payments=(*FIGURES.payments[:-1], *short)))
    assert "Abweichung (siehe Hinweise)                 5,00" in lines


def test_movements_without_any_cash_payment_are_shown_as_the_payment_they_lack() -> None:
    moved = (CashFigure("Auszahlung", 1, -500),)
    figures = Figures(receipt_count=1, cash=moved, business_cases=(BusinessCaseFigure("Auszahlung", 1, -500),))
    assert section(lines_of(figures), "ZAHLARTEN")[0] == "Bar                                0        5,00"


def test_vouchers_claims_and_tips_stand_beside_the_turnover() -> None:
    lines = lines_of()
    assert section(lines, "UMSATZ  ")[-1] == "UMSATZ BRUTTO                          10.274,18"
    assert "Mehrzweckgutschein verkauft        4      200,00" in section(lines, "NICHT IM UMSATZ")
    assert "Einzweckgutschein verkauft         1       20,00" in section(lines, "UMSATZ  ")


def test_users_are_called_by_name_and_only_their_sales_count() -> None:
    assert section(lines_of(), "UMSATZ NACH BEDIENERN") == [
        "Anna Kühn (anna)               1.124    6.154,10",
        "Béla (bela)                      742    4.109,08",
        "chef                               3       11,00",
        "Summe                          1.869   10.274,18",
    ]


def test_categories_are_sorted_by_what_they_took_and_the_small_ones_are_one_line() -> None:
    rows = section(lines_of(), "UMSATZ NACH KATEGORIEN")
    assert rows[0] == "Obst & Gemüse                           1.554,20"
    assert rows[-2:] == [
        "4 weitere                                 519,33",
        "Summe                                  10.274,18",
    ]
    many = replace(FIGURES, categories=tuple(CategoryFigure(str(at), f"K {at}", at) for at in range(60)))
    assert "49 weitere" in " ".join(section(lines_of(many), "UMSATZ NACH KATEGORIEN"))


def test_every_article_has_its_own_unit() -> None:
    rows = section(lines_of(), "MEISTVERKAUFTE ARTIKEL")
    assert "Bananen                   188,250 kg      280,49" in rows
    assert "Vollmilch 3,5 % 1 l        1.203 Stk    1.431,57" in rows


@pytest.mark.parametrize(
    ("signed", "unsigned", "marked", "rows"),
    [
        (0, 0, True, []),
        (1_876, 0, False, ["signiert                                   1.876", "TSE ausgefallen                                0"]),
        (0, 2, False, ["signiert                                       0", "TSE ausgefallen                                2",
                       "ohne TSE                                   1.874"]),
    ],
)  # fmt: skip
def test_the_test_mark_stands_only_where_no_tse_had_to_do_with_anything(
    signed: int, unsigned: int, marked: bool, rows: list[str]
) -> None:
    lines = lines_of(replace(FIGURES, signed_count=signed, unsigned_count=unsigned))
    assert ("TESTBETRIEB – keine TSE" in lines) is marked
    assert (section(lines, "TSE  ") if rows else []) == rows


def test_a_closing_is_about_the_business_as_it_was_then() -> None:
    moved = replace(SETTINGS, name="Filiale Nord", company="Nachfolger AG", time_zone="America/New_York")
    text = z_report(CLOSING, moved)
    assert "Käthes Dorfladen GmbH" in text
    assert "Nachfolger" not in text
    assert "22:10:00" in text
    assert "Nachfolger AG" in z_report(replace(CLOSING, master_data=None), moved)


def test_a_copy_says_so_with_when_and_who_and_an_original_does_not() -> None:
    copy = z_report(CLOSING, SETTINGS, reprint=Reprint(CLOSED_MS + 36_000_000, "chefin"))
    assert "KOPIE" in copy
    assert "Nachdruck vom 17.10.2026 08:10:00 von chefin" in copy
    assert "Nachdruck vom 17.10.2026 08:10:00\n" in z_report(CLOSING, SETTINGS, reprint=Reprint(CLOSED_MS + 36_000_000))
    assert "KOPIE" not in z_report(CLOSING, SETTINGS)


def test_an_x_says_that_it_is_no_closing() -> None:
    text = x_report(FIGURES, replace(HEAD, register_id="", user_id="bela"), SETTINGS)
    assert "X-BERICHT" in text
    assert "Kein Tagesabschluss" in text
    assert "Alle Kassen" in text
    assert "Béla (bela)" in text
    assert "KASSENSTURZ" not in text


def test_the_branch_names_the_z_numbers_and_anchors_of_its_registers() -> None:
    text = branch_report(FIGURES, [CLOSING, OTHER], CLOSED_MS, SETTINGS)
    lines = text.splitlines()
    for line in (
        "Buchungstag                           16.10.2026",
        "  Z-Nr.                                       17",
        "  Prüfanker                     0001020304050607",
        "  Journal bis                             104711",
        "Journal bis                               104720",
        "Prüfanker                       0000000000000000",
    ):
        assert line in lines


def test_a_period_adds_up_days_and_no_floats() -> None:
    text = report_text(period_content([CLOSING, OTHER], CLOSED_MS, SETTINGS))
    assert "BARGELD SOLL" not in text
    assert "Anfangsbestand" not in text
    assert "20.548,36" in text
    assert report_text(period_content([], CLOSED_MS, SETTINGS))


def test_months_are_rows_and_what_is_still_open_is_told() -> None:
    months = [SpanSum(f"2026-{month}", 20, f"2026-{month}-01", f"2026-{month}-28", FIGURES) for month in (10, 11)]
    whole = SpanSum("", 40, "2026-10-01", "2026-11-28", add([FIGURES, FIGURES]))
    lines = report_text(span_content(whole, months, 3, CLOSED_MS, SETTINGS)).splitlines()
    assert [line for line in lines if line in ("10.2026", "11.2026", "MONATE")] == ["MONATE", "10.2026", "11.2026"]
    assert "Noch nicht abgeschlossen und nicht enthalten: 3" in [line.strip() for line in lines]
    assert lines.count("  Umsatz brutto                        10.274,18") == 2
    assert lines.count("  Umsatz brutto                        20.548,36") == 1


def test_a_quiet_period_has_a_short_report() -> None:
    text = x_report(Figures(), HEAD, BranchSettings("", ""))
    assert "Keine Bons in diesem Zeitraum." in text
    assert len(text.splitlines()) < 20


def test_what_came_from_a_register_cannot_steer_terminal_or_printer() -> None:
    """A user id with an escape sequence or a line feed stays in its place."""
    hostile = replace(FIGURES, users=(UserFigure("\x1b[2Janna\nTESTBETRIEB", 1, 1),), first_receipt_number="\x1d(k\r")
    text = z_report(replace(CLOSING, figures=hostile, user_id="a\n\x07b"), SETTINGS)
    assert not {character for character in text if not character.isprintable()} - {"\n"}


def test_foreign_cash_before_the_own_does_not_take_the_float() -> None:
    payments = (PaymentFigure("Bar", "", "CHF", 1, 900), PaymentFigure("Bar", "", "EUR", 3, 21_000))
    figures = Figures(
        receipt_count=3,
        cash=(CashFigure("Anfangsbestand", 1, 20_000),),
        business_cases=(BusinessCaseFigure("Umsatz", 2, 1_900), BusinessCaseFigure("Anfangsbestand", 1, 20_000)),
        payments=payments,
    )
    assert section(lines_of(figures), "ZAHLARTEN")[:2] == [
        "Bar CHF                            1        9,00",
        "Bar                                2       10,00",
    ]


@given(st.text(max_size=30))
def test_a_tax_id_is_never_changed_only_named(tax_id: str) -> None:
    assert labelled_tax_id(tax_id, "de").endswith(tax_id)
