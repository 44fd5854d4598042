"""What can be wrong in a merchant's article file, and how to say it to the person who exported it.

Every problem names line and column as a spreadsheet would, carries a stable reason code for machines, and speaks German
first with English beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_SHOWN_CHARACTERS = 60


class Severity(StrEnum):
    """ERROR: the row (or the file) is not imported. WARNING: it is imported, and somebody should look."""

    ERROR = "error"
    WARNING = "warning"


class Reason(StrEnum):
    """Stable codes for machines; the sentences for people stand in `_TEXTS`."""

    FILE_EMPTY = "FILE_EMPTY"
    FILE_NOT_CSV = "FILE_NOT_CSV"
    FILE_UTF16 = "FILE_UTF16"
    UNDECODABLE_BYTES = "UNDECODABLE_BYTES"
    QUOTE_NOT_CLOSED = "QUOTE_NOT_CLOSED"
    TEXT_AFTER_QUOTE = "TEXT_AFTER_QUOTE"
    TOO_MANY_BROKEN_QUOTES = "TOO_MANY_BROKEN_QUOTES"
    COLUMN_COUNT = "COLUMN_COUNT"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_MAPPED_MISSING = "COLUMN_MAPPED_MISSING"
    COLUMN_IGNORED = "COLUMN_IGNORED"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    ARTICLE_NUMBER_MISSING = "ARTICLE_NUMBER_MISSING"
    ARTICLE_NUMBER_REPEATED = "ARTICLE_NUMBER_REPEATED"
    MERGE_CONFLICT = "MERGE_CONFLICT"
    NAME_MISSING = "NAME_MISSING"
    PRICE_MISSING = "PRICE_MISSING"
    PRICE_ZERO = "PRICE_ZERO"
    PRICE_NEGATIVE = "PRICE_NEGATIVE"
    PRICE_ABSURD = "PRICE_ABSURD"
    PRICE_FROM_NET = "PRICE_FROM_NET"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    NUMBER_AMBIGUOUS = "NUMBER_AMBIGUOUS"
    NOT_YES_NO = "NOT_YES_NO"
    VAT_MISSING = "VAT_MISSING"
    VAT_RATE_UNKNOWN = "VAT_RATE_UNKNOWN"
    VAT_FROM_CLASS = "VAT_FROM_CLASS"
    VAT_CONFLICT = "VAT_CONFLICT"
    TAX_CLASS_UNKNOWN = "TAX_CLASS_UNKNOWN"
    GTIN_NOT_DIGITS = "GTIN_NOT_DIGITS"
    GTIN_SCIENTIFIC = "GTIN_SCIENTIFIC"
    GTIN_LENGTH = "GTIN_LENGTH"
    GTIN_CHECK_DIGIT = "GTIN_CHECK_DIGIT"
    GTIN_SHARED = "GTIN_SHARED"
    CATEGORY_GAP = "CATEGORY_GAP"
    DEPOSIT_ARTICLE_UNKNOWN = "DEPOSIT_ARTICLE_UNKNOWN"
    PARENT_UNKNOWN = "PARENT_UNKNOWN"
    PARENT_IS_SELF = "PARENT_IS_SELF"


# German, English; {value} is the cell, {rule} what would have been right.
_TEXTS: dict[Reason, tuple[str, str]] = {
    Reason.FILE_EMPTY: ("Die Datei enthält keine Kopfzeile.", "The file has no header line."),
    Reason.FILE_NOT_CSV: (
        "Das ist keine CSV-Datei, sondern {value}. Bitte als CSV exportieren.",
        "This is not a CSV file but {value}. Please export it as CSV.",
    ),
    Reason.FILE_UTF16: (
        "Die Datei ist UTF-16 kodiert. Bitte als {rule} exportieren.",
        "The file is encoded as UTF-16. Please export it as {rule}.",
    ),
    Reason.UNDECODABLE_BYTES: (
        "„{value}“ ist nicht als {rule} lesbar. Bitte die Kodierung beim Export prüfen.",
        "“{value}” cannot be read as {rule}. Please check the encoding of the export.",
    ),
    Reason.QUOTE_NOT_CLOSED: (
        "Das Anführungszeichen, das hier beginnt, wird nie geschlossen.",
        "The quotation mark that opens here is never closed.",
    ),
    Reason.TEXT_AFTER_QUOTE: (
        "Das Anführungszeichen, das hier beginnt, schließt in Zeile {rule} mitten im Text. "
        "Anführungszeichen im Text müssen verdoppelt sein.",
        "The quotation mark that opens here closes within text in line {rule}. Quotation marks in text must be doubled.",
    ),
    Reason.TOO_MANY_BROKEN_QUOTES: (
        "Mehr als {rule} fehlerhafte Anführungszeichen: Ab hier wurde nicht weitergelesen.",
        "More than {rule} broken quotation marks: reading stopped here.",
    ),
    Reason.COLUMN_COUNT: (
        "Die Zeile hat {value} Spalten, die Kopfzeile {rule}.",
        "The row has {value} columns, the header line has {rule}.",
    ),
    Reason.COLUMN_MISSING: (
        "Eine nötige Spalte fehlt. Erwartet wird eine von: {rule}.",
        "A necessary column is missing. Expected is one of: {rule}.",
    ),
    Reason.COLUMN_MAPPED_MISSING: (
        "Die Zuordnung nennt die Spalte „{value}“ ({rule}), die Datei hat sie nicht.",
        "The mapping names the column “{value}” ({rule}), which the file does not have.",
    ),
    Reason.COLUMN_IGNORED: (
        "Diese Spalte wird nicht gelesen, weil „{rule}“ dasselbe bedeutet und weiter vorn steht.",
        "This column is not read, because “{rule}” means the same and comes first.",
    ),
    Reason.CONTROL_CHARACTER: (
        "„{value}“ enthält ein Steuerzeichen ({rule}), das nicht auf einen Bon darf.",
        "“{value}” contains a control character ({rule}), which must not reach a receipt.",
    ),
    Reason.ARTICLE_NUMBER_MISSING: ("Die Artikelnummer fehlt.", "The article number is missing."),
    Reason.ARTICLE_NUMBER_REPEATED: (
        "Die Artikelnummer „{value}“ gab es schon in Zeile {rule}. "
        "Mit --repeated merge werden weitere GTIN und Kategorien zusammengeführt.",
        "The article number “{value}” was already in line {rule}. "
        "With --repeated merge, further GTINs and categories are merged.",
    ),
    Reason.MERGE_CONFLICT: (
        "„{value}“ widerspricht der ersten Zeile dieses Artikels: {rule}.",
        "“{value}” contradicts the first row of this article: {rule}.",
    ),
    Reason.NAME_MISSING: ("Der Artikelname fehlt.", "The article's name is missing."),
    Reason.PRICE_MISSING: ("Der Preis fehlt (brutto oder netto).", "The price is missing (gross or net)."),
    Reason.PRICE_ZERO: ("Der Preis ist 0,00 €.", "The price is 0.00 €."),
    Reason.PRICE_NEGATIVE: (
        "Der Preis „{value}“ ist negativ. Das ist nur bei Leergut erlaubt.",
        "The price “{value}” is negative. Only deposit returns may be.",
    ),
    Reason.PRICE_ABSURD: ("Der Preis „{value}“ liegt über {rule} €.", "The price “{value}” is above {rule} €."),
    Reason.PRICE_FROM_NET: (
        "Der Bruttopreis fehlt; er wird aus dem Nettopreis berechnet.",
        "There is no gross price; it is computed from the net price.",
    ),
    Reason.NOT_A_NUMBER: (
        "„{value}“ ist keine Zahl der Form {rule}.",
        "“{value}” is not a number of the form {rule}.",
    ),
    Reason.NUMBER_AMBIGUOUS: (
        "„{value}“ ist mehrdeutig: Tausenderpunkt oder Dezimalpunkt? Bitte {rule} schreiben.",
        "“{value}” is ambiguous: a point for thousands or for decimals? Please write {rule}.",
    ),
    Reason.NOT_YES_NO: ("„{value}“ ist keines von {rule}.", "“{value}” is none of {rule}."),
    Reason.VAT_MISSING: ("Der Steuersatz fehlt.", "The VAT rate is missing."),
    Reason.VAT_RATE_UNKNOWN: (
        "Den Steuersatz „{value}“ gibt es nicht. Bekannt sind {rule}.",
        "There is no VAT rate “{value}”. Known are {rule}.",
    ),
    Reason.VAT_FROM_CLASS: (
        "Statt eines Steuersatzes steht hier die Steuerklasse „{value}“; gelesen als {rule}.",
        "Instead of a VAT rate this is the tax class “{value}”; read as {rule}.",
    ),
    Reason.VAT_CONFLICT: (
        "Die Steuerklasse „{value}“ widerspricht dem Steuersatz {rule}.",
        "The tax class “{value}” contradicts the VAT rate {rule}.",
    ),
    Reason.TAX_CLASS_UNKNOWN: (
        "Die Steuerklasse „{value}“ ist unbekannt. Sie kann in der Zuordnung unter {rule} stehen.",
        "The tax class “{value}” is unknown. The mapping may name it under {rule}.",
    ),
    Reason.GTIN_NOT_DIGITS: (
        "Die GTIN „{value}“ enthält andere Zeichen als Ziffern.",
        "The GTIN “{value}” is not all digits.",
    ),
    Reason.GTIN_SCIENTIFIC: (
        "Eine Tabellenkalkulation hat die GTIN zu „{value}“ verkürzt. Bitte die Spalte als Text exportieren.",
        "A spreadsheet has shortened the GTIN to “{value}”. Please export the column as text.",
    ),
    Reason.GTIN_LENGTH: (
        "Die GTIN „{value}“ muss {rule} Ziffern haben.",
        "The GTIN “{value}” must have {rule} digits.",
    ),
    Reason.GTIN_CHECK_DIGIT: (
        "Die Prüfziffer der GTIN „{value}“ ist falsch; richtig wäre {rule}.",
        "The check digit of the GTIN “{value}” is wrong; {rule} would be right.",
    ),
    Reason.GTIN_SHARED: (
        "Die GTIN „{value}“ hat auch der Artikel {rule}.",
        "The GTIN “{value}” also belongs to article {rule}.",
    ),
    Reason.CATEGORY_GAP: (
        "Die Kategorie „{value}“ steht unter einer leeren Ebene: {rule}.",
        "The category “{value}” stands below an empty level: {rule}.",
    ),
    Reason.DEPOSIT_ARTICLE_UNKNOWN: (
        "Den Pfandartikel „{value}“ gibt es in dieser Datei nicht oder er ist fehlerhaft.",
        "The deposit article “{value}” is not in this file or is itself wrong.",
    ),
    Reason.PARENT_UNKNOWN: (
        "Der Vaterartikel „{value}“ steht nicht in dieser Datei.",
        "The parent article “{value}” is not in this file.",
    ),
    Reason.PARENT_IS_SELF: (
        "Der Artikel „{value}“ nennt sich selbst als Vaterartikel.",
        "The article “{value}” names itself as its parent.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in the file, at the place where a person can mend it.

    `line` is the line of the file, from 1 (the header line), also inside a row with embedded line breaks. `column_index`
    counts from 1 as spreadsheets do. Both column fields are None when the whole row or file is meant. `value` is what stood
    there, `rule` what would have been right, written so that it needs no translation (a digit, a list, another line).
    """

    line: int
    column_name: str | None
    column_index: int | None
    value: str
    rule: str
    reason_code: Reason
    severity: Severity = Severity.ERROR

    @property
    def german(self) -> str:
        """For the shop manager: where, what, and what to do."""
        place = f"Zeile {self.line}"
        if self.column_index is not None:
            place += f", Spalte {self.column_index}" + (
                f" „{_printable(self.column_name)}“" if self.column_name else ""
            )
        return f"{place}: {self._sentence(0)}"

    @property
    def english(self) -> str:
        """The same sentence in English."""
        place = f"line {self.line}"
        if self.column_index is not None:
            place += f", column {self.column_index}" + (
                f" “{_printable(self.column_name)}”" if self.column_name else ""
            )
        return f"{place}: {self._sentence(1)}"

    def _sentence(self, language: int) -> str:
        value = self.value if len(self.value) <= _SHOWN_CHARACTERS else self.value[: _SHOWN_CHARACTERS - 1] + "…"
        text = _TEXTS[self.reason_code][language]
        return text.format(value=_printable(value), rule=_printable(self.rule))


def _printable(text: str) -> str:
    """A merchant's cell may hold control characters, which would steer the terminal that shows the message."""
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)
