"""A receipt before any printer: what to print, not how.

The same document becomes printer bytes (`compose`), plain text (`to_text`), and from the printer's bytes a picture (`drivers.preview`).
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
class Bitmap:
    """Black and white dots as a printer burns them: packed rows, each beginning a byte, most significant bit left, 1 is black.

    Raises ValueError when `rows` is not as long as width and height say.
    """

    width: int
    height: int
    rows: bytes

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or len(self.rows) != self.row_bytes * self.height:
            raise ValueError(f"{len(self.rows)} bytes are not {self.width} x {self.height} dots")

    @property
    def row_bytes(self) -> int:
        """Bytes of one row, its last bits unused when the width is no multiple of eight."""
        return (self.width + 7) // 8


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, such as the shop's logo, dot for dot and centred (see `drivers.escpos.pictures`).

    It decorates: a printer that cannot print raster images leaves it out rather than the receipt.
    """

    bitmap: Bitmap


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """End of a slip. A document without one is cut at its end all the same."""


Element = Text | Columns | Rule | QrCode | Barcode | Picture | Feed | Cut


@dataclass(frozen=True, slots=True)
class Document:
    """What goes on paper as one piece."""

    elements: tuple[Element, ...]
