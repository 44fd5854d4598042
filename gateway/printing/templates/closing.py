"""A report on paper: its text as it is, so that paper and screen show the same; only narrower paper folds it."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from drivers.escpos.document import Columns, Document, Element, Text
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.words import words_for

_GAP: Final = re.compile(r" {2,}")


def closing_document(text: str, settings: BranchSettings, columns: int, mark: CopyMark | None = None) -> Document:
    """The report for paper of so many columns; `mark` makes it a copy."""
    header = copy_header(mark, words_for(settings.language), ZoneInfo(settings.time_zone))
    return Document((*header, *(_fitted(line, columns) for line in text.splitlines())))


def _fitted(line: str, columns: int) -> Element:
    """A line that is too long is a rule, which is cut, or label and values, which move together."""
    if len(line) <= columns:
        return Text(line)
    if len(set(line)) == 1:
        return Text(line[:columns])
    *left, right = _GAP.split(line.strip())
    return Columns(" ".join(left), right) if left else Text(right)
