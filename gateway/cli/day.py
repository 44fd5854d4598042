"""`branchgate gateway x | close | closings`: the day's figures and its end."""

from __future__ import annotations

from pathlib import Path

import grpc.aio
import typer

from branchgate.showing import JsonOption, console, foreign, show_json, show_next_step
from branchgate.v1 import report_pb2, report_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, UserOption, ask, new_request_id


def x(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option("", "--register", help="One register; without it the whole branch."),
    paper: bool = typer.Option(False, "--print", help="Print it on the register's receipt printer; needs --register."),
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Shows the open period as it stands (X-Bericht). Changes nothing."""
    if paper:
        _print_x(data, register, user, as_json)
        return

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
    carry_float: bool = typer.Option(
        True, "--carry-float/--no-carry-float", help="The cash stays in each drawer and opens the next period."
    ),
    carry_parked: bool = typer.Option(
        False, "--carry-parked", help="Parked receipts stay parked; without it their registers are not closed."
    ),
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Closes the day (Tagesabschluss): one Z per register, then the branch's sum.

    Exit code 4 if a register was busy, 3 if one has parked receipts or is none of the branch.
    """
    request = report_pb2.CloseDayRequest(
        request_id=new_request_id(),
        register_id=register,
        user_id=user,
        print=paper,
        carry_float=carry_float,
        parked=report_pb2.PARKED_AT_CLOSING_CARRY_OVER if carry_parked else report_pb2.PARKED_AT_CLOSING_REFUSE,
    )
    skipped: set[str] = set()

    async def question(channel: grpc.aio.Channel) -> None:
        call = report_pb2_grpc.ReportServiceStub(channel).CloseDay(request)
        async for step in call:
            if as_json:
                show_json(step)
            else:
                _show(step)
            skipped.add(step.skipped.reason)

    ask(data, question)
    if skipped & {"PARKED_RECEIPTS", "REGISTER_UNKNOWN"}:
        raise typer.Exit(3)
    if "REGISTER_BUSY" in skipped:
        raise typer.Exit(4)


def closings(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option("", "--register", help="One register; without it all."),
    from_day: str = typer.Option("", "--from", help="From this business day on, as 2026-12-01."),
    to_day: str = typer.Option("", "--to", help="Up to and with this business day."),
    limit: int = typer.Option(20, min=1, max=1000, help="At most so many, newest first."),
    as_json: JsonOption = False,
) -> None:
    """Shows past closings as they were recorded, newest first."""

    async def question(channel: grpc.aio.Channel) -> report_pb2.ListClosingsResponse:
        stub = report_pb2_grpc.ReportServiceStub(channel)
        wanted = report_pb2.ListClosingsRequest(register_id=register, limit=limit, from_day=from_day, to_day=to_day)
        return await stub.ListClosings(wanted)

    answer = ask(data, question)
    for closing in answer.closings:
        if as_json:
            show_json(closing)
        else:
            typer.echo(closing.text)
    if not answer.closings and not as_json:
        console().print("Noch kein Tagesabschluss / no closing yet")


def _print_x(data: Path, register: str, user: str, as_json: bool) -> None:
    request = report_pb2.PrintReportRequest(register_id=register, user_id=user, request_id=new_request_id())

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
        case "branch":
            typer.echo(step.branch.text)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    for command in (x, close, closings):
        app.command()(command)
