"""What every kind of receipt says it is, and what only some of them say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.escpos.layout import to_text
from gateway.printing.templates.receipt import receipt_document
from tests.gateway.printing.kinds import kinds
from tests.gateway.printing.shop import SETTINGS


def printed_kind(name: str, columns: int = 42, **settings: str) -> list[str]:
    shop = replace(SETTINGS, **settings)  # type: ignore[arg-type]
    return to_text(receipt_document(kinds()[name], "kasse-1", shop, columns), columns).splitlines()


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "discounts",
            [
                "  2 Rotwein Dornfelder 0,75 l      11,90 A",
                "    2 x 5,95 €",
                "      Rabatt 10 %                  -1,19 A",
                "    Bergkäse jung                   6,31 B",
                "    0,486 kg x 12,99 €/kg",
                "    Grundpreis 14,99 €",
                "    Nachlass -2,00 €",
                "    Geschenkverpackung              1,50 A",
                "    Treuerabatt                    -0,66 A",
                "    Treuerabatt                    -0,34 B",
            ],
        ),
        ("return", ["                 RÜCKGABE", "     zu Bon K2-000007 (Kasse KASSE-2)"]),
        (
            "on account",
            [
                "               AUF RECHNUNG",
                "Gasthaus Zur Linde, Ève Çelik",
                "Dorfstraße 3",
                "16259 Bad Freienwalde",
                "Kundennummer 10815",
                "Zwischensumme                        18,21",
                "    Auf Rechnung                  -13,21 E",
                "SUMME EUR        5,00",
                "Bar                                   5,00",
                "OFFENER BETRAG EUR                   13,21",
                "E nicht steuerbar                   -13,21",
                "Bemerkung: Zahlbar bis 02.12.2026",
            ],
        ),
        ("settlement", ["        ZAHLUNG ZU EINER RECHNUNG", "     zu Bon K2-000007 (Kasse KASSE-2)"]),
        ("down payment", ["                ANZAHLUNG", "B 7 %          46,73       3,27      50,00"]),
        (
            "down payment used",
            [
                "Zwischensumme                       129,00",
                "    Anzahlung vom 11.11.2026      -50,00 B",
                "SUMME EUR       79,00",
            ],
        ),
        ("voucher sold", ["  1 Geschenkgutschein                50,00", "    Gutschein-Nr. GS-2026-00471"]),
        (
            "voucher redeemed",
            [
                "Zwischensumme                        18,21",
                "    Gutschein                     -15,00 E",
                "    Gutschein-Nr. GS-2026-00471",
                "SUMME EUR        3,21",
                "Bemerkung: Restwert GS-2026-00471: 35,00",
            ],
        ),
        (
            "foreign cash",
            [
                "Gegeben Bar (9,00 CHF)                9,14",
                "Gegeben Bar                          10,86",
                "Rückgeld                              1,79",
            ],
        ),
        ("exempt", ["B 7 %           5,90       0,41       6,31", "F umsatzsteuerfrei                    9,50"]),
        (
            "invoice",
            [
                "         zu Lieferschein LS-4711",
                "AUT",
                "USt-IdNr. ATU12345678",
                "A 19 %        545,38     103,62     649,00",
                "Leistungsdatum ist das Belegdatum.",
            ],
        ),
        (
            "order ends",
            [
                "Erste Bestellung       18.11.2026 11:06:40",
                "Beginn                 18.11.2026 12:06:40",
                "Vorgang                            Tisch 7",
            ],
        ),
        (
            "paid out",
            [
                "                AUSZAHLUNG",
                "    Auszahlung                      -14,80",
                "    Grund: Büromaterial, Beleg 17",
                "Ausgezahlt (Unterschrift)",
                "Erhalten (Unterschrift)",
            ],
        ),
        ("count difference", ["             KASSENDIFFERENZ"]),
        (
            "abandoned",
            [
                "          ABGEBROCHENER VORGANG",
                "    Bergkäse jung                     6,31",
                "    Storno                           -6,31",
                "SUMME EUR        0,00",
            ],
        ),
    ],
)
def test_every_kind_of_receipt_says_what_it_is(name: str, lines: list[str]) -> None:
    rows = iter(printed_kind(name))
    missing = [line for line in lines if line not in rows]
    assert not missing, "not printed, or in another order"


def test_only_money_that_leaves_the_drawer_is_signed_for() -> None:
    signed_for = {name for name in kinds() if "Erhalten (Unterschrift)" in printed_kind(name)}
    assert signed_for == {"paid out", "to the bank", "owner's withdrawal"}


def test_only_a_sale_above_250_euros_tells_the_date_of_supply() -> None:
    assert {name for name in kinds() if "Leistungsdatum ist das Belegdatum." in printed_kind(name)} == {"invoice"}


def test_what_only_moves_money_thanks_nobody() -> None:
    thanked = {name for name in kinds() if any("Vielen Dank" in line for line in printed_kind(name))}
    assert thanked == {
        "sale",
        "discounts",
        "deposits",
        "tip",
        "on account",
        "down payment used",
        "voucher redeemed",
        "foreign cash",
        "exempt",
        "invoice",
        "order ends",
    }


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_kind_speaks_english_too(name: str) -> None:
    german = {"Beginn", "SUMME", "Grund", "Zwischensumme", "Bemerkung", "Gutschein-Nr", "Unterschrift", "steuerbar"}
    printed = "\n".join(printed_kind(name, 48, language="en"))
    assert not [word for word in german if word in printed]


def test_what_a_text_says_already_is_not_said_again() -> None:
    voucher = kinds()["voucher sold"]
    (line,) = voucher.lines
    said = replace(voucher, lines=(replace(line, text="Gutschein GS-2026-00471", business_case_name="Gutschein"),))
    lines = to_text(receipt_document(said, "kasse-1", SETTINGS, 42), 42).splitlines()
    assert "    Gutschein-Nr. GS-2026-00471" not in lines
    assert "    Grund: Gutschein" in lines
    reason = replace(said, lines=(replace(line, business_case_name=line.text),))
    assert "Grund" not in to_text(receipt_document(reason, "kasse-1", SETTINGS, 42), 42)


def test_only_who_moves_money_alone_serves_nobody() -> None:
    assert {name for name in kinds() if "Bediener                              Anna" in printed_kind(name)} == {
        "opening float",
        "paid in",
        "paid out",
        "to the bank",
        "owner's withdrawal",
        "count difference",
    }
