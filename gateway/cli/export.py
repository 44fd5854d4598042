"""`branchgate gateway export …`: files for those who may ask for the books."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias

import grpc.aio
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.errors.texts import sentence
from branchgate.folder import DataFolder
from branchgate.showing import JsonOption, console, foreign, plain_message
from branchgate.v1 import export_pb2, export_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask, not_empty
from gateway.cli.received import Received
from gateway.dsfinvk.desk import ExportDesk
from gateway.dsfinvk.order import ExportOrder
from gateway.rpc.export import response

NOTHING_CLOSED = 6
"""Exit code when no closing lies in the range: nothing was written, and nothing is wrong."""

Steps: TypeAlias = AsyncIterator[export_pb2.ExportDsfinvkResponse]

group = typer.Typer(help="Files for those who may ask for the books.", no_args_is_help=True)


@group.command()
def dsfinvk(
    from_day: str = typer.Option(..., "--from", metavar="YYYY-MM-DD", help="First business day."),
    to_day: str = typer.Option(..., "--to", metavar="YYYY-MM-DD", help="Last business day."),
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option(
        "", "--register", callback=not_empty, help="One register; without it the whole branch."
    ),
    output: Path | None = typer.Option(
        None, "--output", metavar="FILE.zip", help="File to write; a folder, or nothing: a name that tells what it is."
    ),
    preview: bool = typer.Option(
        False, "--preview", help="Also what is not closed yet, marked as a preview: never an export for the tax office."
    ),
    dtd: Path | None = typer.Option(
        None, "--dtd", metavar="FILE", help="The official gdpdu-01-09-2004.dtd, put in the place of our own."
    ),
    as_json: JsonOption = False,
) -> None:
    """Exports closed days as DSFinV-K 2.4: twenty tables, index.xml and its grammar in one ZIP. Changes nothing.

    Works on a running gateway and on the folder of one that is stopped. The file gets its name once it is complete. Exit code 6:
    nothing was closed on these days, and nothing is written.
    """
    received = Received(output, preview=preview)
    order = ExportOrder(from_day, to_day, register, preview, _grammar(dtd))
    _show_made(lambda: _exported(data, order, received, as_json=as_json), received, as_json=as_json)


def export_archive(
    archive: Path, work: Path, days: tuple[str, str, str], output: Path | None, *, as_json: bool
) -> None:
    """Exports an archive with `work` to work in; `days` are the first and the last one, and the register."""
    received = Received(output, preview=False)
    desk = ExportDesk(work, SystemClock(), archive=str(archive))
    order = ExportOrder(*days)
    _show_made(lambda: _by_desk(desk, order, received, as_json=as_json), received, as_json=as_json)


def _show_made(make: Callable[[], export_pb2.ExportSummary], received: Received, *, as_json: bool) -> None:
    """Makes an export and tells what it is; an empty one has an exit code of its own."""
    try:
        summary = make()
    except Refused as refused:
        if refused.reason != "EXPORT_NOTHING_CLOSED":
            raise
        typer.echo(f"{sentence(refused, 'de')}\n{sentence(refused, 'en')}", err=True)
        raise typer.Exit(NOTHING_CLOSED) from refused
    if as_json:
        typer.echo(json.dumps({"file": str(received.path), **plain_message(summary)}, ensure_ascii=False))
    else:
        _show(summary, received.path)


def _exported(data: Path, order: ExportOrder, received: Received, *, as_json: bool) -> export_pb2.ExportSummary:
    """Asks the gateway that runs on the folder, or does its work where none runs."""
    if not data.is_dir():
        raise Refused("NO_JOURNAL", field="data", value=data)
    try:
        with DataFolder(data):
            return _by_desk(ExportDesk(data, SystemClock()), order, received, as_json=as_json)
    except Refused as refused:
        if refused.reason != "FOLDER_IN_USE":
            raise
    request = export_pb2.ExportDsfinvkRequest(
        from_day=order.from_day,
        to_day=order.to_day,
        register_id=order.register_id,
        preview=order.preview,
        dtd=order.dtd,
    )

    async def question(channel: grpc.aio.Channel) -> export_pb2.ExportSummary:
        call = export_pb2_grpc.ExportServiceStub(channel).ExportDsfinvk(request)
        return await _follow(aiter(call), received, as_json=as_json)

    return ask(data, question)


def _by_desk(desk: ExportDesk, order: ExportOrder, received: Received, *, as_json: bool) -> export_pb2.ExportSummary:
    """Does the work here, where no gateway runs."""

    async def steps() -> Steps:
        async for step in desk.export(order):
            yield response(step)

    return asyncio.run(_follow(steps(), received, as_json=as_json))


async def _follow(steps: Steps, received: Received, *, as_json: bool) -> export_pb2.ExportSummary:
    """Shows how far it is and takes in the file. Raises what the other side answered, Refused for a file that cannot be written."""
    summary: export_pb2.ExportSummary | None = None
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=as_json,
    )
    with bar, received:
        task = bar.add_task("Journal", total=None, done="")
        async for step in steps:
            match step.WhichOneof("step"):
                case "progress":
                    _advance(bar, task, step.progress)
                case "summary":
                    summary = step.summary
                    bar.update(task, description="Datei / file", total=summary.size_bytes, completed=0, done="")
                case "content":
                    received.take(step.content)
                    bar.update(task, advance=len(step.content))
        if summary is None:
            raise Refused("EXPORT_INCOMPLETE", field="export", value="0", rule="?")
        received.finish(summary.file_name, summary.size_bytes, summary.sha256)
    return summary


def _advance(bar: Progress, task: TaskID, progress: export_pb2.ExportProgress) -> None:
    words = {"read": "Bons / receipts", "write": "Tabellen / tables"}
    bar.update(
        task,
        description=words.get(progress.stage, progress.stage),
        completed=progress.done,
        total=progress.total,
        done=f"{progress.done}/{progress.total}",
    )


def _grammar(dtd: Path | None) -> str:
    if dtd is None:
        return ""
    try:
        grammar = dtd.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise typer.BadParameter(f"{dtd}: {problem}", param_hint="--dtd") from problem
    if not grammar:
        raise Refused("INVALID_VALUE", field="dtd", value=str(dtd), rule="<!ELEMENT DataSet …>")
    return grammar


def _show(summary: export_pb2.ExportSummary, path: Path) -> None:
    console().print(
        f"[bold]{foreign(str(path))}[/]\n"
        f"  Abschlüsse / closings {_whole(summary.closings)}, Bons / receipts {_whole(summary.receipts)},"
        f" Positionen / lines {_whole(summary.lines)}, Bytes {_whole(summary.size_bytes)}\n"
        f"  SHA-256 {summary.sha256}",
        soft_wrap=True,
    )
    if summary.open_periods:
        console().print(
            f"[yellow]![/] Noch nicht abgeschlossen und deshalb kein Teil eines Exports: {summary.open_periods}\n"
            f"  [dim]Not closed yet and therefore no part of an export: {summary.open_periods}[/]",
            soft_wrap=True,
        )
    for note in summary.notes:
        console().print(f"[yellow]![/] {foreign(note.text_de)}\n  [dim]{foreign(note.text_en)}[/]", soft_wrap=True)


def _whole(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.add_typer(group, name="export")
