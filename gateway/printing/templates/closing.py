"""A report on paper: its text as it is, so that paper and screen show the same, laid out for the width of the paper."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing
from branchgate.reports import Layout, ReportHead, x_report, z_report
from drivers.escpos.document import Columns, Document, Element, Text
from drivers.escpos.sanitise import printable
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.words import words_for

_GAP: Final = re.compile(r" {2,}")


def closing_document(
    closing: Closing, settings: BranchSettings, columns: int, mark: CopyMark | None = None
) -> Document:
    """A Z for paper of so many columns; `mark` makes it a copy."""
    header = copy_header(mark, words_for(settings.language), ZoneInfo(settings.time_zone))
    text = z_report(closing, settings, Layout(columns))
    return Document((*header, *(_fitted(line, columns) for line in text.splitlines())))


def x_document(report: Closing, settings: BranchSettings, columns: int, mark: CopyMark | None = None) -> Document:
    """An X for paper of so many columns; `report` is a closing without a number, made when the X was asked for."""
    header = copy_header(mark, words_for(settings.language), ZoneInfo(settings.time_zone))
    head = ReportHead(report.register_id, report.closed_at_ms, report.through_journal_sequence)
    text = x_report(report.figures, head, settings, Layout(columns))
    return Document((*header, *(_fitted(line, columns) for line in text.splitlines())))


def _fitted(line: str, columns: int) -> Element:
    """A line as it is, unless its letters take more room on paper than on a screen (ẞ, Œ, …): then its parts move together."""
    if len(printable(line)) <= columns:
        return Text(line)
    *left, right = _GAP.split(line.strip())
    return Columns(" ".join(left), right) if left else Text(right)
