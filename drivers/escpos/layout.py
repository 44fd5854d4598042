"""How the words of a document fall into lines of a given width. Pure text, shared by printer bytes and plain text."""

from __future__ import annotations

import textwrap
from typing import assert_never

from drivers.escpos.document import (
    Align,
    Barcode,
    Columns,
    Cut,
    Document,
    Element,
    Feed,
    Picture,
    QrCode,
    Rule,
    Text,
)
from drivers.escpos.sanitise import printable


def text_lines(element: Text, columns: int) -> list[str]:
    """The lines of a paragraph, not yet aligned; an empty paragraph is one empty line."""
    return _wrap(printable(element.text), _width(columns, element.double))


def row_lines(element: Columns, columns: int) -> list[str]:
    """The lines of a row: the right part stands flush right, on a line of its own when it does not fit."""
    width = _width(columns, element.double)
    left, right = printable(element.left), printable(element.right)
    if not right:
        return _wrap(left, width)
    *above, last = _wrap(left, max(width - len(right) - 1, width // 2))
    if len(last) + 1 + len(right) <= width:
        return [*above, last + right.rjust(width - len(last))]
    return [*above, last, *(line.rjust(width) for line in _wrap(right, width))]


def rule_line(element: Rule, columns: int) -> str:
    """One line of the rule's character."""
    return (printable(element.character)[:1] or "-") * columns


def to_text(document: Document, columns: int) -> str:
    """The document as plain text: what a reader of the paper would see, codes named in brackets."""
    return "".join(f"{line.rstrip()}\n" for element in document.elements for line in _plain(element, columns))


def _plain(element: Element, columns: int) -> list[str]:
    match element:
        case Text():
            return [_aligned(line, element.align, columns) for line in text_lines(element, columns)]
        case Columns():
            return row_lines(element, columns)
        case Rule():
            return [rule_line(element, columns)]
        case QrCode():
            return [_aligned("[QR]", Align.CENTER, columns)]
        case Barcode():
            return [_aligned(f"[{printable(element.data)}]", Align.CENTER, columns)]
        case Picture():
            return [_aligned("[Bild]", Align.CENTER, columns)]
        case Feed():
            return [""] * element.lines
        case Cut():
            return [rule_line(Rule("="), columns)]
        case _:
            assert_never(element)


def _aligned(line: str, align: Align, columns: int) -> str:
    match align:
        case Align.LEFT:
            return line
        case Align.CENTER:
            return line.center(columns)
        case Align.RIGHT:
            return line.rjust(columns)
        case _:
            assert_never(align)


def _width(columns: int, double: bool) -> int:
    return columns // 2 if double else columns


def _wrap(text: str, width: int) -> list[str]:
    if len(text) <= width:
        return [text]
    return textwrap.wrap(text, width, drop_whitespace=True, break_on_hyphens=False) or [""]
