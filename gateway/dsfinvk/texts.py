"""Texts on their way into a column: no control characters, no longer than the column holds, and what was altered is noted."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from gateway.dsfinvk.notes import TEXT_CLEANED, TEXT_CUT, TEXT_MISSING, Notes
from gateway.dsfinvk.tables import max_length

Fit: TypeAlias = Callable[[str, str], str]
"""Makes a text fit; the second argument names the receipt or closing for the note."""

_BREAKS = frozenset({"Cc", "Zl", "Zp"})


def fitting(notes: Notes, file: str, column: str, *, keep: str = "", limit: int = 0) -> Fit:
    """A function that makes texts fit a column: control characters become blanks, what is too long loses its end.

    `keep`: control characters that stay. `limit`: fewer characters than the column holds.
    """
    longest = limit or max_length(file, column)

    def fit(text: str, where: str) -> str:
        # Nearly every text passes here; the rest of the function is what a hostile or careless one costs.
        if len(text) <= longest and text.isprintable():
            return text
        cleaned = "".join(
            " " if unicodedata.category(character) in _BREAKS and character not in keep else character
            for character in text
        )
        if cleaned != text:
            notes.add(TEXT_CLEANED, column, where)
        if len(cleaned) > longest:
            notes.add(TEXT_CUT, column, where)
        return cleaned[:longest]

    return fit


def required(notes: Notes, fit: Fit, column: str) -> Callable[[str, str, str], str]:
    """Like `fit`, for a column that must be filled: an empty text becomes the stand-in, made to fit as well, and that is noted."""

    def fill(text: str, stand_in: str, where: str) -> str:
        fitted = fit(text, where)
        if fitted.strip():
            return fitted
        notes.add(TEXT_MISSING, column, where)
        return fit(stand_in, where)

    return fill
