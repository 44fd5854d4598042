"""What stands on a receipt: everything the law asks for, at every width of paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from branchgate.catalogue import Article
from branchgate.receipts.basket import Basket, Header, money_movement, receipt_of, reversal_of
from branchgate.receipts.model import BusinessCase, Payment, PaymentType, Receipt, TseSignature
from drivers.escpos.compose import compose
from drivers.escpos.document import Align, Bitmap, Feed, Picture, Text
from drivers.escpos.layout import to_text
from drivers.escpos.profile import PROFILES
from gateway.printing.templates.copy_mark import CopyMark
from gateway.printing.templates.receipt import receipt_document
from tests.gateway.printing.shop import SETTINGS

BEGAN, ENDED = 1_795_000_000_000, 1_795_000_062_000
HEADER = Header("K1-000042", 42, BEGAN, ENDED, "anna", "Anna")
TSE = TseSignature(
    tse_serial="a1" * 32,
    transaction_number=112,
    signature_counter=4711,
    started_at_ms=BEGAN,
    finished_at_ms=ENDED,
    signature="MEQCIAy4P9k+7x13PdFO0lwm8L9dZ1Mwg8ab0Zs6ZP1s9wVq",
    process_type="Kassenbeleg-V1",
    process_data="Beleg^2.94_7.50_0.00_0.00_0.00^10.44:Bar",
)


def sale() -> Receipt:
    basket = Basket()
    basket.add(Article("1", "Vollmilch 3,5 % 1 l", 119_000, 2, 700))
    basket.add(Article("2", "Gerolsteiner Medium 0,75 l", 89_000, 1, 1900, deposit=15_000), 6_000)
    basket.add(Article("3", "Bergkäse jung 50 % F. i. Tr.", 1_299_000, 2, 700, unit="kg", weighed=True), 486)
    basket.add(Article("4", "Kaffee Crema", 1_399_000, 2, 700))
    basket.void_line(5)
    basket.add(Article("5", "Leergut Kasten", 330_000, 1, 1900, deposit_return=True))
    return basket.pay_cash(HEADER, 5_000)


def text(receipt: Receipt, columns: int = 42, **more: Any) -> str:
    return to_text(receipt_document(receipt, "kasse-1", SETTINGS, columns, **more), columns)


def test_a_sale_on_paper_is_complete() -> None:
    assert text(sale()).splitlines() == [
        "             Käthes Dorfladen",
        "              Filiale Mitte",
        "              Lindenstraße 7",
        "               10969 Berlin",
        "          USt-IdNr. DE123456789",
        "",
        "Bon-Nr. K1-000042            Kasse KASSE-1",
        "Beginn                 18.11.2026 12:06:40",
        "Ende                   18.11.2026 12:07:42",
        "Es bediente Sie                       Anna",
        "------------------------------------------",
        "  1 Vollmilch 3,5 % 1 l             1,19 B",
        "  6 Gerolsteiner Medium 0,75 l      5,34 A",
        "    6 x 0,89 €",
        "  6 Pfand Gerolsteiner Medium 0,75  0,90 A",
        "    l",
        "    6 x 0,15 €",
        "    Bergkäse jung 50 % F. i. Tr.    6,31 B",
        "    0,486 kg x 12,99 €/kg",
        "  1 Kaffee Crema                   13,99 B",
        "    Storno                        -13,99 B",
        " -1 Leergut Kasten                 -3,30 A",
        "------------------------------------------",
        "SUMME EUR       10,44",
        "",
        "Gegeben Bar                          50,00",
        "Rückgeld                             39,56",
        "",
        "USt            Netto     Steuer     Brutto",
        "A 19 %          2,47       0,47       2,94",
        "B 7 %           7,01       0,49       7,50",
        "------------------------------------------",
        "         TESTBETRIEB - keine TSE",
        "",
        "      Vielen Dank für Ihren Einkauf!",
    ]


@pytest.mark.parametrize("unit", ["Kasten", "Packung", "Stk", ""])
def test_whole_pieces_are_counted_whatever_their_unit_is_called(unit: str) -> None:
    """Two crates were printed like a weight: "2,000 Kasten x 18,90 €/Kasten"."""
    basket = Basket()
    basket.add(Article("6", "Pils 20 x 0,5 l", 1_890_000, 1, 1900, unit=unit), 2_000)
    basket.add(Article("6", "Pils 20 x 0,5 l", 1_890_000, 1, 1900, unit=unit))
    printed = text(basket.pay_cash(HEADER, 10_000)).splitlines()
    assert "  2 Pils 20 x 0,5 l                37,80 A" in printed
    assert "    2 x 18,90 €" in printed
    assert "  1 Pils 20 x 0,5 l                18,90 A" in printed
    assert not any("Kasten" in line or "Packung" in line for line in printed)


@pytest.mark.parametrize(("unit", "thousandths"), [("kg", 2_000), ("m", 1_000), ("Kasten", 500)])
def test_what_is_measured_or_divided_shows_its_decimals_and_unit(unit: str, thousandths: int) -> None:
    line = replace(sale().lines[0], unit=unit, quantity_thousandths=thousandths)
    quantity = f"{thousandths // 1000},{thousandths % 1000:03d}"
    assert f"    {quantity} {unit} x 1,19 €/{unit}" in text(replace(sale(), lines=(line,))).splitlines()


def test_a_copy_says_so_above_everything_and_keeps_what_is_fiscal() -> None:
    original, copy = text(sale()), text(sale(), mark=CopyMark(2, ENDED + 60_000))
    assert copy.endswith(original)
    assert copy.splitlines()[:2] == ["                  KOPIE", "Nachdruck 2            18.11.2026 12:08:42"]


def test_a_void_names_what_it_reverses_and_thanks_nobody() -> None:
    printed = text(reversal_of(sale(), HEADER, "kasse-2", bytes(16)))
    assert "STORNOBELEG" in printed
    assert "zu Bon K1-000042 (Kasse KASSE-2)" in printed
    assert "SUMME EUR      -10,44" in printed
    assert "Bar                                 -10,44" in printed
    assert "Vielen Dank" not in printed


def test_money_put_into_the_drawer_is_no_sale() -> None:
    printed = text(money_movement(HEADER, BusinessCase.ANFANGSBESTAND, 20_000, "Anfangsbestand"))
    assert "    Anfangsbestand                  200,00" in printed
    assert "ANFANGSBESTAND" in printed
    assert "Vielen Dank" not in printed
    assert "0 %" not in printed


def test_what_is_no_supply_stands_below_the_vat_table_beside_goods() -> None:
    """A voucher sold with goods: its amount is part of the sum, and no rate is claimed for it."""
    voucher = replace(
        money_movement(HEADER, BusinessCase.MEHRZWECKGUTSCHEIN_KAUF, 2_500, "Gutschein").lines[0], line_number=9
    )
    sold = sale()
    receipt = receipt_of(HEADER, [*sold.lines, voucher], [Payment(PaymentType.BAR, 3_544)])
    printed = text(receipt).splitlines()
    assert "  1 Gutschein                      25,00 E" in printed
    assert printed[printed.index("B 7 %           7,01       0,49       7,50") + 1] == (
        "E nicht steuerbar                    25,00"
    )


def test_goods_taken_back_are_a_return_also_without_the_sale_s_number() -> None:
    basket = Basket()
    basket.add(Article("4", "Kaffee Crema", 1_399_000, 2, 700), -1_000)
    assert "                 RÜCKGABE" in text(basket.finish(HEADER, [Payment(PaymentType.BAR, -1_399)])).splitlines()


def test_empties_brought_back_are_no_return() -> None:
    basket = Basket()
    basket.add(Article("5", "Leergut Kasten", 330_000, 1, 1900, deposit_return=True))
    assert "RÜCKGABE" not in text(basket.finish(HEADER, [Payment(PaymentType.BAR, -330)]))


@pytest.mark.parametrize(
    ("entered", "language", "printed"),
    [
        ("DE123456789", "de", "USt-IdNr. DE123456789"),
        ("DE 123 456 789", "de", "USt-IdNr. DE 123 456 789"),
        ("ATU12345678", "en", "VAT ID ATU12345678"),
        ("30/123/45678", "de", "Steuernummer 30/123/45678"),
        ("151/815/08156", "en", "Tax no. 151/815/08156"),
        ("USt-IdNr. DE123456789", "de", "USt-IdNr. DE123456789"),
        ("St.-Nr. 30/123/45678", "en", "St.-Nr. 30/123/45678"),
    ],
)
def test_the_shop_s_tax_id_is_called_what_it_is(entered: str, language: str, printed: str) -> None:
    settings = replace(SETTINGS, tax_id=entered, language=language)
    lines = to_text(receipt_document(sale(), "kasse-1", settings, 42), 42).splitlines()
    assert printed in [line.strip() for line in lines]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_large_amounts_never_run_into_each_other(columns: int) -> None:
    """On 58 mm paper net, VAT and gross of a sale above 1,000 EUR stood without a blank between them."""
    basket = Basket()
    basket.add(Article("9", "Kaffeemaschine", 1_234_567_000, 1, 1900))
    printed = text(basket.pay_cash(HEADER, 2_000_000), columns)
    for amount in ("12.345,67", "1.971,16", "10.374,51"):
        assert amount in printed.split()


def test_the_logo_stands_above_the_shop_s_name_on_original_and_copy() -> None:
    logo = Bitmap(16, 2, b"\xf0" * 4)
    for mark in (None, CopyMark(1, ENDED)):
        elements = receipt_document(sale(), "kasse-1", SETTINGS, 42, mark, logo=logo).elements
        at = elements.index(Picture(logo))
        assert elements[at + 1 : at + 3] == (Feed(), Text("Käthes Dorfladen", Align.CENTER, bold=True, double=True))
        assert (at > 0) == (mark is not None)


def test_a_card_is_named_and_foreign_money_shown_beside_ours() -> None:
    payments = (
        Payment(PaymentType.EC_KARTE, 44, "girocard"),
        Payment(PaymentType.BAR, 1_000, "", "CHF", 950),
    )
    printed = text(replace(sale(), payments=payments, cash_given_cents=0, change_cents=0))
    assert "girocard                              0,44" in printed
    assert "Bar (9,50 CHF)                       10,00" in printed


def test_a_price_with_more_than_two_decimals_is_printed_in_full() -> None:
    basket = Basket()
    basket.add(Article("1", "Schraube", 12_345, 1, 1900), 100_000)
    assert "    100 x 0,12345 €" in text(basket.pay_cash(HEADER, 2_000))


def test_english_shops_print_english_words() -> None:
    settings = replace(SETTINGS, language="en")
    printed = to_text(receipt_document(sale(), "kasse-1", settings, 48), 48)
    for words in ("No. K1-000042", "TOTAL EUR", "Change", "0.486 kg x 12.99 €/kg", "TESTBETRIEB - keine TSE"):
        assert words in printed


def test_a_time_that_no_calendar_has_is_printed_as_it_is() -> None:
    assert f"{2**62} ms" in text(replace(sale(), finished_at_ms=2**62))


@example([" "], 1, 1, "generic-80")
@given(
    st.lists(st.text(min_size=0, max_size=80), min_size=1, max_size=5),
    st.integers(1, 10_000_000),
    st.integers(1, 999_999_999),
    st.sampled_from(sorted(PROFILES)),
)
def test_whatever_the_names_every_line_fits_and_can_be_printed(
    names: list[str], quantity: int, price: int, profile: str
) -> None:
    basket = Basket()
    for name in names:
        basket.add(Article("1", name, price, 1, 1900, unit="kg", weighed=True), quantity)
    columns = PROFILES[profile].columns
    document = receipt_document(
        basket.finish(HEADER, [Payment(PaymentType.BAR, 0)]), "k" * 30, SETTINGS, columns, CopyMark(999, ENDED)
    )
    assert max(map(len, to_text(document, columns).splitlines())) <= columns
    assert len(compose(document, PROFILES[profile])) > 1
