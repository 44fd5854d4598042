"""Reports as files: one HTML page with charts, which a browser prints on A4 or as PDF, and one CSV table for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from branchgate.catalogue import BranchSettings
from branchgate.figures import Closing, decode_closing, figures_from_message
from branchgate.reports import (
    Report,
    ReportHead,
    Reprint,
    branch_content,
    csv_table,
    page,
    period_content,
    x_content,
    z_content,
)
from branchgate.showing import console, foreign
from branchgate.v1 import report_pb2


def _new_file(context: typer.Context, path: Path | None) -> Path | None:
    """Before anything is asked or closed: a report overwrites nothing, neither another file nor the other form of itself."""
    if path is None:
        return None
    if path.exists():
        raise typer.BadParameter(f"{path} gibt es schon / exists already")
    if path.resolve() in {other.resolve() for other in context.params.values() if isinstance(other, Path)}:
        raise typer.BadParameter(f"{path}: zweimal genannt / named twice")
    return path


HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        callback=_new_file,
        help="Also as one page with charts; a browser prints it on A4 or as PDF. The file must not exist yet.",
    ),
]
CsvOption = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        callback=_new_file,
        help="Also as one table for spreadsheets (semicolons, UTF-8). The file must not exist yet.",
    ),
]


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The files that somebody asked for."""

    html: Path | None
    csv: Path | None

    @property
    def wanted(self) -> bool:
        """Whether there is any."""
        return self.html is not None or self.csv is not None

    def write(self, reports: Sequence[Report], *, quiet: bool = False) -> None:
        """Writes them and says where they are. Raises BadParameter where a file cannot be written."""
        if self.html is not None:
            _write(self.html, page(reports), "--html", quiet=quiet)
        if self.csv is not None:
            _write(self.csv, csv_table(reports), "--csv", quiet=quiet)


def x_of(answer: report_pb2.GetXReportResponse) -> Report:
    """The X that a gateway answered."""
    head = ReportHead(answer.register_id, answer.at_ms, answer.through_journal_sequence)
    return x_content(figures_from_message(answer.figures), head, BranchSettings.from_message(answer.settings))


def closed_of(steps: Sequence[report_pb2.CloseDayResponse], now_ms: int) -> list[Report]:
    """What an order to close ended with: the branch's sum first where there are several registers, then each Z."""
    closings = [_closing(step.done) for step in steps if step.HasField("done")]
    found: list[Report] = []
    for step in steps:
        if step.HasField("branch"):
            settings = BranchSettings.from_message(step.branch.settings)
            found = [z_content(closing, settings) for closing in closings]
            if len(closings) != 1:
                figures = figures_from_message(step.branch.figures)
                found.insert(0, branch_content(figures, closings, now_ms, settings))
    return found


def past_of(answers: Sequence[report_pb2.ListClosingsResponse], now_ms: int, user_id: str) -> Report:
    """Past closings: one is shown whole, as a copy; several as a list of days with their sum."""
    closings = [_closing(done) for answer in answers for done in answer.closings]
    settings = BranchSettings.from_message(answers[-1].settings)
    if len(closings) == 1:
        return z_content(closings[0], settings, Reprint(now_ms, user_id))
    return period_content(closings, now_ms, settings)


def _closing(done: report_pb2.ClosingDone) -> Closing:
    return decode_closing(done.closing.SerializeToString())


def _write(path: Path, text: str, option: str, *, quiet: bool) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as cause:
        raise typer.BadParameter(f"{path}: {cause.strerror}", param_hint=option) from cause
    if not quiet:
        console().print(f"→ {foreign(str(path))}", soft_wrap=True)
