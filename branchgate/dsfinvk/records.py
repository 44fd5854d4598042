"""A CSV file as records: bytes between line ends that stand outside quotes (DSFinV-K 2.4, description of the files).

Nothing here knows columns. A record is as long as a record can be, so that a file without line ends does not fill the memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

LONGEST: Final = 1 << 18
"""Bytes of a record: the widest table is below 20,000 characters when every cell is full."""

BOM: Final = b"\xef\xbb\xbf"


class Flaw(StrEnum):
    """What is wrong with a record before one looks at its columns; the value is the rule's code."""

    NONE = ""
    LINE_END = "LINE_END"
    QUOTES = "QUOTES"
    TOO_LONG = "RECORD_TOO_LONG"


@dataclass(frozen=True, slots=True)
class Record:
    """A record without its line end, the number of its first line, the bytes of the file up to its end."""

    line: int
    content: bytes
    end: int
    flaw: Flaw = Flaw.NONE


def records(stream: BinaryIO) -> Iterator[Record]:
    """The records of a file in their order."""
    lines = _Lines(stream)
    while first := lines.take():
        number = lines.number
        if len(first) > LONGEST:
            lines.skip_rest_of_line(first)
            yield Record(number, first[:LONGEST], lines.end, Flaw.TOO_LONG)
            continue
        if first.count(b'"') % 2:
            first = _with_the_lines_of_its_text(first, lines)
        if first.endswith(b"\r\n"):
            flaw = Flaw.QUOTES if first.count(b'"') % 2 else Flaw.NONE
            yield Record(number, first[:-2], lines.end, flaw)
        else:
            yield Record(number, first.removesuffix(b"\n"), lines.end, Flaw.LINE_END)


class _Lines:
    """Lines of a stream, of which some can be put back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._returned: deque[bytes] = deque()
        self.number = 0
        self.end = 0

    def take(self) -> bytes:
        """The next line with its end, of a longer one the beginning; nothing at the end of the file."""
        line = self._returned.popleft() if self._returned else self._stream.readline(LONGEST + 1)
        if line:
            self.number += 1
            self.end += len(line)
        return line

    def put_back(self, lines: list[bytes]) -> None:
        """The lines taken last, in their order."""
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)
        self.end -= sum(map(len, lines))

    def skip_rest_of_line(self, beginning: bytes) -> None:
        """Reads on to the end of a line of which only the beginning was taken."""
        part = beginning
        while part and not part.endswith(b"\n"):
            part = self._stream.readline(LONGEST + 1)
            self.end += len(part)


def _with_the_lines_of_its_text(first: bytes, lines: _Lines) -> bytes:
    """A text in quotes may hold line ends: the record goes on until the quotes close. If they never do, it was this line alone."""
    whole, taken, inside = bytearray(first), list[bytes](), True
    while inside:
        line = lines.take()
        if line:
            taken.append(line)
            whole += line
            inside ^= bool(line.count(b'"') % 2)
        if not line or len(whole) > LONGEST:
            lines.put_back(taken)
            return first
    return bytes(whole)
