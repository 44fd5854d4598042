"""`branchgate gateway x | close | closings`: the day's figures and its end."""

from __future__ import annotations

from pathlib import Path

import grpc.aio
import typer

from branchgate.clock import SystemClock
from branchgate.showing import JsonOption, console, foreign, show_json, show_next_step
from branchgate.v1 import report_pb2, report_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, UserOption, ask, new_request_id, not_empty
from gateway.cli.past_closings import ClosingsWanted, listed
from gateway.cli.report_files import CsvOption, HtmlOption, ReportFiles, closed_of, past_of, x_of


def x(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option(
        "", "--register", callback=not_empty, help="One register; without it the whole branch."
    ),
    paper: bool = typer.Option(False, "--print", help="Print it on the register's receipt printer; needs --register."),
    html: HtmlOption = None,
    csv: CsvOption = None,
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Shows the open period as it stands (X-Bericht). Changes nothing."""
    if paper:
        _print(data, report_pb2.PrintReportRequest(register_id=register, user_id=user), as_json)
        return

    async def question(channel: grpc.aio.Channel) -> report_pb2.GetXReportResponse:
        stub = report_pb2_grpc.ReportServiceStub(channel)
        return await stub.GetXReport(report_pb2.GetXReportRequest(register_id=register))

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        typer.echo(answer.text)
    ReportFiles(html, csv).write([x_of(answer)], quiet=as_json)


def close(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option(
        "", "--register", callback=not_empty, help="One register; without it every register with an open period."
    ),
    paper: bool = typer.Option(False, "--print", help="Print each closing on its register's receipt printer."),
    carry_float: bool = typer.Option(
        True, "--carry-float/--no-carry-float", help="The cash stays in each drawer and opens the next period."
    ),
    carry_parked: bool = typer.Option(
        False, "--carry-parked", help="Parked receipts stay parked; without it their registers are not closed."
    ),
    html: HtmlOption = None,
    csv: CsvOption = None,
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Closes the day (Tagesabschluss): one Z per register, then the branch's sum.

    Exit code 4 if a register was busy, 3 if one has parked receipts, is none of the branch, or nobody knows its last Z.
    """
    request = report_pb2.CloseDayRequest(
        request_id=new_request_id(),
        register_id=register,
        user_id=user,
        print=paper,
        carry_float=carry_float,
        parked=report_pb2.PARKED_AT_CLOSING_CARRY_OVER if carry_parked else report_pb2.PARKED_AT_CLOSING_REFUSE,
    )
    steps: list[report_pb2.CloseDayResponse] = []

    async def question(channel: grpc.aio.Channel) -> None:
        call = report_pb2_grpc.ReportServiceStub(channel).CloseDay(request)
        async for step in call:
            if as_json:
                show_json(step)
            else:
                _show(step)
            steps.append(step)

    ask(data, question)
    ReportFiles(html, csv).write(closed_of(steps, SystemClock().now_ms()), quiet=as_json)
    skipped = {step.skipped.reason for step in steps}
    if skipped & {"PARKED_RECEIPTS", "REGISTER_UNKNOWN", "Z_NUMBER_UNKNOWN"}:
        raise typer.Exit(3)
    if "REGISTER_BUSY" in skipped:
        raise typer.Exit(4)


def closings(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option("", "--register", callback=not_empty, help="One register; without it all."),
    from_day: str = typer.Option("", "--from", callback=not_empty, help="From this business day on, as 2026-12-01."),
    to_day: str = typer.Option("", "--to", callback=not_empty, help="Up to and with this business day."),
    limit: int = typer.Option(
        20, min=1, max=1000, help="At most so many, newest first; with --from and --to all of these days."
    ),
    paper: bool = typer.Option(False, "--print", help="Print the one that is found again, marked as a copy."),
    html: HtmlOption = None,
    csv: CsvOption = None,
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Shows past closings as they were recorded, newest first, or sums them up: --html and --csv."""
    files = ReportFiles(html, csv)
    wanted = ClosingsWanted(register, from_day, to_day, limit, without_text=files.wanted)
    answers = ask(data, lambda channel: listed(channel, wanted))
    found = [closing for answer in answers for closing in answer.closings]
    if not found:
        if not as_json:
            console().print("Kein Tagesabschluss gefunden / no closing found")
        return
    if paper:
        _print_again(data, found, user, as_json)
    elif files.wanted:
        files.write([past_of(answers, SystemClock().now_ms(), user)])
    else:
        for closing in found:
            if as_json:
                show_json(closing)
            else:
                typer.echo(closing.text)


def _print_again(data: Path, found: list[report_pb2.ClosingDone], user: str, as_json: bool) -> None:
    if len(found) != 1:
        raise typer.BadParameter(
            f"{len(found)} closings: name one by --register, --from and --to, or --limit 1", param_hint="--print"
        )
    (closing,) = found
    request = report_pb2.PrintReportRequest(
        closing_event_id=closing.event_id, register_id=closing.closing.register_id, user_id=user
    )
    _print(data, request, as_json)


def _print(data: Path, request: report_pb2.PrintReportRequest, as_json: bool) -> None:
    request.request_id = new_request_id()

    async def question(channel: grpc.aio.Channel) -> report_pb2.PrintReportResponse:
        return await report_pb2_grpc.ReportServiceStub(channel).PrintReport(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        show_next_step(f"Druckauftrag / print job {answer.job_id.hex()}: branchgate gateway jobs --data {data}")


def _show(step: report_pb2.CloseDayResponse) -> None:
    match step.WhichOneof("step"):
        case "started":
            console().print(
                f"[dim]Kasse {step.started.register_id} ({step.started.position}/{step.started.total}) …[/]"
            )
        case "done":
            typer.echo(step.done.text)
        case "skipped":
            console().print(
                f"[yellow]{step.skipped.register_id}[/]: {foreign(step.skipped.text_de)}\n  [dim]{foreign(step.skipped.text_en)}[/]"
            )
        case "branch" if step.branch.closings:
            typer.echo(step.branch.text)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    for command in (x, close, closings):
        app.command()(command)
