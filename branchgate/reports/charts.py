"""Charts as inline SVG, drawn by hand: bars that compare and columns that follow the time. The table beside a chart has its figures.

Nothing in a chart points outside or needs a script; colours are classes, so that paper and dark screens can have their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from branchgate.printable import clean

_WIDTH: Final = 640
_BAR: Final = 30
"""Height of a bar with its space, in units of the drawing."""
_NAMES: Final = 215
_AMOUNTS: Final = 110
_LONGEST_NAME: Final = 25
_HEIGHT: Final = 240
_FOOT: Final = 26
_HEAD: Final = 22
_CHARACTER: Final = 8
"""About as wide as a letter, so that names keep apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar or column: its name, its size in cents, and the size as people read it. `rest`: it stands for many that are not drawn."""

    name: str
    cents: int
    text: str
    rest: bool = False


def bars(title: str, marks: Sequence[Mark]) -> str:
    """Horizontal bars with names at the left and amounts at the right; what is below zero goes left of the line."""
    lowest, highest = min(0, *(mark.cents for mark in marks)), max(0, *(mark.cents for mark in marks))
    span, room = max(highest - lowest, 1), _WIDTH - _NAMES - _AMOUNTS
    zero = _NAMES + room * -lowest // span
    parts = [
        part
        for position, mark in enumerate(marks)
        for part in _bar(mark, position * _BAR, zero, room * abs(mark.cents) // span)
    ]
    height = len(marks) * _BAR
    axis = f'<line class="axis" x1="{zero}" y1="0" x2="{zero}" y2="{height}"/>'
    return _drawing(title, height, [*parts, axis])


def columns(title: str, marks: Sequence[Mark]) -> str:
    """Vertical columns in the order of time; the largest one bears its amount."""
    lowest, highest = min(0, *(mark.cents for mark in marks)), max(0, *(mark.cents for mark in marks))
    span, room = max(highest - lowest, 1), _HEIGHT - _HEAD - _FOOT
    zero = _HEAD + room * highest // span
    largest = max(range(len(marks)), key=lambda at: marks[at].cents)
    parts, named_to = [], 0
    for position, mark in enumerate(marks):
        left, right = (_WIDTH * at // len(marks) for at in (position, position + 1))
        size = room * abs(mark.cents) // span
        parts.append(
            _rectangle(mark, left + 2, zero - size if mark.cents >= 0 else zero, max(right - left - 4, 1), size)
        )
        middle = (left + right) // 2
        at, half = _inside(middle, mark.name), _half(mark.name)
        if at - half >= named_to:
            parts.append(_words(mark.name, at, _HEIGHT - 8, "middle"))
            named_to = at + half + _CHARACTER
        if position == largest:
            parts.append(_words(mark.text, _inside(middle, mark.text), zero - size - 6, "middle", strong=True))
    axis = f'<line class="axis" x1="0" y1="{zero}" x2="{_WIDTH}" y2="{zero}"/>'
    return _drawing(title, _HEIGHT, [*parts, axis])


def _inside(middle: int, text: str) -> int:
    """Where a text is centred so that no end of it leaves the drawing."""
    half = _half(text)
    return min(max(middle, half), max(_WIDTH - half, half))


def _half(text: str) -> int:
    return len(text) * _CHARACTER // 2


def _bar(mark: Mark, top: int, zero: int, size: int) -> list[str]:
    left = zero if mark.cents >= 0 else zero - size
    return [
        _words(_short(mark.name), _NAMES - 10, top + 20, "end"),
        _rectangle(mark, left, top + 5, size, _BAR - 10),
        _words(mark.text, _WIDTH, top + 20, "end", strong=True),
    ]


def _rectangle(mark: Mark, x: int, y: int, width: int, height: int) -> str:
    kind = "below" if mark.cents < 0 else "rest" if mark.rest else "above"
    told = escape(clean(f"{mark.name}: {mark.text}"))
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="2"><title>{told}</title></rect>'


def _words(text: str, x: int, y: int, anchor: str, *, strong: bool = False) -> str:
    weight = ' class="strong"' if strong else ""
    return f'<text{weight} x="{x}" y="{y}" text-anchor="{anchor}">{escape(clean(text))}</text>'


def _short(name: str) -> str:
    name = clean(name)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _drawing(title: str, height: int, parts: Sequence[str]) -> str:
    told = escape(clean(title))
    inner = "".join(parts)
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{told}">{inner}</svg>'
