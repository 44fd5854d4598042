"""Mapping files: what they may say, and what is said to those who get one wrong."""

from __future__ import annotations

import pytest

from branchgate.errors.texts import sentence
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
        ('[deposti]\namount = "x"', "MAPPING_KEY_UNKNOWN", "deposti", "deposti"),
        ('[deposit]\nammount = "x"', "MAPPING_KEY_UNKNOWN", "deposit.ammount", "ammount"),
        ('[file]\nencoding = "latin-1"', "MAPPING_VALUE", "file.encoding", "latin-1"),
        ('[file]\nseparator = "|"', "MAPPING_VALUE", "file.separator", "|"),
        ("[deposit]\namount = 3", "MAPPING_TYPE", "deposit.amount", "3"),
        ('weighed = "kg"', "MAPPING_TYPE", "weighed", "kg"),
        ('[weighed]\nvalues = ["kg"]', "MAPPING_KEY_MISSING", "weighed.column", ""),
        ('[weighed]\ncolumn = "Einheit"\nvalues = "kg"', "MAPPING_TYPE", "weighed.values", "kg"),
        ('[weighed]\ncolumn = "Einheit"\nvalues = []', "MAPPING_TYPE", "weighed.values", "[]"),
        ('[columns]\n"Preis" = "price"', "MAPPING_MEANING_UNKNOWN", "columns.Preis", "price"),
        ('[columns]\n"Rubrik" = "category_11"', "MAPPING_MEANING_UNKNOWN", "columns.Rubrik", "category_11"),
        ('[tax.keys]\n"0" = 9', "MAPPING_VAT_KEY", "tax.keys.0", "9"),
        ('[tax.keys]\n"null" = 5', "MAPPING_RATE", "tax.keys.null", "null"),
        ('[tax.classes]\n"Bücher" = true', "MAPPING_VAT_KEY", "tax.classes.Bücher", "True"),
    ],
)
def test_a_wrong_key_is_named_with_what_would_be_right(text: str, reason: str, field: str, value: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    error = caught.value
    assert (error.reason, error.field, error.value) == (reason, field, value)
    assert error.rule
    assert field in sentence(error, "de")
    assert sentence(error, "de") != sentence(error, "en")


def test_broken_toml_names_the_line() -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping("[file]\nencoding = utf-8")
    assert caught.value.reason == "MAPPING_NOT_TOML"
    assert "line 2" in sentence(caught.value, "de")
    assert "line 2" in sentence(caught.value, "en")
