"""What the column headings of a JTL-Ameise export mean.

Ameise's templates choose columns freely, so a file has neither a fixed set nor an order: a column is known by its heading
only. The synonyms were seen in public files, scripts and JTL's guide pages on Ameise.
"""

from __future__ import annotations

import re
from enum import StrEnum

MAX_CATEGORY_LEVELS = 10


class Meaning(StrEnum):
    """What a column holds. The value is the word that a mapping file uses."""

    ARTICLE_NUMBER = "article_number"
    INTERNAL_KEY = "internal_key"
    GTIN = "gtin"
    MANUFACTURER_NUMBER = "manufacturer_number"
    NAME = "name"
    TRANSLATED_NAME = "translated_name"
    GROSS_PRICE = "gross_price"
    NET_PRICE = "net_price"
    PURCHASE_PRICE = "purchase_price"
    VAT_RATE = "vat_rate"
    TAX_CLASS = "tax_class"
    STOCK = "stock"
    CATEGORY = "category"
    MERCHANDISE_GROUP = "merchandise_group"
    MANUFACTURER = "manufacturer"
    UNIT = "unit"
    WEIGHT = "weight"
    PARENT = "parent"
    ACTIVE = "active"
    PLU = "plu"


ONE_PER_ARTICLE = (
    Meaning.NAME,
    Meaning.GROSS_PRICE,
    Meaning.NET_PRICE,
    Meaning.VAT_RATE,
    Meaning.TAX_CLASS,
    Meaning.MERCHANDISE_GROUP,
    Meaning.UNIT,
    Meaning.PARENT,
    Meaning.ACTIVE,
    Meaning.PLU,
)
"""What an article has one of, however many rows it has."""

SYNONYMS: dict[Meaning, tuple[str, ...]] = {
    Meaning.ARTICLE_NUMBER: ("Artikelnummer",),
    Meaning.INTERNAL_KEY: ("Interner Schlüssel",),
    Meaning.GTIN: ("GTIN", "EAN/Barcode", "EAN"),
    Meaning.MANUFACTURER_NUMBER: ("HAN",),
    Meaning.NAME: ("Artikelname",),
    Meaning.GROSS_PRICE: ("Std. VK Brutto", "Brutto-VK", "VK Brutto"),
    Meaning.NET_PRICE: ("Std. VK Netto", "Netto-VK", "VK Netto"),
    Meaning.PURCHASE_PRICE: ("EK Netto", "EK Netto (für GLD)", "Netto-EK"),
    Meaning.VAT_RATE: ("Steuersatz in %", "USt. in %", "MwSt-Satz"),
    Meaning.TAX_CLASS: ("Steuerklasse",),
    Meaning.STOCK: ("Lagerbestand Gesamt", "Verfügbar"),
    Meaning.MERCHANDISE_GROUP: ("Warengruppe",),
    Meaning.MANUFACTURER: ("Hersteller",),
    Meaning.UNIT: ("Verkaufseinheit",),
    Meaning.WEIGHT: ("Artikelgewicht", "Artikelgewicht in KG", "Versandgewicht"),
    Meaning.PARENT: ("Identifizierungsspalte Vaterartikel",),
    Meaning.ACTIVE: ("Aktiv",),
    Meaning.PLU: ("PLU",),
}

_CATEGORY = re.compile(r"kategorieebene(\d{1,2})")
_TRANSLATED_NAME = re.compile(r"[^:]+:artikelname")
_WAREHOUSE_STOCK = re.compile(r"lagerbestandlager.+")
_CATEGORY_WORD = re.compile(r"category_(\d{1,2})")


def fold(text: str) -> str:
    """A heading or a value without the differences that do not count: case, every kind of space, a stray BOM."""
    return "".join(text.replace("\ufeff", "").split()).casefold()


_BY_HEADING = {fold(heading): meaning for meaning, headings in SYNONYMS.items() for heading in headings}


def recognise(heading: str) -> tuple[Meaning, int] | None:
    """The meaning of a heading and, for a category, its level (else 0). None for a column that is not ours to read."""
    folded = fold(heading)
    if (meaning := _BY_HEADING.get(folded)) is not None:
        return meaning, 0
    if (category := _CATEGORY.fullmatch(folded)) is not None:
        return _category(int(category[1]))
    if _TRANSLATED_NAME.fullmatch(folded):
        return Meaning.TRANSLATED_NAME, 0
    if _WAREHOUSE_STOCK.fullmatch(folded):
        return Meaning.STOCK, 0
    return None


def meaning_named(word: str) -> tuple[Meaning, int] | None:
    """The meaning that a mapping file asks for: a value of Meaning, or `category_1` to `category_10`."""
    if (category := _CATEGORY_WORD.fullmatch(word)) is not None:
        return _category(int(category[1]))
    if word == Meaning.CATEGORY or word not in set(Meaning):
        return None
    return Meaning(word), 0


def _category(level: int) -> tuple[Meaning, int] | None:
    return (Meaning.CATEGORY, level) if 1 <= level <= MAX_CATEGORY_LEVELS else None
