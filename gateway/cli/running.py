"""`branchgate gateway enrol | run`: a gateway's beginning and its life."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from branchgate.showing import JsonOption, foreign, show_next_step
from gateway.cli.asking import DATA_DEFAULT, DataOption


def enrol(
    token: str = typer.Argument(help="The one-off token that `branchgate central enrolment-token BRANCH` shows."),
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Enrols this gateway at central. Its keys are made here and never leave this machine."""
    from branchgate.folder import DataFolder
    from gateway.branch.stores import KEYS_FOLDER
    from gateway.uplink.enrolment import enrol as enrol_gateway

    with DataFolder(data):
        identity = asyncio.run(enrol_gateway(token, data / KEYS_FOLDER))
    if as_json:
        typer.echo(f'{{"branch_id": "{identity.branch_id}", "central_id": "{identity.central_id}"}}')
    else:
        show_next_step(
            f"Angemeldet als Filiale [bold]{identity.branch_id}[/] / enrolled as branch [bold]{identity.branch_id}[/].\n"
            f"Weiter / next: branchgate gateway run --data {foreign(str(data))}"
        )


def run(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Runs the gateway until it is told to stop (Ctrl-C or SIGTERM). Prints one line when it is ready."""
    asyncio.run(_run(data, as_json=as_json))


async def _run(data: Path, *, as_json: bool) -> None:
    from gateway.sales.spawning import spawn

    # The sales store loads DuckDB while this process loads everything else: recording waits for both.
    child = await spawn()
    try:
        from gateway.process import run as run_gateway

        await run_gateway(data, announce_json=as_json, sales_child=child)
    finally:
        await child.end()


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(enrol)
    app.command()(run)
