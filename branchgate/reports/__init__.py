"""Figures as text, as wide as the paper: X, Z, the branch's sum and central's. Pure; German and English.

The same text goes onto 80 mm paper, into a terminal and over the wire, so that nobody compares two renderings of one closing; narrower
paper has the same lines laid out for its width.
"""

from __future__ import annotations

from branchgate.reports.documents import ReportHead, branch_report, central_report, x_report, z_report
from branchgate.reports.layout import WIDTH, Layout
from branchgate.reports.tax_id import labelled_tax_id
from branchgate.reports.words import Language

__all__ = [
    "WIDTH",
    "Language",
    "Layout",
    "ReportHead",
    "branch_report",
    "central_report",
    "labelled_tax_id",
    "x_report",
    "z_report",
]
