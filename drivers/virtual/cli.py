"""`branchgate devices virtual-printer`: a receipt printer with drawer that needs no hardware."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from drivers.virtual.events import Complaint, DrawerMoved, PowerCycled, PrinterEvent, SlipDone
from drivers.virtual.faults import EXPLAINED, Faults, UnknownFault, parse_switch
from drivers.virtual.folder import event_record
from drivers.virtual.paper import Slip
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer, WhenBusy
from drivers.virtual.serving_cli import REFUSED, TRY_AGAIN, listening_on
from drivers.virtual.settings import LARGE_BUFFER, Flow, PrinterSettings


def virtual_printer(
    tcp: Annotated[str | None, typer.Option(help="HOST:PORT to listen on; port 0 takes a free one.")] = None,
    pty: Annotated[Path | None, typer.Option(help="Path of the serial device to make.")] = None,
    paper: Annotated[Path | None, typer.Option(help="Folder for slips as PNG and text, and paper.jsonl.")] = None,
    control: Annotated[
        Path | None, typer.Option(help="Path of a Unix socket that takes fault switches as JSON.")
    ] = None,
    columns: Annotated[int, typer.Option(help="Characters in a line: 48 on 80 mm paper, 32 on 58 mm.")] = 48,
    speed: Annotated[float | None, typer.Option(help="Paper speed in mm/s; without it printing takes no time.")] = None,
    baud: Annotated[int | None, typer.Option(help="As slow as a serial line of this speed.")] = None,
    buffer: Annotated[int, typer.Option(help="Receive buffer in bytes: 4096 or 45 on real printers.")] = LARGE_BUFFER,
    flow: Annotated[Flow, typer.Option(help="How a serial host is told to wait.")] = Flow.HOLD,
    when_busy: Annotated[WhenBusy, typer.Option(help="What a second TCP host meets.")] = WhenBusy.REFUSE,
    drawer_shuts_after: Annotated[
        int, typer.Option(help="Milliseconds until somebody shuts the drawer; 0: nobody does.")
    ] = 2000,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="Fault switch to start with, as paper-out or stall-after-bytes=4096; help lists them all."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")] = False,
) -> None:
    """Ein Bondrucker ohne Gerät / a receipt printer without the device. Ends with Ctrl-C."""
    if "help" in (fault or []):
        for name, says in EXPLAINED.items():
            typer.echo(f"{name.replace('_', '-'):30}{says}")
        return
    settings = PrinterSettings(
        columns=columns,
        buffer_bytes=buffer,
        flow=flow,
        speed_mm_s=speed,
        drawer_shuts_after_ms=drawer_shuts_after or None,
    )
    say = _say_json if as_json else _say_people
    places = Places(listening_on(tcp, pty, 9100), pty, paper, control)
    server = VirtualPrinterServer(
        VirtualPrinter(settings, _faults(fault or [])), places, baud=baud, when_busy=when_busy, on_event=say
    )
    try:
        asyncio.run(_serve(server, _ready_json if as_json else _ready_people))
    except OSError as cause:
        place, why = cause.filename or "?", cause.strerror or cause
        typer.echo(f"{place} kann nicht geöffnet werden / cannot be opened: {why}", err=True)
        raise typer.Exit(TRY_AGAIN if cause.errno == errno.EADDRINUSE else REFUSED) from cause


async def _serve(server: VirtualPrinterServer, ready: Callable[[VirtualPrinterServer], None]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with server:
        ready(server)
        await stopped.wait()


def _faults(switches: list[str]) -> Faults:
    faults = Faults()
    for text in switches:
        try:
            faults = faults.switched(*parse_switch(text))
        except UnknownFault as refused:
            raise typer.BadParameter(f"{text!r}: {_dashed(refused.rule)}", param_hint="--fault") from refused
    return faults


def _dashed(rule: str) -> str:
    """Names as people type them and as help lists them."""
    return rule.replace("_", "-")


def _ready_json(server: VirtualPrinterServer) -> None:
    tcp = server.tcp_address
    record = {
        "kind": "ready",
        "tcp": f"{tcp[0]}:{tcp[1]}" if tcp else None,
        "pty": str(server.places.pty) if server.places.pty else None,
        "control": str(server.places.control) if server.places.control else None,
        "paper": str(server.places.paper) if server.places.paper else None,
    }
    typer.echo(json.dumps(record))


def _ready_people(server: VirtualPrinterServer) -> None:
    tcp, places = server.tcp_address, server.places
    parts = [f"tcp {tcp[0]}:{tcp[1]}" if tcp else "", f"pty {places.pty}" if places.pty else ""]
    parts += [f"Papier / paper {places.paper}" if places.paper else ""]
    Console().print(
        "[bold green]bereit / ready[/] " + escape(" · ".join(part for part in parts if part)),
        highlight=False,
        soft_wrap=True,
    )


def _say_json(event: PrinterEvent) -> None:
    typer.echo(json.dumps(event_record(event), ensure_ascii=False))


def _say_people(event: PrinterEvent) -> None:
    match event:
        case SlipDone(slip):
            line = _slip_line(slip)
        case DrawerMoved(is_open, connection):
            line = (
                "[cyan]Lade offen / drawer open[/] " + escape(connection)
                if is_open
                else "[cyan]Lade zu / drawer shut[/]"
            )
        case PowerCycled():
            line = "[red]aus und ein / power cycled[/]"
        case Complaint(text):
            line = f"[yellow]unverstanden / not understood[/] {escape(text)}"
        case _:
            return
    Console().print(line, highlight=False, soft_wrap=True)


def _slip_line(slip: Slip) -> str:
    what = "[bold]KOPIE[/]" if slip.copy else "Bon / slip"
    parts = [f"{what} {slip.number}", f"Nr. {escape(slip.receipt_number)}" if slip.receipt_number else ""]
    parts += [
        f"{len(slip.text.splitlines())} Zeilen / lines",
        f"{len(slip.qr_payloads)} QR" if slip.qr_payloads else "",
    ]
    parts += ["" if slip.complete else f"[red]unvollständig / incomplete ({slip.interruption})[/]"]
    return " · ".join(part for part in parts if part)
