"""A receipt before any printer: what to print, not how.

The same document becomes printer bytes (`compose`), and plain text for previews and tests (`to_text`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Symbology(StrEnum):
    """Kinds of barcodes every common receipt printer draws by itself."""

    EAN13 = "ean13"
    CODE128 = "code128"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; long text is wrapped at blanks. `double` is double width and height."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """A row with a left part, which wraps, and a right part, which never does (amounts)."""

    left: str
    right: str
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    character: str = "-"


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code drawn by the printer, centred; `dots` is the edge of one module (1 to 16)."""

    data: str
    dots: int = 4


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode drawn by the printer, centred, its text below; `height` and `width` of the thinnest bar in dots."""

    data: str
    symbology: Symbology = Symbology.EAN13
    height: int = 64
    width: int = 3


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """End of a slip. A document without one is cut at its end all the same."""


Element = Text | Columns | Rule | QrCode | Barcode | Feed | Cut


@dataclass(frozen=True, slots=True)
class Document:
    """What goes on paper as one piece."""

    elements: tuple[Element, ...]
