"""Reports as an accountant reads them: X, Z, the branch's sum, closed periods, cash counts. Pure; German and English.

`content` is what a report says, `documents` make it of figures and closings; `text` shows it on paper and terminals, `page` as HTML with
charts for screens and A4, `table` as CSV for spreadsheets. The same text goes onto paper, into a terminal and over the wire, so that
nobody compares two renderings of one closing.
"""

from __future__ import annotations

from collections.abc import Sequence

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, Figures
from branchgate.reports.content import Report, ReportKind
from branchgate.reports.documents import ReportHead, Reprint, branch_content, x_content, z_content
from branchgate.reports.layout import WIDTH, Layout
from branchgate.reports.page import page
from branchgate.reports.spans import period_content, span_content
from branchgate.reports.table import csv_table
from branchgate.reports.tax_id import labelled_tax_id
from branchgate.reports.text import USUAL, Line, report_lines, report_text
from branchgate.reports.words import Language

__all__ = [
    "WIDTH",
    "Language",
    "Layout",
    "Line",
    "Report",
    "ReportHead",
    "ReportKind",
    "Reprint",
    "branch_content",
    "branch_report",
    "csv_table",
    "labelled_tax_id",
    "page",
    "period_content",
    "report_lines",
    "report_text",
    "span_content",
    "x_content",
    "x_report",
    "z_content",
    "z_report",
]


def x_report(figures: Figures, head: ReportHead, settings: BranchSettings, layout: Layout = USUAL) -> str:
    """The open period as text."""
    return report_text(x_content(figures, head, settings), layout)


def z_report(
    closing: Closing, settings: BranchSettings, layout: Layout = USUAL, *, reprint: Reprint | None = None
) -> str:
    """A closing as text; shown again it says that it is a copy, of when and by whom."""
    return report_text(z_content(closing, settings, reprint), layout)


def branch_report(
    figures: Figures, closings: Sequence[Closing], at_ms: int, settings: BranchSettings, layout: Layout = USUAL
) -> str:
    """The sum over the closings of one order as text."""
    return report_text(branch_content(figures, closings, at_ms, settings), layout)
