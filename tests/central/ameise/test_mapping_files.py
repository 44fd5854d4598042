"""Mapping files: what they may say, and what is said to those who get one wrong."""

import pytest

from central.ameise import MappingError, parse_mapping
from central.ameise.headers import Meaning
from central.ameise.vat import Vat

FULL = r"""
[file]
encoding = "windows-1252"
separator = "\t"
[columns]
"Ladenpreis" = "gross_price"
"Rubrik" = "category_1"
[deposit]
amount = "Pfand Betrag"
article = "Pfandartikel"
[deposit.returns]
column = "Warengruppe"
values = ["Leergut", "Rücknahme"]
[weighed]
column = "Waage"
values = ["Ja"]
[tax.keys]
"0" = 6
[tax.classes]
"Lebensmittel" = 2
"""


def test_a_full_mapping_is_understood() -> None:
    mapping = parse_mapping(FULL)
    assert (mapping.encoding, mapping.separator) == ("windows-1252", "\t")
    assert mapping.meanings == {"Ladenpreis": (Meaning.GROSS_PRICE, 0), "Rubrik": (Meaning.CATEGORY, 1)}
    assert (mapping.deposit_amount, mapping.deposit_article) == ("Pfand Betrag", "Pfandartikel")
    assert mapping.deposit_return is not None
    assert mapping.deposit_return.matches(" leerGUT ")
    assert not mapping.deposit_return.matches("Getränke")
    assert mapping.weighed is not None
    assert mapping.weighed.heading == "Waage"
    assert mapping.vat.for_rate(0) == Vat(6, 0)
    assert mapping.vat.for_class("lebensmittel") == Vat(2, 700)


def test_an_empty_mapping_means_ameises_own_headings() -> None:
    mapping = parse_mapping("")
    assert mapping.headings() == ()
    assert mapping.vat.for_rate(0) == Vat(5, 0)
    assert mapping.vat.for_class("Ermäßigter  Steuersatz") == Vat(2, 700)


@pytest.mark.parametrize(
    ("text", "reason", "field", "value"),
    [
        ('[deposti]\namount = "x"', "mapping_key_unknown", "deposti", "deposti"),
        ('[deposit]\nammount = "x"', "mapping_key_unknown", "deposit.ammount", "ammount"),
        ('[file]\nencoding = "latin-1"', "mapping_value", "file.encoding", "latin-1"),
        ('[file]\nseparator = "|"', "mapping_value", "file.separator", "|"),
        ("[deposit]\namount = 3", "mapping_type", "deposit.amount", "3"),
        ('weighed = "kg"', "mapping_type", "weighed", "kg"),
        ('[weighed]\nvalues = ["kg"]', "mapping_key_missing", "weighed.column", ""),
        ('[weighed]\ncolumn = "Einheit"\nvalues = "kg"', "mapping_type", "weighed.values", "kg"),
        ('[weighed]\ncolumn = "Einheit"\nvalues = []', "mapping_type", "weighed.values", "[]"),
        ('[columns]\n"Preis" = "price"', "mapping_meaning_unknown", "columns.Preis", "price"),
        ('[columns]\n"Rubrik" = "category_11"', "mapping_meaning_unknown", "columns.Rubrik", "category_11"),
        ('[tax.keys]\n"0" = 9', "mapping_vat_key", "tax.keys.0", "9"),
        ('[tax.keys]\n"null" = 5', "mapping_rate", "tax.keys.null", "null"),
        ('[tax.classes]\n"Bücher" = true', "mapping_vat_key", "tax.classes.Bücher", "True"),
    ],
)
def test_a_wrong_key_is_named_with_what_would_be_right(text: str, reason: str, field: str, value: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    error = caught.value
    assert (error.reason_code, error.field, error.value) == (reason, field, value)
    assert error.rule
    assert field in error.german
    assert field in error.english


def test_broken_toml_names_the_line() -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping("[file]\nencoding = utf-8")
    assert caught.value.reason_code == "mapping_not_toml"
    assert "line 2" in caught.value.german
    assert "line 2" in caught.value.english
