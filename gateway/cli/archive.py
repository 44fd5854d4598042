"""`branchgate gateway archive …`: closed months as files, and what they still answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeAlias

import grpc.aio
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.figures import closing_to_message
from branchgate.folder import DataFolder
from branchgate.reports import Reprint, report_text, z_report
from branchgate.reports.spans import span_content
from branchgate.showing import JsonOption, console, foreign, show_json
from branchgate.v1 import archive_pb2, archive_pb2_grpc
from gateway.archive.order import ArchiveOrder
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask
from gateway.cli.export import export_archive
from gateway.cli.report_files import CsvOption, HtmlOption, ReportFiles
from gateway.cli.year import Parts, range_of
from gateway.rpc.archive import archive_message
from gateway.rpc.closed_days import sum_message
from gateway.sales.span import Span

Steps: TypeAlias = AsyncIterator[archive_pb2.ArchiveMonthsResponse]
ArchiveArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The archive: a folder with a folder per month.")]

_SPANS = {Parts.NONE: Span.WHOLE, Parts.MONTHS: Span.MONTH, Parts.DAYS: Span.DAY}

group = typer.Typer(
    help="Closed months as files (Parquet), and what they still answer. Nothing is taken out of the journal.",
    no_args_is_help=True,
)


@group.command()
def write(
    month: str = typer.Option("", "--month", metavar="YYYY-MM", help="This month."),
    until: str = typer.Option(
        "", "--until", metavar="YYYY-MM", help="Every month up to this one that is not there yet."
    ),
    to: Path | None = typer.Option(
        None, "--to", metavar="DIR", help="The archive; without it the folder archive in the data folder."
    ),
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Writes fully closed months and reads them back. Months that are there are left alone; a month that broke off is begun anew.

    Works on a running gateway and on the folder of one that is stopped.
    """
    order = ArchiveOrder(month, until, str(to.resolve()) if to is not None else "")
    if not data.is_dir():
        raise Refused("NO_JOURNAL", field="data", value=data)
    try:
        with DataFolder(data):
            from gateway.cli.stopped import archive_desk

            async def steps() -> Steps:
                async for step in archive_desk(data).archive(order):
                    yield archive_message(step)

            asyncio.run(_follow(steps(), as_json=as_json))
            return
    except Refused as refused:
        if refused.reason != "FOLDER_IN_USE":
            raise
    request = archive_pb2.ArchiveMonthsRequest(month=order.month, until=order.until, folder=order.to)

    async def question(channel: grpc.aio.Channel) -> None:
        await _follow(aiter(archive_pb2_grpc.ArchiveServiceStub(channel).ArchiveMonths(request)), as_json=as_json)

    ask(data, question)


@group.command()
def closings(
    archive: ArchiveArgument,
    register: str = typer.Option("", "--register", help="One register; without it all."),
    from_day: str = typer.Option("", "--from", help="From this business day on, as 2026-12-01."),
    to_day: str = typer.Option("", "--to", help="Up to and with this business day."),
    limit: int = typer.Option(20, min=1, max=1000, help="At most so many, newest first."),
    as_json: JsonOption = False,
) -> None:
    """Shows archived closings as they were recorded, newest first. Needs no gateway."""
    from gateway.archive.answers import archived_sales

    now_ms = SystemClock().now_ms()
    with archived_sales(archive) as sales:
        found = sales.closings(register or None, limit, from_day, to_day)
    for closing in found:
        if as_json:
            show_json(closing_to_message(closing))
        else:
            typer.echo(z_report(closing, BranchSettings("", ""), reprint=Reprint(now_ms)))
    if not found and not as_json:
        console().print("Kein Tagesabschluss / no closing")


@group.command()
def year(
    archive: ArchiveArgument,
    which: Annotated[
        int | None, typer.Argument(metavar="[YYYY]", min=1900, max=2199, help="The year; without it all closings.")
    ] = None,
    from_day: str = typer.Option("", "--from", metavar="YYYY-MM-DD", help="From this business day on."),
    to_day: str = typer.Option("", "--to", metavar="YYYY-MM-DD", help="Up to and with this business day."),
    register: str = typer.Option("", "--register", help="One register; without it the whole branch."),
    parts: Parts = typer.Option(Parts.MONTHS, "--by", help="A row for each month, for each day, or the sum alone."),
    html: HtmlOption = None,
    csv: CsvOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the sum over archived closings, as `branchgate gateway year` does. Needs no gateway."""
    from gateway.archive.answers import archived_sales

    first, last = range_of(which, from_day, to_day)
    with archived_sales(archive) as sales:
        whole, divided = sales.closed(register or None, first, last, _SPANS[parts])
    report = span_content(whole, divided, 0, SystemClock().now_ms(), BranchSettings("", ""))
    if as_json:
        show_json(sum_message(whole))
        for part in divided:
            show_json(sum_message(part))
    else:
        typer.echo(report_text(report))
    ReportFiles(html, csv).write([report], quiet=as_json)


@group.command()
def dsfinvk(
    archive: ArchiveArgument,
    from_day: str = typer.Option(..., "--from", metavar="YYYY-MM-DD", help="First business day."),
    to_day: str = typer.Option(..., "--to", metavar="YYYY-MM-DD", help="Last business day."),
    register: str = typer.Option("", "--register", help="One register; without it the whole branch."),
    output: Path | None = typer.Option(
        None, "--output", metavar="FILE.zip", help="File to write; a folder, or nothing: a name that tells what it is."
    ),
    as_json: JsonOption = False,
) -> None:
    """Exports archived days as DSFinV-K, as `branchgate gateway export dsfinvk` does from the journal. Needs no gateway."""
    with TemporaryDirectory(prefix="branchgate-archive-", dir=(output or Path()).resolve().parent) as work:
        export_archive(archive.resolve(), Path(work), (from_day, to_day, register), output, as_json=as_json)


async def _follow(steps: Steps, *, as_json: bool) -> None:
    """Shows how far it is, and each month as it is done."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=as_json,
    )
    with bar:
        task = bar.add_task("", total=None)
        async for step in steps:
            if step.HasField("progress"):
                told = step.progress
                bar.update(task, description=f"{told.month} {told.stage}", completed=told.done, total=told.total)
            elif as_json:
                typer.echo(json.dumps(_plain(step.archived), ensure_ascii=False))
            else:
                _show(step.archived)


def _plain(month: archive_pb2.ArchivedMonth) -> dict[str, object]:
    return {
        "month": month.month,
        "folder": month.folder,
        "first": month.first_journal_sequence,
        "last": month.last_journal_sequence,
        "last_hash": month.chain_hash.hex(),
        "size_bytes": month.size_bytes,
    }


def _show(month: archive_pb2.ArchivedMonth) -> None:
    first, last = month.first_journal_sequence, month.last_journal_sequence
    size = f"{month.size_bytes:,}".replace(",", ".")
    console().print(
        f"[green]{month.month}[/]: Einträge / entries {first}–{last}, Bytes {size},"
        f" Prüfanker / check mark {month.chain_hash.hex()[:16]}@{last}\n  {foreign(month.folder)}",
        soft_wrap=True,
    )


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.add_typer(group, name="archive")
