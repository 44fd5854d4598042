"""Lines of one width: a label at the left, amounts at the right, never longer than the paper is wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from branchgate.printable import clean

WIDTH = 48
"""Characters per line of 80 mm paper in font A; also what a terminal is shown."""

_SHORTEST_LABEL = 8
_WIDEST_COLUMN = 13


@dataclass(frozen=True, slots=True)
class Layout:
    """How a report falls into lines of `width` characters: 48 and 42 on 80 mm paper, 32 on 58 mm."""

    width: int = WIDTH

    def centred(self, text: str) -> list[str]:
        """A text in the middle, on as many lines as it needs."""
        return [line.center(self.width).rstrip() for line in wrap(clean(text), self.width)]

    def indented(self, text: str) -> list[str]:
        """A remark below a title, on as many lines as it needs."""
        return wrap(clean(text), self.width, initial_indent="  ", subsequent_indent="  ")

    def rule(self, character: str = "-") -> str:
        """A line across."""
        return character * self.width

    def pair(self, label: str, value: str) -> str:
        """A label and its value; what does not fit beside the label goes below it."""
        value = clean(value)
        if len(value) > self.width - _SHORTEST_LABEL:
            return "\n".join([*self._above(label), *(line.rjust(self.width) for line in wrap(value, self.width))])
        return self._joined(label, value, self.width - len(value) - 1)

    def counted(self, label: str, count: str, amount: str) -> str:
        """A label, how many, and how much: in columns where they fit, an amount is never cut."""
        right = count.rjust(self.width // 6) + amount.rjust(max(self.width * 5 // 16, len(amount) + 1))
        room = self.width - len(right) - (not right.startswith(" "))
        if room < _SHORTEST_LABEL:
            return "\n".join([*self._above(label), count.rjust(self.width), amount.rjust(self.width)])
        return self._joined(label, right, room)

    def columns(self, rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
        """Rows of a label and one or two values, the last at the right edge; each as wide as the widest of these rows asks for.

        What does not fit beside its label goes below it, and no value is cut.
        """
        cells = [[clean(cell) for cell in values] for _, values in rows]
        longest = [max(map(len, column)) for column in zip(*cells, strict=True)]
        least = (self.width // 8, self.width // 4)[-len(longest) :]
        widths = [max(length + 1, width) for length, width in zip(longest, least, strict=True)]
        room = self.width - sum(widths)
        if room < _SHORTEST_LABEL:
            return [
                "\n".join([*self._above(label), *(cell.rjust(self.width) for cell in values if cell)])
                for (label, _), values in zip(rows, cells, strict=True)
            ]
        return [
            self._joined(label, "".join(cell.rjust(width) for cell, width in zip(values, widths, strict=True)), room)
            for (label, _), values in zip(rows, cells, strict=True)
        ]

    def table(self, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
        """Rows of labelled values under their heads, the first of which is the labels'.

        Where a value does not fit its column every row is stacked: its label, and below it each value with its head.
        """
        corner, *names = heads
        label_width = max(_SHORTEST_LABEL, len(corner), *(len(label) for label, _ in rows))
        column = min(_WIDEST_COLUMN, (self.width - label_width) // len(names))
        cells = [*names, *(value for _, values in rows for value in values)]
        if max(map(len, cells)) < column:
            room = self.width - column * len(names)
            lines = [(corner, names), *rows]
            return [
                self._joined(label, "".join(f"{value:>{column}}" for value in values), room) for label, values in lines
            ]
        return [
            line
            for label, values in rows
            for line in (
                *self._above(label),
                *(self.pair(f"  {name}", value) for name, value in zip(names, values, strict=True)),
            )
        ]

    def grid(self, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
        """Like `table`, with columns as wide as their own values where even ones would be too narrow for them."""
        corner, *names = heads
        lines = [(corner, names), *rows]
        label_width = max(len(clean(label)) for label, _ in lines)
        natural = [max(map(len, column)) + 1 for column in zip(*(values for _, values in lines), strict=True)]
        spare = (self.width - label_width - sum(natural)) // len(names)
        if spare < 0:
            return self.table(heads, rows)
        widths = [max(length, min(length + spare, _WIDEST_COLUMN)) for length in natural]
        room = self.width - sum(widths)
        return [
            self._joined(label, "".join(f"{value:>{width}}" for value, width in zip(values, widths, strict=True)), room)
            for label, values in lines
        ]

    def _joined(self, label: str, right: str, room: int) -> str:
        label = clean(label)
        if len(label) <= room:
            return f"{label.ljust(self.width - len(right))}{right}"
        return "\n".join([*self._above(label), right.rjust(self.width)])

    def _above(self, label: str) -> list[str]:
        return wrap(clean(label), self.width)
