"""A report on paper: its text as it is, so that paper and screen show the same, laid out for the width of the paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing
from branchgate.reports import Layout, Line, ReportHead, report_lines, x_content, z_content
from drivers.escpos.document import Columns, Document, Element, Text
from drivers.escpos.sanitise import printable
from gateway.printing.templates.closing_version4 import VERSION as VERSION_4
from gateway.printing.templates.closing_version4 import x_lines_v4, z_lines_v4
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.words import words_for

TEMPLATE_VERSION: Final = 5
"""Version of this layout, kept with each job of a report: a job prints as it would have on the day it was made."""

_GAP: Final = re.compile(r" {2,}")


def closing_document(
    closing: Closing,
    settings: BranchSettings,
    columns: int,
    mark: CopyMark | None = None,
    *,
    template: int = TEMPLATE_VERSION,
) -> Document:
    """A Z for paper of so many columns; `mark` makes it a copy."""
    if template <= VERSION_4:
        return _document(
            [Line(text) for text in z_lines_v4(closing, settings, Layout(columns))], settings, columns, mark
        )
    return _document(report_lines(z_content(closing, settings), Layout(columns)), settings, columns, mark)


def x_document(
    report: Closing,
    settings: BranchSettings,
    columns: int,
    mark: CopyMark | None = None,
    *,
    template: int = TEMPLATE_VERSION,
) -> Document:
    """An X for paper of so many columns; `report` is a closing without a number, made when the X was asked for."""
    if template <= VERSION_4:
        return _document(
            [Line(text) for text in x_lines_v4(report, settings, Layout(columns))], settings, columns, mark
        )
    head = ReportHead(report.register_id, report.closed_at_ms, report.through_journal_sequence, report.user_id)
    return _document(report_lines(x_content(report.figures, head, settings), Layout(columns)), settings, columns, mark)


def _document(lines: Sequence[Line], settings: BranchSettings, columns: int, mark: CopyMark | None) -> Document:
    header = copy_header(mark, words_for(settings.language), ZoneInfo(settings.time_zone))
    return Document((*header, *(_fitted(line, columns) for line in lines)))


def _fitted(line: Line, columns: int) -> Element:
    """A line as it is, unless its letters take more room on paper than on a screen (ẞ, Œ, …): then its parts move together."""
    if len(printable(line.text)) <= columns:
        return Text(line.text, bold=line.strong)
    *left, right = _GAP.split(line.text.strip())
    return Columns(" ".join(left), right, bold=line.strong) if left else Text(right, bold=line.strong)
