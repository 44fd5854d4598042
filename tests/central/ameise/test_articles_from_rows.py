"""Good rows become articles in the house's units."""

from __future__ import annotations

import pytest

from central.ameise import ColumnMapping, Deposit, ImportedArticle, ImportResult, Reason, parse_mapping, read_articles

HEADER = "Artikelnummer;Artikelname;GTIN;Std. VK Brutto;Std. VK Netto;Steuersatz in %;Steuerklasse"


def read(*rows: str, header: str = HEADER, mapping: ColumnMapping | None = None) -> ImportResult:
    return read_articles("\r\n".join((header, *rows)).encode(), mapping)


def only(result: ImportResult) -> ImportedArticle:
    assert result.errors == ()
    (article,) = result.articles
    return article


def test_a_plain_row_becomes_an_article_with_the_usual_defaults() -> None:
    article = only(read("101;  Käse   am Stück ;4006381333931;1.234,50;;7,00;"))
    assert article == ImportedArticle(
        article_number="101",
        name="Käse am Stück",
        gtins=("4006381333931",),
        gross_price=123_450_000,
        vat_key=2,
        vat_rate=700,
        category_path=(),
        further_category_paths=(),
        merchandise_group=None,
        unit="Stk",
        weighed=False,
        plu=None,
        deposit=None,
        deposit_return=False,
        active=True,
        parent_article_number=None,
        sellable=True,
        line=2,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_same_file_reads_the_same_in_every_form(encoding: str, separator: str) -> None:
    cells = ["1", '"Öl, gut; teuer"', '"2,50"', '"19,00"']
    header = separator.join(["Artikelnummer", "Artikelname", "VK Brutto", "MwSt-Satz"])
    result = read_articles(f"{header}\n{separator.join(cells)}\n".encode(encoding))
    article = only(result)
    assert (article.name, article.gross_price, article.vat_key) == ("Öl, gut; teuer", 250_000, 1)
    assert result.separator == separator


@pytest.mark.parametrize(
    ("rate", "tax_class", "vat"),
    [
        ("19", "", (1, 1900)),
        ("7,00 %", "", (2, 700)),
        ("7.8", "", (3, 780)),
        ("5,5", "", (4, 550)),
        ("0", "", (5, 0)),
        ("0", "steuerfrei", (6, 0)),
        ("", "ermäßigter Steuersatz", (2, 700)),
        ("19,00", "Sonderklasse des Händlers", (1, 1900)),
    ],
)
def test_vat_comes_from_the_rate_or_else_from_the_class(rate: str, tax_class: str, vat: tuple[int, int]) -> None:
    article = only(read(f"1;x;;1;;{rate};{tax_class}"))
    assert (article.vat_key, article.vat_rate) == vat


def test_a_gross_price_wins_over_the_net_price_beside_it() -> None:
    result = read("1;x;;1,99;1,67;19;")
    assert only(result).gross_price == 199_000
    assert result.problems == ()


def test_a_file_with_net_prices_only_says_so_once() -> None:
    result = read("1;a;17,621848739495798;19", "2;b;0,99;7", header="Artikelnummer;Artikelname;Netto-VK;USt. in %")
    assert [article.gross_price for article in result.articles] == [2_097_000, 105_930]
    (warning,) = result.problems
    assert (warning.reason_code, warning.line, warning.column_index) == (Reason.PRICE_FROM_NET, 1, 3)


def test_a_translated_name_stands_in_for_a_missing_one() -> None:
    header = "Artikelnummer;Artikelname;Global-Englisch: Artikelname;VK Brutto;Steuerklasse"
    result = read("1;;Cheese;1;ermäßigter Steuersatz", "2;Brot;Bread;1;ermäßigter Steuersatz", header=header)
    assert [article.name for article in result.articles] == ["Cheese", "Brot"]


def test_categories_come_level_by_level_and_parents_come_first() -> None:
    header = "Kategorie Ebene 2;Artikelnummer;Artikelname;VK Brutto;MwSt-Satz;Kategorie Ebene 1;Kategorie Ebene 10"
    result = read("Obst;1;a;1;7;Frisches;", "Gemüse;2;b;1;7;Frisches;", ";3;c;1;7;;", header=header)
    assert [article.category_path for article in result.articles] == [("Frisches", "Obst"), ("Frisches", "Gemüse"), ()]
    assert result.categories == (("Frisches",), ("Frisches", "Obst"), ("Frisches", "Gemüse"))


def test_several_gtin_columns_give_several_gtins() -> None:
    header = "Artikelnummer;Artikelname;GTIN;EAN;VK Brutto;MwSt-Satz"
    assert only(read("1;a;4006381333931;96385074;1;7", header=header)).gtins == ("4006381333931", "96385074")


@pytest.mark.parametrize(
    ("flag", "active"), [("Y", True), ("N", False), ("0", False), ("Ja", True), ("nein", False), ("", True)]
)
def test_the_active_flag_is_read_in_every_spelling(flag: str, active: bool) -> None:
    assert only(read(f"1;a;1;7;{flag}", header="Artikelnummer;Artikelname;VK Brutto;MwSt-Satz;Aktiv")).active is active


def test_a_parent_cannot_be_sold_and_needs_no_price() -> None:
    header = "Artikelnummer;Artikelname;VK Brutto;MwSt-Satz;Identifizierungsspalte Vaterartikel"
    result = read("10;Socken;;19;", "11;Socken klein;9,90;19;10", header=header)
    assert result.problems == ()
    assert [(a.sellable, a.parent_article_number) for a in result.articles] == [(False, None), (True, "10")]


POS_HEADER = "Artikelnummer;Artikelname;VK Brutto;MwSt-Satz;Verkaufseinheit;Warengruppe;Pfand Betrag;Pfandartikel"
POS_MAPPING = parse_mapping(
    """
    [deposit]
    amount = "Pfand Betrag"
    article = "Pfandartikel"
    [deposit.returns]
    column = "Warengruppe"
    values = ["Leergut"]
    [weighed]
    column = "Verkaufseinheit"
    values = ["kg"]
    """
)


def test_the_mapping_tells_deposit_returns_and_weighed_goods() -> None:
    beer, milk, empty, apple = read(
        "1;Pils;1,09;19;Stk;Getränke;0,08;",
        "2;Milch;1,79;7;Stk;Molkerei;;90",
        "90;Leergut 0,15 €;-0,15;19;Stk;LEERGUT;;",
        "3;Äpfel;2,99;7;kg;Obst;0,00;",
        header=POS_HEADER,
        mapping=POS_MAPPING,
    ).articles
    assert beer.deposit == Deposit(8_000, 1, 1900)
    assert milk.deposit == Deposit(15_000, 2, 700)
    assert (empty.deposit_return, empty.gross_price, empty.deposit) == (True, 15_000, None)
    assert (apple.weighed, apple.unit, apple.deposit) == (True, "kg", None)


def test_blank_rows_are_not_counted() -> None:
    result = read("1;a;;1;;7;", ";;;;;;", "", "2;b;;1;;7;")
    assert (len(result.articles), result.rows_read, result.problems) == (2, 2, ())


def test_the_columns_tell_what_was_read_as_what() -> None:
    result = read("1;a;1;7;x", header="Artikelnummer;Artikelname;VK Brutto;MwSt-Satz;Sonstiges")
    assert [column.meaning for column in result.columns] == ["article_number", "name", "gross_price", "vat_rate", None]
