"""A slip as plain text: what a person reads on it, with symbols and pictures named in brackets."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.virtual.paper import Barcode, Element, Feed, Font, Line, Picture, QrCode, Run

_COLUMN = Font.A.value[0]


def slip_text(elements: Iterable[Element]) -> str:
    """One text line per printed line; justification and tabulators as spaces on the 12-dot grid."""
    lines = [line for element in elements if (line := _element_text(element)) is not None]
    return "\n".join(lines).strip("\n") + "\n" if lines else ""


def _element_text(element: Element) -> str | None:
    match element:
        case Line():
            return _line_text(element)
        case QrCode():
            return f"[QR {element.payload.decode('utf-8', 'replace')}]"
        case Barcode():
            return f"[{element.pattern.symbology} {element.pattern.text}]"
        case Picture():
            return "[image {}x{}]".format(*element.image.size)
        case Feed():
            return None


def _line_text(line: Line) -> str:
    text = " " * (line.placement.start(line.width) // _COLUMN)
    reached = 0
    for part in line.parts:
        text += " " * ((part.x - reached) // _COLUMN)
        text += part.text if isinstance(part, Run) else "[image {}x{}]".format(*part.size)
        reached = part.x + part.size[0]
    return text.rstrip()
