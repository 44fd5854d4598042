"""`branchgate devices virtual-scale` and `set-weight`: a scale that needs no hardware, and the hand that puts something on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from drivers.virtual.scale import PROTOCOLS, VirtualScale
from drivers.virtual.serving_cli import Control, FaultSwitches, Json, PtyPath, Tcp, send_order, serve, sockets

USUAL_PORT = 9102


def virtual_scale(
    protocol: Annotated[str, typer.Option(help=f"How it answers: {', '.join(PROTOCOLS)}.")] = PROTOCOLS[0],
    tcp: Tcp = None,
    pty: PtyPath = None,
    control: Control = None,
    weight: Annotated[int, typer.Option(help="Grams that lie on it at the start.")] = 0,
    fault: FaultSwitches = None,
    as_json: Json = False,
) -> None:
    """Eine Waage ohne Gerät / a scale without the device. Ends with Ctrl-C."""
    if protocol not in PROTOCOLS:
        raise typer.BadParameter(f"{protocol!r} is not one of {', '.join(PROTOCOLS)}", param_hint="--protocol")
    scale = VirtualScale(protocol, weight)
    told: list[int] = []

    def tell() -> None:
        if told == [scale.grams]:
            return
        told[:] = [scale.grams]
        typer.echo(json.dumps({"kind": "weight", **scale.state()}) if as_json else f"{scale.grams} g")

    serve(scale, sockets(tcp, pty, control, USUAL_PORT), fault or [], tell, as_json=as_json)


def set_weight(
    control: Annotated[Path, typer.Argument(help="Control socket of a running virtual scale.")],
    grams: Annotated[str, typer.Argument(help="What lies on it, in whole grams.", metavar="GRAMS")],
    settles_after: Annotated[int, typer.Option(help="Questions of the till until it has come to rest.")] = 0,
    as_json: Json = False,
) -> None:
    """Legt etwas auf die virtuelle Waage / puts something on the virtual scale."""
    try:
        weight = int(grams)
    except ValueError as wrong:
        raise typer.BadParameter(f"{grams!r} is not a whole number of grams", param_hint="GRAMS") from wrong
    state = send_order(control, {"weight": weight, "settles_after": settles_after})
    typer.echo(json.dumps(state) if as_json else f"{state['grams']} g")
