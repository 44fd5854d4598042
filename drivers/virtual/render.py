"""A slip as a picture: what the paper looks like, dot for dot at 203 dpi, with the margins of the roll.

576 printable dots lie on an 80 mm roll of 640, 384 on a 58 mm roll of 464.
"""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Final

import qrcode
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from drivers.virtual.font import glyphs, missing
from drivers.virtual.paper import Barcode, Element, Feed, Line, Picture, QrCode, Run, Slip, Strip, Style
from drivers.virtual.symbols import CORRECTION

PAPER: Final = (250, 248, 242)
INK: Final = (38, 36, 42)
TABLE: Final = (226, 226, 224)
SIDE_MARGIN: Final = 32
END_MARGIN: Final = 48
TORN_EDGE: Final = 14
SOLID: Final = 255


def render_slip(slip: Slip, width: int) -> Image.Image:
    """The slip in colour; `width` is the printable width in dots. A slip given up shows a torn lower edge."""
    ink = _Sheet(width, sum(_height(element) for element in slip.elements)).drawn(slip)
    size = (width + 2 * SIDE_MARGIN, ink.height + 2 * END_MARGIN)
    mask = Image.new("L", size)
    mask.paste(ink, (SIDE_MARGIN, END_MARGIN))
    # A heated dot is a little round and bleeds a little.
    mask = mask.filter(ImageFilter.GaussianBlur(0.45))
    picture = Image.composite(Image.new("RGB", size, INK), Image.new("RGB", size, PAPER), mask)
    if not slip.complete:
        _tear(picture)
    return picture


def _height(element: Element) -> int:
    return max(element.advance, element.height) if isinstance(element, Line) else element.advance


def _tear(picture: Image.Image) -> None:
    bottom = picture.height
    edge = [(x, bottom - TORN_EDGE * (x // TORN_EDGE % 2)) for x in range(0, picture.width + TORN_EDGE, TORN_EDGE)]
    ImageDraw.Draw(picture).polygon([(0, bottom), *edge, (picture.width, bottom)], fill=TABLE)


class _Sheet:
    """Ink on paper, 255 is black."""

    def __init__(self, width: int, height: int) -> None:
        self._ink = Image.new("L", (width, max(1, height)))
        self._y = 0

    def drawn(self, slip: Slip) -> Image.Image:
        for element in slip.elements:
            self._draw(element)
            self._y += _height(element)
        return self._ink

    @singledispatchmethod
    def _draw(self, element: Element) -> None:
        raise TypeError(element)

    @_draw.register
    def _(self, element: Feed) -> None:
        """Blank."""

    @_draw.register
    def _(self, line: Line) -> None:
        left = line.placement.start(line.width)
        for part in line.parts:
            # Characters of different height stand on one base line.
            top = self._y + line.height - part.size[1]
            if isinstance(part, Strip):
                self._stamp(_scaled(part), left + part.x, top)
            else:
                self._run(part, left + part.x, top)

    @_draw.register
    def _(self, element: Picture) -> None:
        picture = _scaled(element)
        self._stamp(picture, element.placement.start(picture.width), self._y)

    @_draw.register
    def _(self, element: QrCode) -> None:
        code = qrcode.QRCode(version=element.version, error_correction=CORRECTION[element.level], border=0)
        code.add_data(element.payload)
        rows = code.get_matrix()
        symbol = Image.new("L", (len(rows), len(rows)))
        symbol.putdata([SOLID if dark else 0 for row in rows for dark in row])
        symbol = ImageOps.scale(symbol, element.module, Image.Resampling.NEAREST)
        self._stamp(symbol, element.placement.start(symbol.width), self._y)

    @_draw.register
    def _(self, element: Barcode) -> None:
        modules = element.pattern.modules
        bars = Image.new("L", (len(modules), 1))
        bars.putdata([SOLID if module == "1" else 0 for module in modules])
        bars = bars.resize((len(modules) * element.module, element.height), Image.Resampling.NEAREST)
        left, y = element.placement.start(bars.width), self._y
        if element.hri & 1:
            y = self._readable(element, left, bars.width, y)
        self._stamp(bars, left, y)
        if element.hri & 2:
            self._readable(element, left, bars.width, y + element.height)

    def _readable(self, element: Barcode, left: int, width: int, y: int) -> int:
        text = Run(0, element.pattern.text, Style(font=element.hri_font))
        self._run(text, left + max(0, width - text.size[0]) // 2, y)
        return y + text.size[1]

    def _run(self, run: Run, left: int, top: int) -> None:
        style = run.style
        width, height = style.cell
        for index, character in enumerate(run.text):
            cell = glyphs(style.font).get(character) or missing(style.font)
            if style.bold:
                cell = _emboldened(cell)
            if style.underline:
                cell = cell.copy()
                cell.paste(SOLID, (0, cell.height - style.underline, cell.width, cell.height))
            if style.inverse:
                cell = ImageOps.invert(cell)
            if (style.width, style.height) != (1, 1):
                cell = cell.resize((width, height), Image.Resampling.NEAREST)
            self._ink.paste(cell, (left + index * width, top))

    def _stamp(self, picture: Image.Image, left: int, top: int) -> None:
        self._ink.paste(SOLID, (left, top), picture)


def _emboldened(cell: Image.Image) -> Image.Image:
    """Every dot printed twice, one dot apart."""
    bold = cell.copy()
    bold.paste(SOLID, (1, 0), cell)
    return bold


def _scaled(element: Picture | Strip) -> Image.Image:
    image = element.image
    if not image.columns or not image.rows:
        return Image.new("L", (1, 1))
    picture = Image.frombytes("1", (image.columns, image.rows), image.bits).convert("L")
    return picture.resize(image.size, Image.Resampling.NEAREST)
