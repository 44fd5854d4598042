"""`branchgate gateway x | close | closings`: the day's figures and its end."""

from __future__ import annotations

import grpc.aio
import typer

from branchgate.showing import JsonOption, console, foreign, show_json
from branchgate.v1 import report_pb2, report_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, UserOption, ask, new_request_id


def x(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option("", "--register", help="One register; without it the whole branch."),
    as_json: JsonOption = False,
) -> None:
    """Shows the open period as it stands (X-Bericht). Changes nothing."""

    async def question(channel: grpc.aio.Channel) -> report_pb2.GetXReportResponse:
        stub = report_pb2_grpc.ReportServiceStub(channel)
        return await stub.GetXReport(report_pb2.GetXReportRequest(register_id=register))

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        typer.echo(answer.text)


def close(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option("", "--register", help="One register; without it every register with an open period."),
    paper: bool = typer.Option(False, "--print", help="Print each closing on its register's receipt printer."),
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Closes the day (Tagesabschluss): one Z per register, then the branch's sum. Exit code 4 if a register was busy."""
    request = report_pb2.CloseDayRequest(request_id=new_request_id(), register_id=register, user_id=user, print=paper)
    busy = False

    async def question(channel: grpc.aio.Channel) -> None:
        nonlocal busy
        call = report_pb2_grpc.ReportServiceStub(channel).CloseDay(request)
        async for step in call:
            if as_json:
                show_json(step)
            else:
                _show(step)
            busy = busy or step.skipped.reason == "REGISTER_BUSY"

    ask(data, question)
    if busy:
        raise typer.Exit(4)


def closings(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option("", "--register", help="One register; without it all."),
    limit: int = typer.Option(20, min=1, max=1000, help="At most so many, newest first."),
    as_json: JsonOption = False,
) -> None:
    """Shows past closings as they were recorded, newest first."""

    async def question(channel: grpc.aio.Channel) -> report_pb2.ListClosingsResponse:
        stub = report_pb2_grpc.ReportServiceStub(channel)
        return await stub.ListClosings(report_pb2.ListClosingsRequest(register_id=register, limit=limit))

    answer = ask(data, question)
    for closing in answer.closings:
        if as_json:
            show_json(closing)
        else:
            typer.echo(closing.text)
    if not answer.closings and not as_json:
        console().print("Noch kein Tagesabschluss / no closing yet")


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
        case "branch":
            typer.echo(step.branch.text)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    for command in (x, close, closings):
        app.command()(command)
