"""Paper as SVG 1.1: text as text in a monospaced font, symbols as paths, pictures embedded. Nothing in it points outside.

One unit is one dot of the printer. `textLength` gives every line its width on paper, whatever font the reader has.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, assert_never
from xml.etree import ElementTree as ET

import qrcode
from PIL import Image as Pictures
from PIL import ImageOps

from drivers.preview.paper import Paper, extent
from drivers.virtual.paper import Barcode, Element, Feed, Image, Line, Picture, QrCode, Run, Strip, Style
from drivers.virtual.render import END_MARGIN, SIDE_MARGIN
from drivers.virtual.symbols import CORRECTION

NAMESPACE: Final = "http://www.w3.org/2000/svg"
_FONT: Final = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
_BASE_LINE: Final = 0.78
"""Of a cell's height: where the letters stand, below it their descenders."""
_SIZE: Final = 0.83
"""Font size of a cell's height, so that descenders do not touch the next line."""


def to_svg(paper: Paper, title: str = "") -> str:
    """The whole drawing as an XML document; `title` is what a screen reader says."""
    width, height = paper.width + 2 * SIDE_MARGIN, paper.height + 2 * END_MARGIN
    root = ET.Element(
        "svg",
        {
            "xmlns": NAMESPACE,
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "font-family": _FONT,
        },
    )
    if title:
        ET.SubElement(root, "title").text = _printable(title)
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
    sheet = ET.SubElement(root, "g", {"transform": f"translate({SIDE_MARGIN} {END_MARGIN})"})
    y = 0
    for element in paper.elements:
        sheet.extend(_drawn(element, y))
        y += extent(element)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _drawn(element: Element, y: int) -> Iterator[ET.Element]:
    match element:
        case Line():
            yield from _line(element, y)
        case Picture():
            yield _picture(element.image, element.placement.start(element.image.size[0]), y)
        case QrCode():
            yield _qr(element, y)
        case Barcode():
            yield from _barcode(element, y)
        case Feed():
            return
        case _:
            assert_never(element)


def _line(line: Line, y: int) -> Iterator[ET.Element]:
    left = line.placement.start(line.width)
    for part in line.parts:
        top = y + line.height - part.size[1]
        if isinstance(part, Strip):
            yield _picture(part.image, left + part.x, top)
        elif part.text.strip():
            yield _text(part, left + part.x, top)


def _text(run: Run, x: int, top: int) -> ET.Element:
    """One run; blanks around it are left out, because readers treat them differently."""
    width, height = run.style.cell
    begins = len(run.text) - len(run.text.lstrip())
    words = _printable(run.text.strip())
    text = ET.Element(
        "text",
        {
            "x": str(x + begins * width),
            "y": f"{top + height * _BASE_LINE:g}",
            "font-size": f"{height * _SIZE:g}",
            "textLength": str(len(words) * width),
            "lengthAdjust": "spacingAndGlyphs",
            "xml:space": "preserve",
        },
    )
    if run.style.bold:
        text.set("font-weight", "bold")
    text.text = words
    return text


def _picture(image: Image, x: int, y: int) -> ET.Element:
    columns, rows = max(1, image.columns), max(1, image.rows)
    dots = Pictures.frombytes("1", (columns, rows), image.bits.ljust((columns + 7) // 8 * rows, b"\0"))
    packed = io.BytesIO()
    ImageOps.invert(dots.convert("L")).convert("1").save(packed, "PNG", optimize=True)
    width, height = image.size
    return ET.Element(
        "image",
        {
            "x": str(x),
            "y": str(y),
            "width": str(width),
            "height": str(height),
            "preserveAspectRatio": "none",
            "style": "image-rendering:pixelated",
            "href": "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode("ascii"),
        },
    )


def _qr(element: QrCode, y: int) -> ET.Element:
    code = qrcode.QRCode(version=element.version, error_correction=CORRECTION[element.level], border=0)
    code.add_data(element.payload)
    rows = code.get_matrix()
    x = element.placement.start(len(rows) * element.module)
    path = "".join(f"M{at} {down}h{length}v1h-{length}z" for down, row in enumerate(rows) for at, length in _dark(row))
    return _modules(path, x, y, element.module, element.module)


def _barcode(element: Barcode, y: int) -> Iterator[ET.Element]:
    modules = element.pattern.modules
    width = len(modules) * element.module
    x = element.placement.start(width)
    label = Run(0, element.pattern.text, Style(font=element.hri_font))
    label_x = x + max(0, width - label.size[0]) // 2
    if element.hri & 1:
        yield _text(label, label_x, y)
        y += label.size[1]
    path = "".join(f"M{at} 0h{length}v1h-{length}z" for at, length in _dark(module == "1" for module in modules))
    yield _modules(path, x, y, element.module, element.height)
    if element.hri & 2:
        yield _text(label, label_x, y + element.height)


def _modules(path: str, x: int, y: int, wide: int, high: int) -> ET.Element:
    place = f"translate({x} {y}) scale({wide} {high})"
    return ET.Element("path", {"d": path, "transform": place, "shape-rendering": "crispEdges"})


def _dark(modules: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Where each unbroken row of dark modules begins, and how long it is."""
    at = 0
    for dark, same in groupby(modules):
        length = sum(1 for _ in same)
        if dark:
            yield at, length
        at += length


def _printable(text: str) -> str:
    """XML cannot hold controls, not even written as references."""
    return "".join(character if character.isprintable() else " " for character in text)
