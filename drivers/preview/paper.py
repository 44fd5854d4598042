"""What the virtual printer put on paper: the one source of every preview."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from drivers.escpos.compose import compose
from drivers.escpos.document import Document
from drivers.escpos.profile import EPSON_PAGE_858, PrinterProfile
from drivers.virtual.paper import Element, Feed, Image, Line, Picture, Slip
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.settings import PrinterSettings
from drivers.virtual.text import slip_text

_BETWEEN_SLIPS: Final = Feed(60)


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything on the paper of one document, from top to bottom; `width` is the printable width in dots."""

    elements: tuple[Element, ...]
    width: int

    @property
    def height(self) -> int:
        """Length of the paper in dots, margins apart."""
        return sum(map(extent, self.elements))

    @property
    def text(self) -> str:
        """What a person reads on it; symbols and pictures named in brackets, blank paper as one empty line."""
        pieces = [
            slip_text(piece) for blank, piece in groupby(self.elements, lambda e: isinstance(e, Feed)) if not blank
        ]
        return "\n".join(filter(None, pieces))


@dataclass(frozen=True, slots=True)
class _Build(PrinterSettings):
    """A virtual printer exactly as wide as the profile says: 42 columns at 180 dpi leave some dots over."""

    dots: int = 0

    @property
    def width(self) -> int:
        return self.dots


def extent(element: Element) -> int:
    """How much paper an element takes: large letters on narrow spacing take their own height."""
    return max(element.advance, element.height) if isinstance(element, Line) else element.advance


def print_on_paper(document: Document, profile: PrinterProfile) -> Paper:
    """Compose a document for a printer and let the virtual one print it. Raises DeviceRefused as `compose` does.

    The virtual printer numbers its code pages as Epson does; that number is all that differs from the bytes the printer gets.
    """
    printer = VirtualPrinter(_Build(columns=profile.columns, dots=profile.dots))
    for band in compose(document, replace(profile, code_page=EPSON_PAGE_858)):
        printer.receive(band, 0)
    printer.tear_off(0)
    elements: list[Element] = []
    for slip in printer.slips:
        elements += [_BETWEEN_SLIPS] * bool(elements) + _whole(slip)
    return Paper(tuple(elements), profile.dots)


def _whole(slip: Slip) -> list[Element]:
    """The elements of a slip, the bands of a picture put together again."""
    elements: list[Element] = []
    for element in slip.elements:
        last = elements[-1] if elements else None
        if isinstance(last, Picture) and isinstance(element, Picture) and _continues(last, element):
            elements[-1] = replace(last, image=_below(last.image, element.image))
        else:
            elements.append(element)
    return elements


def _continues(above: Picture, below: Picture) -> bool:
    return above.placement == below.placement and _shape(above.image) == _shape(below.image)


def _shape(image: Image) -> tuple[int, int, int]:
    return image.columns, image.x_scale, image.y_scale


def _below(above: Image, below: Image) -> Image:
    return replace(above, rows=above.rows + below.rows, bits=above.bits + below.bits)
