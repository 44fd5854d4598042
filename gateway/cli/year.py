"""`branchgate gateway year`: the figures of a year, a month or any range of closed days."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import grpc.aio
import typer

from branchgate.catalogue import BranchSettings
from branchgate.figures import SpanSum, figures_from_message
from branchgate.reports import Report
from branchgate.reports.spans import span_content
from branchgate.showing import JsonOption, show_json
from branchgate.v1 import closed_days_pb2, closed_days_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask, not_empty
from gateway.cli.report_files import CsvOption, HtmlOption, ReportFiles


class Parts(StrEnum):
    """Into what the sum is divided."""

    NONE = "none"
    MONTHS = "months"
    DAYS = "days"


_PARTS = {
    Parts.NONE: closed_days_pb2.CLOSED_DAYS_PARTS_NONE,
    Parts.MONTHS: closed_days_pb2.CLOSED_DAYS_PARTS_MONTHS,
    Parts.DAYS: closed_days_pb2.CLOSED_DAYS_PARTS_DAYS,
}


def year(
    which: Annotated[
        int | None, typer.Argument(metavar="[YYYY]", min=1900, max=2199, help="The year; without it all closings.")
    ] = None,
    from_day: str = typer.Option(
        "", "--from", callback=not_empty, metavar="YYYY-MM-DD", help="From this business day on."
    ),
    to_day: str = typer.Option(
        "", "--to", callback=not_empty, metavar="YYYY-MM-DD", help="Up to and with this business day."
    ),
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option(
        "", "--register", callback=not_empty, help="One register; without it the whole branch."
    ),
    parts: Parts = typer.Option(Parts.MONTHS, "--by", help="A row for each month, for each day, or the sum alone."),
    html: HtmlOption = None,
    csv: CsvOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the sum over closed days (Umsatzbericht): a year, or any range. Reads closings alone, whatever was sold.

    What is not closed yet is not in it and is told.
    """
    first, last = range_of(which, from_day, to_day)
    request = closed_days_pb2.GetClosedDaysRequest(
        from_day=first, to_day=last, register_id=register, parts=_PARTS[parts]
    )

    async def question(channel: grpc.aio.Channel) -> closed_days_pb2.GetClosedDaysResponse:
        return await closed_days_pb2_grpc.ClosedDaysServiceStub(channel).GetClosedDays(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        typer.echo(answer.text)
    ReportFiles(html, csv).write([report_of(answer)], quiet=as_json)


def range_of(year: int | None, from_day: str, to_day: str) -> tuple[str, str]:
    """The business days of a year, or those named; empty without a bound. Raises BadParameter for both at once."""
    if year is None:
        return from_day, to_day
    if from_day or to_day:
        raise typer.BadParameter("either a year or --from and --to", param_hint="YYYY")
    return f"{year}-01-01", f"{year}-12-31"


def report_of(answer: closed_days_pb2.GetClosedDaysResponse) -> Report:
    """The report that a gateway answered."""
    return span_content(
        _sum(answer.whole),
        [_sum(part) for part in answer.parts],
        answer.open_periods,
        answer.at_ms,
        BranchSettings.from_message(answer.settings),
    )


def _sum(part: closed_days_pb2.ClosedDaysSum) -> SpanSum:
    return SpanSum(part.name, part.closings, part.first_day, part.last_day, figures_from_message(part.figures))


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(year)
