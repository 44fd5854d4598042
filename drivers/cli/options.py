"""Arguments and options that several commands have, and what is allowed there."""

from __future__ import annotations

from typing import Annotated

import typer

from drivers.drawer import Level
from drivers.errors import AddressInvalid
from drivers.escpos.profile import PROFILES, PrinterProfile
from drivers.media import transport_factory
from drivers.transport.contract import OpenTransport

Address = Annotated[
    str,
    typer.Argument(
        help="As `branchgate devices list` shows it: tcp://192.168.1.50:9100, usb://04b8:0202?serial=J4FF012345, "
        "usblp:///dev/usb/lp0 or serial:///dev/ttyUSB0?baud=38400&flow=rtscts (flow is rtscts, xonxoff or none; none loses "
        "bytes on long receipts). Quote it for the shell.",
        show_default=False,
    ),
]
Profile = Annotated[str, typer.Option(help=f"What kind of printer it is: {', '.join(PROFILES)}.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs instead of text for people.")]
Patience = Annotated[float, typer.Option(help="Seconds to wait for the printer.", min=0.5)]

OpenLevel = Annotated[
    str | None,
    typer.Option(
        help="Level of the drawer's sensor when it is open, as `branchgate devices calibrate` finds out: high or low. "
        "Without it nobody can tell whether a drawer is open.",
        metavar="high|low",
    ),
]


def opener(address: str) -> OpenTransport:
    """The transport to an address from the command line. Raises BadParameter saying what is allowed."""
    try:
        return transport_factory(address)
    except AddressInvalid as error:
        raise typer.BadParameter(f"{error.field} {error.value!r} {error.rule}", param_hint="ADDRESS") from error


def printer_profile(name: str) -> PrinterProfile:
    """A profile from the command line. Raises BadParameter saying which there are."""
    if name not in PROFILES:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(PROFILES)}", param_hint="--profile")
    return PROFILES[name]


def level(text: str | None) -> Level | None:
    """A sensor's level from the command line. Raises BadParameter saying which there are."""
    if text is None:
        return None
    if text not in tuple(Level):
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(Level)}", param_hint="--open-level")
    return Level(text)
