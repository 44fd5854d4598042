"""What is on the paper: lines, symbols and images, and the slips they are cut into.

All lengths are dots; at the usual 203 dpi a millimetre has eight of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from drivers.virtual.barcodes import BarcodePattern

DOTS_PER_MM: Final = 8
COPY_MARK: Final = re.compile(r"\bKOPIE\b")
RECEIPT_NUMBER: Final = r"^\s*(?:(?:Bon-Nr|No)\.?:?\s*([\w/-]*\d[\w/-]*)|Bon\s+(\d[\w/-]*))"


class Align(Enum):
    """ESC a (Epson ESC/POS reference)."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


class Font(Enum):
    """Character fonts and their cells: width, height (Epson TM-T88 and TM-T20 families, 203 dpi)."""

    A = (12, 24)
    B = (9, 17)


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look: magnification 1 to 8, underline 0 to 2 dots thick."""

    font: Font = Font.A
    bold: bool = False
    underline: int = 0
    width: int = 1
    height: int = 1
    inverse: bool = False

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of one character in dots."""
        return self.font.value[0] * self.width, self.font.value[1] * self.height


@dataclass(frozen=True, slots=True)
class Placement:
    """Where something may stand: left edge and width of the printing area, and the justification in it."""

    left: int
    width: int
    align: Align = Align.LEFT

    def start(self, content: int) -> int:
        """The x at which content of this width begins."""
        free = max(0, self.width - content)
        return self.left + {Align.LEFT: 0, Align.CENTRE: free // 2, Align.RIGHT: free}[self.align]


@dataclass(frozen=True, slots=True)
class Image:
    """A black and white picture: rows of packed bits, most significant bit left, 1 is black."""

    columns: int
    rows: int
    bits: bytes
    x_scale: int = 1
    y_scale: int = 1

    @property
    def size(self) -> tuple[int, int]:
        """Printed width and height."""
        return self.columns * self.x_scale, self.rows * self.y_scale


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style, x dots right of where their line begins."""

    x: int
    text: str
    style: Style

    @property
    def size(self) -> tuple[int, int]:
        """Printed width and height."""
        width, height = self.style.cell
        return width * len(self.text), height


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a picture within a line (ESC *), x dots right of where the line begins."""

    x: int
    image: Image

    @property
    def size(self) -> tuple[int, int]:
        """Printed width and height."""
        return self.image.size


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. `advance` is how far the paper moved."""

    parts: tuple[Run | Strip, ...]
    placement: Placement
    advance: int

    @property
    def width(self) -> int:
        """From the first to the last dot."""
        return max((part.x + part.size[0] for part in self.parts), default=0)

    @property
    def height(self) -> int:
        """Of the tallest part."""
        return max((part.size[1] for part in self.parts), default=0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster or stored graphic."""

    image: Image
    placement: Placement

    @property
    def advance(self) -> int:
        """Paper moved."""
        return self.image.size[1]


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR symbol made by the printer: payload, error correction level (L M Q H), version, dots per module."""

    payload: bytes
    level: str
    version: int
    module: int
    placement: Placement

    @property
    def advance(self) -> int:
        """Paper moved; also the width of the symbol."""
        return (17 + 4 * self.version) * self.module


@dataclass(frozen=True, slots=True)
class Barcode:
    """A bar code made by the printer. `hri` says where its text stands: 0 nowhere, 1 above, 2 below, 3 both."""

    pattern: BarcodePattern
    module: int
    height: int
    hri: int
    hri_font: Font
    placement: Placement

    @property
    def advance(self) -> int:
        """Paper moved."""
        return self.height + self.hri_font.value[1] * (self.hri & 1) + self.hri_font.value[1] * (self.hri >> 1 & 1)


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank paper."""

    advance: int


Element = Line | Picture | QrCode | Barcode | Feed


class Cut(StrEnum):
    """How a slip ended."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Interruption(StrEnum):
    """Why a slip is incomplete."""

    POWER = "power"
    LINK = "link"
    CLEARED = "cleared"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Slip:
    """A piece of paper in somebody's hand.

    `started_at` and `ended_at` are milliseconds of the clock the printer is run with; `connection` is the link the first
    byte on it came from; `boot` counts power cycles.
    """

    number: int
    elements: tuple[Element, ...]
    cut: Cut
    connection: str
    boot: int
    started_at: int
    ended_at: int
    text: str
    receipt_number: str | None
    interruption: Interruption | None = None

    @property
    def complete(self) -> bool:
        """Whether it was printed to its end and cut."""
        return self.interruption is None

    @property
    def copy(self) -> bool:
        """Whether it is marked as a copy."""
        return COPY_MARK.search(self.text) is not None

    @property
    def qr_payloads(self) -> tuple[str, ...]:
        """Contents of the QR symbols on it."""
        return tuple(e.payload.decode("utf-8", "replace") for e in self.elements if isinstance(e, QrCode))

    @property
    def barcodes(self) -> tuple[str, ...]:
        """Contents of the bar codes on it, check digits included."""
        return tuple(e.pattern.text for e in self.elements if isinstance(e, Barcode))


@dataclass(frozen=True, slots=True)
class PaperCount:
    """How often a receipt is on paper: unmarked, and marked as a copy. Incomplete slips count."""

    originals: int = 0
    copies: int = 0


def count_receipts(slips: Iterable[Slip]) -> dict[str, PaperCount]:
    """Originals and copies by receipt number. Slips without a receipt number are left out."""
    counts: dict[str, PaperCount] = {}
    for slip in slips:
        if slip.receipt_number is None:
            continue
        before = counts.get(slip.receipt_number, PaperCount())
        counts[slip.receipt_number] = PaperCount(before.originals + (not slip.copy), before.copies + slip.copy)
    return counts


def find_receipt_number(text: str, pattern: re.Pattern[str]) -> str | None:
    """The first group that matched in the first line that has a receipt number."""
    found = pattern.search(text)
    return next((group for group in found.groups() if group), None) if found else None
