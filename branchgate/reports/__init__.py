"""Figures as text, as wide as a receipt: X, Z, the branch's sum and central's. Pure; German and English.

The same text goes onto paper, into a terminal and over the wire, so that nobody compares two renderings of one closing.
"""

from __future__ import annotations

from branchgate.reports.documents import ReportHead, branch_report, central_report, x_report, z_report
from branchgate.reports.layout import WIDTH

__all__ = ["WIDTH", "ReportHead", "branch_report", "central_report", "x_report", "z_report"]
