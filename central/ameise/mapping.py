r"""The mapping file: what one merchant's columns mean where their headings do not say so.

A TOML file, written once and kept beside the export. Deposit (Pfand) and weighed goods always need it, because in JTL-Wawi
they are attributes that every merchant names himself. Units: EUR gross, rates in percent.

    [file]                      # only where the importer should not find out by itself
    encoding = "windows-1252"   # or "utf-8"
    separator = ";"             # or "," or "\t"

    [columns]                   # heading in the file = meaning
    "Ladenpreis" = "gross_price"
    "Rubrik" = "category_1"

    [deposit]                   # charged with the article, at the VAT of the goods
    amount = "Pfand Betrag"     # column with the gross amount in EUR
    article = "Pfandartikel"    # or: column with the number of a deposit article, whose price it is

    [deposit.returns]           # articles which pay deposit out
    column = "Warengruppe"
    values = ["Leergut"]

    [weighed]                   # quantity comes from a scale, price is per unit
    column = "Verkaufseinheit"
    values = ["kg"]

    [tax.keys]                  # rate in percent = DSFinV-K VAT key, where the usual one is wrong
    "0" = 6

    [tax.classes]               # Steuerklasse = DSFinV-K VAT key
    "Lebensmittel" = 2
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from branchgate.errors import Refused
from central.ameise.decoding import ENCODINGS
from central.ameise.headers import Meaning, fold, meaning_named
from central.ameise.numbers import NotANumberError, parse_number, round_commercially
from central.ameise.reading import SEPARATORS
from central.ameise.vat import BY_KEY, VatTable


class MappingError(Refused):
    """The mapping file cannot be used: `field` is the dotted key in it, `value` what stands there, `rule` what may."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Rows are marked by one of some values in a column, compared without case and spaces."""

    heading: str
    values: frozenset[str]

    def matches(self, text: str) -> bool:
        """Whether a cell of that column marks its row."""
        return fold(text) in self.values


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A mapping file's content, checked. Without arguments: Ameise's own headings, no deposit, nothing weighed."""

    encoding: str | None = None
    separator: str | None = None
    meanings: Mapping[str, tuple[Meaning, int]] = field(default_factory=dict)
    deposit_amount: str | None = None
    deposit_article: str | None = None
    deposit_return: Mark | None = None
    weighed: Mark | None = None
    vat: VatTable = field(default_factory=VatTable)

    def headings(self) -> tuple[tuple[str, str], ...]:
        """Every heading that the file must have because this mapping names it, with the key that names it."""
        named = [(heading, "columns") for heading in self.meanings]
        named += [(text, key) for text, key in self._special_headings() if text is not None]
        return tuple(named)

    def names(self, heading: str) -> bool:
        """Whether deposit or weighing is read from a column of this heading."""
        return fold(heading) in {fold(text) for text, _ in self._special_headings() if text is not None}

    def _special_headings(self) -> tuple[tuple[str | None, str], ...]:
        return (
            (self.deposit_amount, "deposit.amount"),
            (self.deposit_article, "deposit.article"),
            (self.deposit_return.heading if self.deposit_return else None, "deposit.returns.column"),
            (self.weighed.heading if self.weighed else None, "weighed.column"),
        )


def parse_mapping(text: str) -> ColumnMapping:
    """Reads a mapping file's text. Raises MappingError at the first key that cannot be understood."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError("MAPPING_NOT_TOML", value=error, rule="TOML") from error
    root = _Section("", document)
    root.allow("file", "columns", "deposit", "weighed", "tax")
    file, deposit, tax = root.section("file"), root.section("deposit"), root.section("tax")
    file.allow("encoding", "separator")
    deposit.allow("amount", "article", "returns")
    tax.allow("keys", "classes")
    keys_by_rate = {_rate(tax, word): key for word, key in tax.section("keys").vat_keys().items()}
    return ColumnMapping(
        encoding=file.choice("encoding", ENCODINGS),
        separator=file.choice("separator", SEPARATORS),
        meanings=_meanings(root.section("columns")),
        deposit_amount=deposit.text("amount"),
        deposit_article=deposit.text("article"),
        deposit_return=_mark(deposit, "returns"),
        weighed=_mark(root, "weighed"),
        vat=VatTable().with_own(keys_by_rate, tax.section("classes").vat_keys()),
    )


@dataclass(frozen=True, slots=True)
class _Section:
    """One TOML table and the dotted path to it, for errors that name the key."""

    path: str
    content: Mapping[str, object]

    def error(self, reason: str, key: str, value: object, rule: str) -> MappingError:
        return MappingError(reason, field=f"{self.path}.{key}".lstrip("."), value=value, rule=rule)

    def allow(self, *keys: str) -> None:
        for key in self.content:
            if key not in keys:
                raise self.error("MAPPING_KEY_UNKNOWN", key, key, ", ".join(keys))

    def section(self, key: str) -> _Section:
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self.error("MAPPING_TYPE", key, value, f"[{key}]")
        return _Section(f"{self.path}.{key}".lstrip("."), value)

    def text(self, key: str) -> str | None:
        value = self.content.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise self.error("MAPPING_TYPE", key, value, '"…"')
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str | None:
        value = self.text(key)
        if value is not None and value not in allowed:
            raise self.error("MAPPING_VALUE", key, value, ", ".join(map(repr, allowed)))
        return value

    def vat_keys(self) -> dict[str, int]:
        for word, key in self.content.items():
            if type(key) is not int or key not in BY_KEY:
                raise self.error("MAPPING_VAT_KEY", word, key, ", ".join(map(str, BY_KEY)))
        return {word: key for word, key in self.content.items() if isinstance(key, int)}


def _meanings(columns: _Section) -> dict[str, tuple[Meaning, int]]:
    meanings: dict[str, tuple[Meaning, int]] = {}
    for heading, word in columns.content.items():
        meaning = meaning_named(word) if isinstance(word, str) else None
        if meaning is None:
            words = [member.value for member in Meaning if member is not Meaning.CATEGORY]
            raise columns.error(
                "MAPPING_MEANING_UNKNOWN", heading, word, ", ".join([*words, "category_1 … category_10"])
            )
        meanings[heading] = meaning
    return meanings


def _mark(parent: _Section, key: str) -> Mark | None:
    if key not in parent.content:
        return None
    section = parent.section(key)
    section.allow("column", "values")
    heading, values = section.text("column"), section.content.get("values")
    if heading is None:
        raise section.error("MAPPING_KEY_MISSING", "column", "", 'column = "…"')
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise section.error("MAPPING_TYPE", "values", values, '["…", "…"]')
    return Mark(heading, frozenset(fold(value) for value in values))


def _rate(tax: _Section, word: str) -> int:
    try:
        return round_commercially(parse_number(word, "%") * 100)
    except NotANumberError as error:
        raise tax.error("MAPPING_RATE", f"keys.{word}", word, "19, 7, 0") from error
