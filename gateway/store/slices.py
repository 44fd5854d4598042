"""Many rows in few statements.

Each step of a statement gives up the interpreter, and taking it back from a busy event loop may cost a thread milliseconds: what costs
the writer time is the number of steps, not the number of rows. Slices are powers of two long, so that few distinct statements are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeVar

T = TypeVar("T")

LONGEST = 64
"""Longer statements are no faster."""


def slices(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows in order, cut into pieces of 64, 32, 16 ... 1."""
    start, size = 0, LONGEST
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


@cache
def marks(rows: int, columns: int = 0) -> str:
    """Parameters of a statement: `?, ?, ?` for a list of values, `(?, ?), (?, ?), (?, ?)` for rows of so many columns."""
    row = f"({', '.join('?' * columns)})" if columns else "?"
    return ", ".join([row] * rows)
