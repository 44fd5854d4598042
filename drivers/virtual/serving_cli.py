"""What the commands of virtual displays and scales share: places from options, serving until Ctrl-C, orders to one that runs."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from drivers.virtual.small_device import OrderRefused, SmallDevice, SmallDeviceServer, Sockets

HIGHEST_PORT: Final = 65535
REFUSED: Final = 3
TRY_AGAIN: Final = 4
"""Exit codes: of all commands the same, see `drivers.cli.report.Exit`, which stands above this."""

ANSWER_WITHIN_S: Final = 5.0
LONGEST_ANSWER: Final = 65_536

Tcp = Annotated[str | None, typer.Option(help="HOST:PORT to listen on; port 0 takes a free one.")]
PtyPath = Annotated[Path | None, typer.Option("--pty", help="Path of the serial device to make.")]
Control = Annotated[Path | None, typer.Option(help="Path of a Unix socket that takes orders as JSON.")]
FaultSwitches = Annotated[
    list[str] | None, typer.Option("--fault", help="Switch to start with, for example mute or slow-ms=500.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")]


def sockets(tcp: str | None, pty: Path | None, control: Path | None, usual_port: int) -> Sockets:
    """Where a device can be reached. Raises BadParameter."""
    return Sockets(listening_on(tcp, pty, usual_port), pty, control)


def listening_on(tcp: str | None, pty: Path | None, usual_port: int) -> tuple[str, int] | None:
    """Host and port to listen on, as typed; without a word the usual port, unless there is a pty. Raises BadParameter."""
    if tcp is None:
        return None if pty else ("127.0.0.1", usual_port)
    host, _, port = tcp.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
        raise typer.BadParameter(f"{tcp!r} is not HOST:PORT with a port from 0 to {HIGHEST_PORT}", param_hint="--tcp")
    return host.strip("[]") or "127.0.0.1", int(port)


def serve(device: SmallDevice, where: Sockets, faults: list[str], tell: Callable[[], None], *, as_json: bool) -> None:
    """Serve until Ctrl-C or SIGTERM; `tell` after every change. Exit code 3 when a place cannot be opened, 4 when it is in use."""
    try:
        asyncio.run(_serve(SmallDeviceServer(device, where, tell), faults, as_json=as_json))
    except OSError as cause:
        typer.echo(
            f"{cause.filename or '?'} kann nicht geöffnet werden / cannot be opened: {cause.strerror or cause}",
            err=True,
        )
        raise typer.Exit(TRY_AGAIN if cause.errno == errno.EADDRINUSE else REFUSED) from cause


async def _serve(server: SmallDeviceServer, faults: list[str], *, as_json: bool) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with server:
        for text in faults:
            name, _, value = text.replace("-", "_").partition("=")
            try:
                server.switch(name, int(value) if value.isdigit() else True)
            except OrderRefused as refused:
                rule = refused.rule.replace("_", "-")
                raise typer.BadParameter(f"{text!r}: {rule}", param_hint="--fault") from refused
        typer.echo(_ready(server, as_json=as_json))
        await stopped.wait()


def _ready(server: SmallDeviceServer, *, as_json: bool) -> str:
    tcp, pty = server.tcp_address, server.sockets.pty
    places = {
        "tcp": f"{tcp[0]}:{tcp[1]}" if tcp else None,
        "pty": str(pty) if pty else None,
        "control": str(server.sockets.control) if server.sockets.control else None,
    }
    if as_json:
        return json.dumps({"kind": "ready", **places})
    return "bereit / ready " + " · ".join(f"{name} {place}" for name, place in places.items() if place)


def send_order(control: Path, order: dict[str, Any]) -> dict[str, Any]:
    """The state of a running device after an order. Exit code 3 when it refuses, 4 when nobody is there."""
    try:
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(ANSWER_WITHIN_S)
            channel.connect(str(control))
            channel.sendall(json.dumps(order).encode("utf-8") + b"\n")
            answer = json.loads(channel.makefile("rb").readline(LONGEST_ANSWER))
    except (OSError, ValueError) as cause:
        why = cause.strerror if isinstance(cause, OSError) and cause.strerror else cause
        typer.echo(f"{control} antwortet nicht / does not answer: {why}", err=True)
        raise typer.Exit(TRY_AGAIN) from cause
    if not answer["ok"]:
        typer.echo(f"{answer['field']} {answer['value']!r}: {answer['rule']}", err=True)
        raise typer.Exit(REFUSED)
    state: dict[str, Any] = answer["state"]
    return state
