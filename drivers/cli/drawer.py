"""`open-drawer`: open a cash drawer, and look whether it opened."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from drivers.cli.options import Address, Json, OpenLevel, Patience, Profile, level
from drivers.cli.report import Exit, Report, not_now
from drivers.cli.visit import utc_now, visit
from drivers.cli.words import DRAWERS, told, told_cause
from drivers.drawer import DrawerCommand, DrawerState, DrawerWiring
from drivers.printing.actor import PrinterActor


def open_drawer(
    address: Address,
    profile: Profile = "generic-80",
    pin: Annotated[int, typer.Option(help="Connector pin that drives the drawer: 2, or 5 for a second drawer.")] = 2,
    open_level: OpenLevel = None,
    patience: Patience = 5.0,
    as_json: Json = False,
) -> None:
    """Lade öffnen / Open the cash drawer at a printer, now or not at all, and look whether it opened.

    Exit code 0: the sensor saw it open. 4: it did not open. 5: the pulse was sent, and nothing can tell.
    """
    if pin not in (2, 5):
        raise typer.BadParameter("must be 2 or 5", param_hint="--pin")

    async def kick(actor: PrinterActor) -> Report:
        valid_until = utc_now() + int(patience * 1000)
        outcome = await actor.open_drawer(DrawerCommand(secrets.token_bytes(16), "test", "command line", valid_until))
        code = {DrawerState.OPENED: Exit.DONE, DrawerState.NOT_OPENED: not_now(outcome.reason)}.get(
            outcome.state, Exit.UNKNOWN
        )
        facts = {"state": outcome.state, "reason": outcome.reason, "pulse_sent": outcome.pulse_sent}
        text = f"{address}\n  {told(DRAWERS[outcome.state], outcome.state)}"
        return Report(code, facts, text if outcome.reason is None else f"{text}\n  {told_cause(outcome.reason)}")

    visit(address, profile, kick, wiring=DrawerWiring(pin, level(open_level))).tell(as_json=as_json)
