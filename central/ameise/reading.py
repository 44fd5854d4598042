"""CSV as JTL-Ameise and spreadsheets write it, read so that every cell knows its line in the file.

Quotes are doubled inside quotes; quoted cells may hold separators and line breaks; CRLF, LF and CR end a line. The standard
library's reader swallows half a file after one broken quote and cannot say where it opened; this one names the line, gives up
that row only and goes on with the next line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from central.ameise.decoding import show_undecoded
from central.ameise.problems import Problem, Reason

SEPARATORS = (";", ",", "\t")
MAX_BROKEN_QUOTES = 100  # each may look ahead as far as the next quote, so their number is bounded

_LINE_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line of the file where it begins (from 1) and its cells, verbatim."""

    line: int
    cells: tuple[str, ...]

    def line_of(self, index: int) -> int:
        """The line in which cell `index` (from 0) begins: cells before it may contain line breaks."""
        return self.line + sum(count_line_breaks(cell) for cell in self.cells[:index])

    @property
    def is_blank(self) -> bool:
        """A row of separators only, as spreadsheets leave them below the last article."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """All readable rows of a file, the header line among them, and the broken quotes."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    separator: str


def count_line_breaks(text: str) -> int:
    """How many lines `text` goes down, CRLF counting once."""
    return len(_LINE_BREAK.findall(text)) if "\n" in text or "\r" in text else 0


def read_csv(text: str, separator: str | None = None) -> Table:
    """Splits decoded text into rows. `separator` is one of SEPARATORS, or None to take the header line's most frequent one."""
    chosen = separator or detect_separator(text)
    reader = _Reader(text, chosen)
    reader.read()
    return Table(tuple(reader.rows), tuple(reader.problems), chosen)


def detect_separator(text: str) -> str:
    """The separator seen most often outside quotes in the first line that is not empty; `;` if there is none."""
    outside_quotes = re.sub(r'"(?:[^"]|"")*+"', "", text[:100_000]).lstrip("\r\n")
    first_line = _LINE_BREAK.split(outside_quotes, maxsplit=1)[0]
    return max(SEPARATORS, key=first_line.count)


class _BrokenQuoteError(Exception):
    """The quoted cell that begins at the reader's position does not end where a cell may end."""

    def __init__(self, closes_at: int | None) -> None:
        super().__init__(closes_at)
        self.closes_at = closes_at


class _Reader:
    def __init__(self, text: str, separator: str) -> None:
        self.text = text
        self.separator = separator
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self._plain_cell = re.compile(rf"[^{re.escape(separator)}\r\n]*")

    def read(self) -> None:
        at, line = 0, 1
        while at < len(self.text):
            if (end := self._line_end(at)) is not None:  # an empty line is no row
                at, line = end, line + 1
                continue
            at, line = self._record(at, line)
            if len(self.problems) >= MAX_BROKEN_QUOTES:
                self.problems.append(
                    Problem(line, None, None, "", str(MAX_BROKEN_QUOTES), Reason.TOO_MANY_BROKEN_QUOTES)
                )
                return

    def _record(self, start: int, line: int) -> tuple[int, int]:
        """Reads the record at `start`; returns where and in which line the next one begins."""
        cells: list[str] = []
        at = start
        while True:
            try:
                cell, end = self._cell(at)
            except _BrokenQuoteError as broken:
                return self._skip_broken(at, line + sum(map(count_line_breaks, cells)), len(cells), broken)
            cells.append(cell)
            if end == len(self.text):
                next_start = end
                break
            if (after_break := self._line_end(end)) is not None:
                next_start = after_break
                break
            at = end + 1
        self.rows.append(Row(line, tuple(cells)))
        return next_start, line + count_line_breaks(self.text[start:next_start])

    def _cell(self, at: int) -> tuple[str, int]:
        """The cell at `at` and the position behind it: a separator, a line break or the end."""
        if not self.text.startswith('"', at):
            match = self._plain_cell.match(self.text, at)
            assert match is not None  # the pattern also matches nothing
            return match[0], match.end()
        search = at + 1
        while (quote := self.text.find('"', search)) >= 0:
            end = quote + 1
            if self.text.startswith('"', end):
                search = end + 1
                continue
            if end < len(self.text) and self.text[end] not in (self.separator, "\r", "\n"):
                raise _BrokenQuoteError(quote)
            return self.text[at + 1 : quote].replace('""', '"'), end
        raise _BrokenQuoteError(None)

    def _skip_broken(self, opened_at: int, line: int, index: int, broken: _BrokenQuoteError) -> tuple[int, int]:
        match = _LINE_BREAK.search(self.text, opened_at)
        next_start = match.end() if match else len(self.text)
        value = self.text[opened_at : match.start() if match else None]
        reason, rule = Reason.QUOTE_NOT_CLOSED, '"'
        if broken.closes_at is not None:
            reason = Reason.TEXT_AFTER_QUOTE
            rule = str(line + count_line_breaks(self.text[opened_at : broken.closes_at]))
        name = show_undecoded(self.rows[0].cells[index]) if self.rows and index < len(self.rows[0].cells) else None
        self.problems.append(Problem(line, name, index + 1, show_undecoded(value), rule, reason))
        return next_start, line + (1 if match else 0)

    def _line_end(self, at: int) -> int | None:
        match = _LINE_BREAK.match(self.text, at)
        return match.end() if match else None
