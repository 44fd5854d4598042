"""`branchgate gateway verify | incidents | acknowledge | next-z | export journal`: is the journal whole, what was ever wrong with it, who has taken notice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Annotated, BinaryIO

import grpc.aio
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from branchgate.errors import Refused
from branchgate.folder import DataFolder
from branchgate.showing import JsonOption, console, foreign, show_json
from branchgate.v1 import gateway_admin_pb2, gateway_admin_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, UserOption, ask
from gateway.cli.export import group as exports
from gateway.cli.times import date_and_time

DAMAGED = 1
"""Exit code of `verify` when something is wrong."""

NONE_OPEN = 3
"""Exit code of `acknowledge` when no incident with these numbers is open."""

AnchorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--anchor",
        metavar="HASH@SEQUENCE",
        help="Prüfanker of a printed Z and the last entry printed above it: the journal must agree. May be repeated.",
    ),
]
Steps = AsyncIterable[gateway_admin_pb2.ExamineJournalResponse]


def verify(data: DataOption = DATA_DEFAULT, anchor: AnchorOption = None, as_json: JsonOption = False) -> None:
    """Examines the journal from its first entry on: chain, registers' numbers, closings, stores. Names every fault to the entry.

    Works on a running gateway and on the folder of one that is stopped. Exit code 0: whole; 1: something is wrong; anything else: it
    could not be examined.
    """
    from gateway.journal.anchors import parsed_anchor

    anchors = [parsed_anchor(text) for text in anchor or ()]
    try:
        with _stopped(data):
            from gateway.cli.stopped import examination

            faults = _shown(examination(data, anchors), as_json=as_json)
    except Refused as refused:
        if refused.reason != "FOLDER_IN_USE":
            raise
        request = gateway_admin_pb2.ExamineJournalRequest(
            anchors=[
                gateway_admin_pb2.JournalAnchor(journal_sequence=one.sequence, chain_hash=one.hash_begins)
                for one in anchors
            ]
        )

        async def question(channel: grpc.aio.Channel) -> int:
            return await _show(gateway_admin_pb2_grpc.GatewayAdminServiceStub(channel).ExamineJournal(request), as_json)

        faults = ask(data, question)
    if faults:
        raise typer.Exit(DAMAGED)


def export(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="File to write; it must not exist yet.")],
    first: Annotated[
        int, typer.Option("--from", metavar="SEQUENCE", min=1, max=2**63 - 1, help="First entry; without it all.")
    ] = 1,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Writes the journal with its hash chain, one JSON object per line; `branchgate check journal FILE` verifies it anywhere."""
    if to.exists():
        raise typer.BadParameter(f"{to} gibt es schon / exists already", param_hint="--to")
    part = to.with_name(f"{to.name}.part")
    try:
        with part.open("wb") as file:
            _write(data, first, file)
        part.rename(to)
    except OSError as failure:
        raise Refused("EXPORT_FILE_NOT_WRITABLE", field="to", value=to, rule=failure.strerror or "") from failure
    finally:
        with contextlib.suppress(OSError):  # where it could not be made there is nothing to take away
            part.unlink(missing_ok=True)
    console().print(
        f"Geschrieben / written: {foreign(str(to))}. Prüfen / check: branchgate check journal {foreign(str(to))}",
        soft_wrap=True,
    )


def _write(data: Path, first: int, file: BinaryIO) -> None:
    try:
        with _stopped(data):
            from gateway.cli.stopped import export_lines

            file.writelines(export_lines(data, first))
    except Refused as refused:
        if refused.reason != "FOLDER_IN_USE":
            raise
        request = gateway_admin_pb2.ExportJournalRequest(first_journal_sequence=first)

        async def question(channel: grpc.aio.Channel) -> None:
            async for portion in gateway_admin_pb2_grpc.GatewayAdminServiceStub(channel).ExportJournal(request):
                file.write(portion.lines)

        ask(data, question)


def incidents(
    data: DataOption = DATA_DEFAULT,
    everything: bool = typer.Option(False, "--all", help="Also those that somebody has acknowledged."),
    as_json: JsonOption = False,
) -> None:
    """Lists damage to the journal and ends that it has lost, oldest first; without --all only what nobody has acknowledged."""

    async def question(channel: grpc.aio.Channel) -> gateway_admin_pb2.ListIncidentsResponse:
        stub = gateway_admin_pb2_grpc.GatewayAdminServiceStub(channel)
        return await stub.ListIncidents(gateway_admin_pb2.ListIncidentsRequest(open_only=not everything))

    answer = ask(data, question)
    if as_json:
        show_json(answer)
        return
    for incident in answer.incidents:
        console().print(
            f"[bold]{incident.number}[/]  {date_and_time(incident.found_at_ms)}  {foreign(incident.reason)}\n"
            f"  {foreign(incident.text_de)}\n  [dim]{foreign(incident.text_en)}[/]"
        )
    if not answer.incidents:
        console().print(
            "Keine offenen Vorfälle / no open incidents" if not everything else "Keine Vorfälle / no incidents"
        )


def acknowledge(
    numbers: Annotated[
        list[int],
        typer.Argument(metavar="NUMBER...", min=1, max=2**63 - 1, help="Numbers that `incidents` shows."),
    ],
    data: DataOption = DATA_DEFAULT,
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Takes notice of incidents: the status page no longer tells them. Who did it when stands in the journal.

    Exit code 3: none of these is open.
    """

    async def question(channel: grpc.aio.Channel) -> gateway_admin_pb2.AcknowledgeIncidentsResponse:
        stub = gateway_admin_pb2_grpc.GatewayAdminServiceStub(channel)
        request = gateway_admin_pb2.AcknowledgeIncidentsRequest(numbers=numbers, user_id=user)
        return await stub.AcknowledgeIncidents(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        console().print(f"Zur Kenntnis genommen / acknowledged: {answer.acknowledged}")
    if not answer.acknowledged:
        raise typer.Exit(NONE_OPEN)


def next_z(
    register: Annotated[str, typer.Argument(metavar="REGISTER", help="The register, as `status` names it.")],
    number: Annotated[
        int,
        typer.Argument(metavar="NUMBER", min=1, max=2**63 - 1, help="One more than the number of its last Z report."),
    ],
    data: DataOption = DATA_DEFAULT,
    user: UserOption = "operator",
) -> None:
    """Says which Z number a register gets next. Only after the journal was lost, while neither central nor a sales store can tell."""

    async def question(channel: grpc.aio.Channel) -> None:
        request = gateway_admin_pb2.SayNextZNumberRequest(register_id=register, next_z_number=number, user_id=user)
        await gateway_admin_pb2_grpc.GatewayAdminServiceStub(channel).SayNextZNumber(request)

    ask(data, question)
    console().print(f"{foreign(register)}: nächster Abschluss / next closing Z {number}")


def _stopped(data: Path) -> DataFolder:
    """The folder, held for as long as it is examined. Raises Refused (FOLDER_IN_USE, NO_JOURNAL)."""
    if not data.is_dir():
        raise Refused("NO_JOURNAL", field="data", value=data)
    return DataFolder(data)


def _shown(steps: Steps, *, as_json: bool) -> int:
    return asyncio.run(_show(steps, as_json))


async def _show(steps: Steps, as_json: bool) -> int:
    """Shows an examination as it goes on; returns how much is wrong."""
    faults = 0
    bar = Progress(
        TextColumn("Journal"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=as_json,
    )
    with bar:
        task = bar.add_task("", total=None)
        async for message in steps:
            if as_json:
                show_json(message)
            match message.WhichOneof("step"):
                case "progress":
                    bar.update(task, completed=message.progress.entries, total=message.progress.head)
                case "fault":
                    faults += 1
                    if not as_json:
                        _show_fault(message.fault)
                case "verdict":
                    faults = message.verdict.faults
                    if not as_json:
                        _show_verdict(message.verdict)
    return faults


def _show_fault(fault: gateway_admin_pb2.JournalFault) -> None:
    where = [f"Eintrag / entry {_places(fault)}"] if fault.journal_sequence else []
    if fault.recorded_at_ms:
        where += [fault.register_id or "Filiale / branch", fault.kind, date_and_time(fault.recorded_at_ms)]
    console().print(
        f"[red]✗[/] [bold]{foreign(fault.reason)}[/]  {foreign(', '.join(where))}\n"
        f"  {foreign(fault.text_de)}\n  [dim]{foreign(fault.text_en)}[/]",
        soft_wrap=True,
    )


def _show_verdict(verdict: gateway_admin_pb2.ExaminationVerdict) -> None:
    place = (
        f"{verdict.entries} Einträge / entries, Prüfanker / check mark {verdict.chain_hash.hex()[:16]}@{verdict.head}"
    )
    if verdict.intact:
        console().print(f"[green]Das Journal ist heil / the journal is whole[/]: {place}", soft_wrap=True)
        return
    unproved = f", {verdict.unproved} nicht beweisbar / not provable" if verdict.unproved else ""
    console().print(
        f"[red]{verdict.faults} Fehler / faults[/]: {place}{unproved}\n"
        "Bitte den Datenordner sichern, bevor etwas anderes geschieht, und den Datenträger prüfen.\n"
        "[dim]Save the data folder before anything else, and have the disk checked.[/]",
        soft_wrap=True,
    )


def _places(fault: gateway_admin_pb2.JournalFault) -> str:
    first, last = fault.journal_sequence, fault.last_journal_sequence
    return str(first) if last <= first else f"{first}–{last}"


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    for command in (verify, incidents, acknowledge):
        app.command()(command)
    app.command("next-z")(next_z)
    exports.command("journal")(export)
