"""`branchgate devices virtual-display`: a customer display that needs no hardware, in the terminal and in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from drivers.virtual.display import LANGUAGES, VirtualDisplay
from drivers.virtual.lines_file import keep_lines
from drivers.virtual.serving_cli import Control, FaultSwitches, Json, PtyPath, Tcp, serve, sockets

USUAL_PORT = 9101


def virtual_display(
    protocol: Annotated[str, typer.Option(help=f"What it understands: {', '.join(LANGUAGES)}.")] = LANGUAGES[0],
    tcp: Tcp = None,
    pty: PtyPath = None,
    control: Control = None,
    lines: Annotated[Path | None, typer.Option(help="File that always holds the two lines.")] = None,
    fault: FaultSwitches = None,
    as_json: Json = False,
) -> None:
    """Eine Kundenanzeige ohne Gerät / a customer display without the device. Ends with Ctrl-C."""
    if protocol not in LANGUAGES:
        raise typer.BadParameter(f"{protocol!r} is not one of {', '.join(LANGUAGES)}", param_hint="--protocol")
    display = VirtualDisplay(protocol)
    told: list[tuple[str, str]] = []

    def tell() -> None:
        if told == [display.lines]:
            return
        told[:] = [display.lines]
        if lines:
            keep_lines(lines, display)
        typer.echo(_in_json(display) if as_json else _in_a_frame(display))

    serve(display, sockets(tcp, pty, control, USUAL_PORT), fault or [], tell, as_json=as_json)


def _in_json(display: VirtualDisplay) -> str:
    return json.dumps({"kind": "lines", **display.state()}, ensure_ascii=False)


def _in_a_frame(display: VirtualDisplay) -> str:
    edge = "─" * len(display.lines[0])
    return "\n".join((f"┌{edge}┐", *(f"│{line}│" for line in display.lines), f"└{edge}┘"))
