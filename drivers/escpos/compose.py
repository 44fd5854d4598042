"""From a document to the bytes for one kind of printer: a pure function, complete before anything is sent.

The result is a list of bands. Band 0 sets the printer up, the last one cuts; the printing side puts a fence after each.
So a band never ends inside a command and, single long commands aside, stays below `BAND_LIMIT`, to keep the printer's buffer
from filling.
"""

from __future__ import annotations

from typing import Final, assert_never

from drivers.errors import DeviceRefused, Reason
from drivers.escpos import commands
from drivers.escpos.document import (
    Align,
    Barcode,
    Bitmap,
    Columns,
    Cut,
    Document,
    Element,
    Feed,
    Picture,
    QrCode,
    Rule,
    Symbology,
    Text,
)
from drivers.escpos.layout import row_lines, rule_line, text_lines
from drivers.escpos.profile import Cutter, PrinterProfile
from drivers.escpos.qr import qr_bitmap
from drivers.escpos.raster import raster_bands
from drivers.escpos.renderer import Renderer, renderer
from drivers.escpos.status import AsbRequest

BAND_LIMIT: Final = 1024
TEAR_BAR_FEED: Final = 6  # lines from the head to the edge
LONGEST_QR: Final = 2_000  # bytes; more does not fit a version-40 code with its error correction everywhere
LONGEST_CODE128: Final = 60

_ALIGN: Final = {
    Align.LEFT: commands.ALIGN_LEFT,
    Align.CENTER: commands.ALIGN_CENTER,
    Align.RIGHT: commands.ALIGN_RIGHT,
}
_CUT: Final = {
    Cutter.PARTIAL: commands.FEED_AND_PARTIAL_CUT,
    Cutter.FULL: commands.FEED_AND_FULL_CUT,
    Cutter.NONE: commands.feed_lines(TEAR_BAR_FEED),
}
REPORT_EVERYTHING: Final = AsbRequest.DRAWER | AsbRequest.ONLINE | AsbRequest.ERROR | AsbRequest.PAPER


def set_up(profile: PrinterProfile) -> bytes:
    """Bring the printer into a known state. Status reports are asked for again, because ESC @ ends them."""
    report = commands.automatic_status(REPORT_EVERYTHING) if profile.status else b""
    return commands.INITIALISE + commands.CHARACTER_SET_USA + commands.code_page(profile.code_page) + report


def cut(profile: PrinterProfile) -> bytes:
    """Part the paper, in the printer's way."""
    return _CUT[profile.cutter]


def compose(document: Document, profile: PrinterProfile) -> tuple[bytes, ...]:
    """Render a document. Raises DeviceRefused when something in it cannot be printed on any such printer."""
    page = _Page(profile)
    for element in document.elements:
        page.add(element)
    if not document.elements or not isinstance(document.elements[-1], Cut):
        page.add(Cut())
    return (set_up(profile), *page.bands())


class _Page:
    """The bytes so far, in pieces that must stay whole, and the print mode they leave behind."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._renderer: Renderer = renderer()
        self._pieces: list[bytes] = []
        self._align, self._bold, self._double = Align.LEFT, False, False

    def add(self, element: Element) -> None:
        columns = self._profile.columns
        match element:
            case Text():
                self._lines(text_lines(element, columns), element.align, element.bold, element.double)
            case Columns():
                self._lines(row_lines(element, columns), Align.LEFT, element.bold, element.double)
            case Rule():
                self._lines([rule_line(element, columns)], Align.LEFT, False, False)
            case QrCode():
                self._qr(element)
            case Barcode():
                self._code(_barcode(element))
            case Picture():
                self._picture(element.bitmap)
            case Feed():
                self._pieces.append(commands.feed_lines(min(max(element.lines, 0), 255)))
            case Cut():
                self._pieces.append(cut(self._profile))
            case _:
                assert_never(element)

    def bands(self) -> list[bytes]:
        bands = [b""]
        for piece in self._pieces:
            if bands[-1] and len(bands[-1]) + len(piece) > BAND_LIMIT:
                bands.append(b"")
            bands[-1] += piece
        return bands

    def _lines(self, lines: list[str], align: Align, bold: bool, double: bool) -> None:
        mode = self._mode(align, bold, double)
        for line in lines:
            self._renderer.text(f"{line}\n")
            self._pieces.append(mode + self._rendered())
            mode = b""

    def _picture(self, bitmap: Bitmap) -> None:
        """In the middle by its own blanks: not every printer centres a raster image."""
        if self._profile.raster:
            first, *more = raster_bands(bitmap, self._profile.dots, BAND_LIMIT)
            self._pieces += [self._mode(Align.LEFT, False, False) + first, *more]

    def _code(self, data: bytes) -> None:
        self._pieces.append(self._mode(Align.CENTER, False, False) + data)

    def _mode(self, align: Align, bold: bool, double: bool) -> bytes:
        """Only what changes: select everything anew on each line and a slow serial line carries little else."""
        changes = b""
        if align is not self._align:
            changes += _ALIGN[align]
        if bold != self._bold:
            changes += commands.BOLD_ON if bold else commands.BOLD_OFF
        if double != self._double:
            changes += commands.SIZE_DOUBLE if double else commands.SIZE_NORMAL
        self._align, self._bold, self._double = align, bold, double
        return changes

    def _qr(self, element: QrCode) -> None:
        harmless = element.data.replace("\n", "").isprintable()  # real-time commands work inside a code's data too
        if not element.data or not harmless or len(element.data.encode()) > LONGEST_QR or not 1 <= element.dots <= 16:
            raise self._bad_qr(element)
        if self._profile.draws_qr:
            self._renderer.qr(element.data, size=element.dots, native=True)
            self._code(self._rendered())
        else:
            bitmap = qr_bitmap(element.data, element.dots, self._profile.dots)
            if bitmap is None or not self._profile.raster:
                raise self._bad_qr(element)
            self._picture(bitmap)

    def _bad_qr(self, element: QrCode) -> DeviceRefused:
        return _unprintable(self._profile, f"QR code of {len(element.data)} characters, {element.dots} dots")

    def _rendered(self) -> bytes:
        data = self._renderer.output
        self._renderer.clear()
        return data


def _barcode(element: Barcode) -> bytes:
    if not 1 <= element.height <= 255 or not 2 <= element.width <= 6:
        raise _bad_barcode(element)
    match element.symbology:
        case Symbology.EAN13:
            if len(element.data) not in (12, 13) or not (element.data.isascii() and element.data.isdigit()):
                raise _bad_barcode(element)
            return commands.ean13(element.data, element.height, element.width)
        case Symbology.CODE128:
            fits = 1 <= len(element.data) <= LONGEST_CODE128
            if not fits or not (element.data.isascii() and element.data.isprintable()):
                raise _bad_barcode(element)
            return commands.code128(element.data, element.height, element.width)
        case _:
            assert_never(element.symbology)


def _bad_barcode(element: Barcode) -> DeviceRefused:
    return DeviceRefused(Reason.DOCUMENT_UNPRINTABLE, str(element.symbology), f"cannot be drawn: {element.data!r}")


def _unprintable(profile: PrinterProfile, what: str) -> DeviceRefused:
    return DeviceRefused(Reason.DOCUMENT_UNPRINTABLE, profile.name, what)
