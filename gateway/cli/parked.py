"""`branchgate gateway parked list | release`: receipts that wait to be paid, and taking one from a register that will not end it."""

from __future__ import annotations

import grpc.aio
import typer
from rich.text import Text

from branchgate.clock import SystemClock
from branchgate.money import euros
from branchgate.printable import clean_lines
from branchgate.showing import JsonOption, age, console, foreign, show_json
from branchgate.v1 import parked_pb2, parked_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, UserOption, ask, id_from_hex
from gateway.cli.times import date_and_time

app = typer.Typer(
    help="Parked receipts: list them, or take one from a register that is dead so that another may resume it.",
    no_args_is_help=True,
)


@app.command("list")
def list_parked(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Lists all parked receipts of the branch, oldest first, with their age and who works on them."""

    async def question(channel: grpc.aio.Channel) -> parked_pb2.ListParkedResponse:
        return await parked_pb2_grpc.ParkedServiceStub(channel).ListParked(parked_pb2.ListParkedRequest())

    answer = ask(data, question)
    now_ms = SystemClock().now_ms()
    for row in answer.rows:
        if as_json:
            show_json(row)
        else:
            _show(row, now_ms)
    if not answer.rows and not as_json:
        console().print("Kein Bon ist geparkt / no receipt is parked")


@app.command()
def release(
    parked_id: str = typer.Argument(help="The id that the list shows."),
    data: DataOption = DATA_DEFAULT,
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Takes a parked receipt from the register that works on it, so that another may resume it; the journal keeps who did it.

    A register that comes back and pays it all the same is recorded with a finding.
    """
    request = parked_pb2.ReleaseParkedRequest(parked_id=id_from_hex(parked_id, "parked_id"), user_id=user)

    async def question(channel: grpc.aio.Channel) -> parked_pb2.ReleaseParkedResponse:
        return await parked_pb2_grpc.ParkedServiceStub(channel).ReleaseParked(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
        return
    title = foreign(answer.row.receipt.title)
    console().print(
        f"„{title}“ gehört keiner Kasse mehr und kann überall geholt werden.\n"
        f"[dim]{title} belongs to no register any more and can be resumed anywhere.[/]"
    )


def _show(row: parked_pb2.ParkedRow, now_ms: int) -> None:
    """One in two lines, the id unbroken because it is copied from here."""
    receipt = row.receipt
    at = (
        f"an / at {row.owner_register_id}" if row.owner_register_id else f"wartet / waits ({row.parked_at_register_id})"
    )
    facts = (
        receipt.title,
        f"{euros(receipt.total_cents)} EUR",
        at,
        f"seit / since {date_and_time(row.parked_at_ms)} ({age(now_ms - row.parked_at_ms)})",
    )
    out = console()
    out.print(Text(clean_lines("  ".join(facts))), soft_wrap=True)
    over = f"  {row.carried_over} × übernommen / carried over" if row.carried_over else ""
    out.print(f"    [dim]{receipt.parked_id.hex()}[/]{over}", soft_wrap=True)


def add_to(parent: typer.Typer) -> None:
    """Registers the commands of this file."""
    parent.add_typer(app, name="parked")
