"""`branchgate central run | status`: central's life, and how it is."""

from __future__ import annotations

import typer

from branchgate.showing import JsonOption, show_facts, show_json, show_warning
from central.cli.options import DATA_DEFAULT, DataOption, ask


def run(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Runs central until it is told to stop (Ctrl-C or SIGTERM). Prints one line when it is ready.

    The first run makes the data folder with central's identity and its store. Settings stand in central.toml in that folder, or in
    environment variables such as BRANCHGATE_CENTRAL_LISTEN__SERVICE_PORT.
    """
    import asyncio

    from central.process import run as run_central

    asyncio.run(run_central(data, announce_json=as_json))


def status(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Shows central on one page, and what a person must look at."""
    from branchgate.v1 import central_admin_pb2 as messages

    answer = ask(data, lambda central: central.GetCentralStatus(messages.GetCentralStatusRequest()))
    if as_json:
        show_json(answer)
        return
    show_facts(
        ("Zentrale / central", f"{answer.central_id} ({answer.version})"),
        ("Filialen / branches", str(answer.branches)),
        ("Kassen / registers", str(answer.registers)),
        ("Gateways verbunden / connected", str(answer.connected_gateways)),
        ("Artikel / articles", str(answer.articles)),
        ("Ereignisse / events", f"{answer.events}, davon Bons / of which receipts: {answer.receipts}"),
    )
    for fault in answer.faults:
        show_warning(fault.text_de, fault.text_en)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(run)
    app.command()(status)
