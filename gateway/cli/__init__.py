"""`branchgate gateway …`: run a branch's gateway, and ask the running one.

Commands never open the stores or devices of a running gateway: they talk to it over the owner-only socket in its data folder.
"""

from __future__ import annotations

import typer

from gateway.cli import (
    archive,
    cash,
    counter,
    day,
    devices,
    document,
    export,
    journal,
    paper,
    parked,
    running,
    state,
    year,
)

app = typer.Typer(
    help="The server in a branch: enrol it, run it, ask how it is, settle what only a person can settle.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for group in (running, state, journal, devices, day, cash, year, export, archive, parked, paper, document, counter):
    group.add_to(app)

__all__ = ["app"]
