"""`branchgate gateway jobs | resolve | cancel | print | open-drawer`: paper, and the questions only a person can answer."""

from __future__ import annotations

import grpc.aio
import typer
from rich.padding import Padding

from branchgate.showing import JsonOption, console, foreign, show_json
from branchgate.v1 import device_pb2, device_pb2_grpc, printing_pb2, printing_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, UserOption, ask, id_from_hex, new_request_id

_PREFIX = "PRINT_JOB_STATE_"
_OUTCOMES = {
    device_pb2.DRAWER_OUTCOME_OPENED: "Kassenlade ist offen / cash drawer is open",
    device_pb2.DRAWER_OUTCOME_NOT_OPENED: "Kassenlade ist nicht aufgegangen / cash drawer did not open",
    device_pb2.DRAWER_OUTCOME_UNKNOWN: "Kassenlade meldet nicht, ob sie aufging: bitte nachsehen / cash drawer does not tell whether it opened: please look",
    device_pb2.DRAWER_OUTCOME_EXPIRED: "zu spät, die Kassenlade blieb zu / too late, the cash drawer stayed shut",
}


def jobs(
    data: DataOption = DATA_DEFAULT,
    uncertain: bool = typer.Option(False, "--uncertain", help="Only those that wait for a person."),
    limit: int = typer.Option(50, min=1, max=1000, help="At most so many, newest first."),
    as_json: JsonOption = False,
) -> None:
    """Lists print jobs, what proves them, and what to do about those that are stuck."""
    states = [printing_pb2.PRINT_JOB_STATE_UNCERTAIN, printing_pb2.PRINT_JOB_STATE_PARTIAL] if uncertain else []

    async def question(channel: grpc.aio.Channel) -> printing_pb2.ListPrintJobsResponse:
        stub = printing_pb2_grpc.PrintServiceStub(channel)
        return await stub.ListPrintJobs(printing_pb2.ListPrintJobsRequest(states=states, limit=limit))

    answer = ask(data, question)
    if as_json:
        for job in answer.jobs:
            show_json(job)
        return
    for job in answer.jobs:
        show_job(job)
    if not answer.jobs:
        console().print("Keine Druckaufträge / no print jobs")


def show_job(job: printing_pb2.PrintJob) -> None:
    """A job in one line, unbroken because its id is copied from here; below it what a person can do."""
    name = job.title if not job.copy_number else f"{job.title} (KOPIE {job.copy_number})"
    state = printing_pb2.PrintJobState.Name(job.state).removeprefix(_PREFIX)
    printer = f"{job.printer} (statt / instead of {job.intended_printer})" if job.intended_printer else job.printer
    facts = [job.job_id.hex(), name, printer, state, job.proof]
    console().print(foreign("  ".join(filter(None, facts))), soft_wrap=True)
    if job.advice_de:
        advice = f"{foreign(job.advice_de)}\n[dim]{foreign(job.advice_en)}[/]"
        console().print(Padding.indent(advice, 4))


def resolve(
    job: str = typer.Argument(help="The job, as `jobs` shows it."),
    complete: bool | None = typer.Option(
        None,
        "--complete/--missing",
        help="The receipt lies there complete, or it does not: then a copy marked KOPIE is made.",
    ),
    data: DataOption = DATA_DEFAULT,
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Answers the question of an uncertain job: "Liegt der Bon vollständig vor?"."""
    if complete is None:
        raise typer.BadParameter("say which: --complete or --missing", param_hint="--complete / --missing")
    request = printing_pb2.ResolvePrintJobRequest(
        job_id=id_from_hex(job, "job"), complete_on_paper=complete, user_id=user
    )

    async def question(channel: grpc.aio.Channel) -> printing_pb2.ResolvePrintJobResponse:
        return await printing_pb2_grpc.PrintServiceStub(channel).ResolvePrintJob(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    elif answer.HasField("copy"):
        console().print(
            f"Kopie {answer.copy.copy_number} wird gedruckt / copy {answer.copy.copy_number} is being printed"
        )
    else:
        console().print("Als gedruckt vermerkt / noted as printed")


def cancel(
    job: str = typer.Argument(help="The job, as `jobs` shows it."),
    data: DataOption = DATA_DEFAULT,
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Takes a print job back that waits for its printer or in it. Exit code 5 if some of it may be on paper."""
    request = printing_pb2.CancelPrintJobRequest(job_id=id_from_hex(job, "job"), user_id=user)

    async def question(channel: grpc.aio.Channel) -> printing_pb2.CancelPrintJobResponse:
        return await printing_pb2_grpc.PrintServiceStub(channel).CancelPrintJob(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        show_job(answer.job)
    if answer.job.state != printing_pb2.PRINT_JOB_STATE_CANCELLED:
        raise typer.Exit(5)


def print_again(
    event: str = typer.Argument(help="The receipt's or closing's event id, 32 hexadecimal digits."),
    data: DataOption = DATA_DEFAULT,
    role: str = typer.Option("receipt", "--role", help="Role of the printer."),
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Prints a recorded receipt: its original if none was made yet, else a copy marked KOPIE."""
    request = printing_pb2.PrintReceiptRequest(
        request_id=new_request_id(), event_id=id_from_hex(event, "event"), role=role, user_id=user
    )

    async def question(channel: grpc.aio.Channel) -> printing_pb2.PrintReceiptResponse:
        return await printing_pb2_grpc.PrintServiceStub(channel).PrintReceipt(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        console().print(f"Auftrag / job {answer.job.job_id.hex()} → {foreign(answer.job.printer)}")


def open_drawer(
    drawer: str = typer.Argument(help="The device the drawer hangs on, as `devices` shows it."),
    data: DataOption = DATA_DEFAULT,
    reason: str = typer.Option("NO_SALE", "--reason", help="Why; goes into the journal."),
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Opens a cash drawer now or not at all, and tells what its sensor said. Exit code 3 if it did not open, 5 if nobody knows."""
    request = device_pb2.OpenDrawerRequest(command_id=new_request_id(), drawer=drawer, reason=reason, user_id=user)

    async def question(channel: grpc.aio.Channel) -> device_pb2.OpenDrawerResponse:
        return await device_pb2_grpc.DrawerServiceStub(channel).OpenDrawer(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        console().print(f"{_OUTCOMES[answer.outcome]} {foreign(answer.reason)}".rstrip())
    if answer.outcome == device_pb2.DRAWER_OUTCOME_UNKNOWN:
        raise typer.Exit(5)
    if answer.outcome != device_pb2.DRAWER_OUTCOME_OPENED:
        raise typer.Exit(3)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(jobs)
    app.command()(resolve)
    app.command()(cancel)
    app.command("print")(print_again)
    app.command()(open_drawer)
