"""`branchgate central branch add | list | set` and `enrolment-token`: branches and their gateways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from branchgate.errors import Refused, RefusedKind
from branchgate.showing import Answers, JsonOption, console, foreign, show_json, show_next_step
from central.cli.options import DATA_DEFAULT, BranchArgument, DataOption, ask

if TYPE_CHECKING:
    from pathlib import Path

    from branchgate.v1 import catalogue_pb2

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")

Name = Annotated[str | None, typer.Option("--name", help="Name of the branch, as printed.")]
Company = Annotated[str | None, typer.Option("--company", help="Name of the business, as printed on every receipt.")]
Street = Annotated[str | None, typer.Option("--street", help="Street and number, as printed.")]
Postcode = Annotated[str | None, typer.Option("--postcode", help="Postcode, as printed.")]
Town = Annotated[str | None, typer.Option("--town", help="Town, as printed.")]
Country = Annotated[str | None, typer.Option("--country", help="ISO 3166-1 alpha-3, for example DEU.")]
TaxId = Annotated[str | None, typer.Option("--tax-id", help="VAT id or tax number, as printed.")]
TimeZone = Annotated[str | None, typer.Option("--time-zone", help="IANA time zone, for example Europe/Berlin.")]
DayStarts = Annotated[
    str | None, typer.Option("--day-starts-at", help="When a business day starts, for example 04:00 for a bar.")
]
LanguageOption = Annotated[str | None, typer.Option("--language", help="Language of receipts and reports: de or en.")]

branch = typer.Typer(help="Add branches, list them, change their settings.", no_args_is_help=True)


@branch.command("add")
def add(
    branch_id: BranchArgument,
    name: Name = None,
    company: Company = None,
    street: Street = None,
    postcode: Postcode = None,
    town: Town = None,
    country: Country = None,
    tax_id: TaxId = None,
    time_zone: TimeZone = None,
    day_starts_at: DayStarts = None,
    language: LanguageOption = None,
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Adds a branch (Filiale). Its id is for good: lower-case letters, digits and dashes, for example `mitte`.

    It sells every article until `assortment set` says otherwise.
    """
    from branchgate.v1 import catalogue_pb2
    from branchgate.v1 import central_admin_pb2 as messages

    settings = catalogue_pb2.BranchSettings(branch_id=branch_id, name=name or branch_id)
    _change(settings, locals())
    ask(data, lambda central: central.AddBranch(messages.AddBranchRequest(settings=settings)))
    if as_json:
        show_json(settings)
    else:
        show_next_step(
            f"Filiale [bold]{branch_id}[/] angelegt / branch added.\n"
            f"Weiter / next: branchgate central enrolment-token {branch_id} --data {foreign(str(data))}"
        )


@branch.command("set")
def set_(
    branch_id: BranchArgument,
    name: Name = None,
    company: Company = None,
    street: Street = None,
    postcode: Postcode = None,
    town: Town = None,
    country: Country = None,
    tax_id: TaxId = None,
    time_zone: TimeZone = None,
    day_starts_at: DayStarts = None,
    language: LanguageOption = None,
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Changes the settings that are named and leaves the others; they reach the branch by sync (Datenabgleich)."""
    settings = settings_of(data, branch_id)
    _change(settings, locals())
    send_settings(data, settings)
    if as_json:
        show_json(settings)
    else:
        console().print(f"Einstellungen von [bold]{branch_id}[/] geändert / settings changed.")


@branch.command("list")
def list_(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Lists branches and their registers."""
    from branchgate.v1 import central_admin_pb2 as messages

    answer = ask(data, lambda central: central.ListBranches(messages.ListBranchesRequest()))
    if as_json:
        for found in answer.branches:
            show_json(found)
        return
    table = Answers("Filiale / branch", "Name", "Gateway", "Artikel / articles", "Journal", "Kassen / registers")
    for found in answer.branches:
        gateway = (
            "verbunden / connected" if found.connected else "getrennt / away" if found.enrolled else "fehlt / none"
        )
        registers = "\n".join(
            f"{register.register_id} ({register.number_range.prefix}…){'' if register.paired else ' –'}"
            for register in found.registers
        )
        table.add(
            found.settings.branch_id,
            found.settings.name,
            gateway,
            str(found.articles),
            str(found.journal_sequence),
            registers,
        )
    console().print(table)
    console().print("[dim]– noch nicht angebunden / not paired yet[/]")


def enrolment_token(
    branch_id: BranchArgument,
    address: Annotated[
        str, typer.Option("--address", help="host:port of the enrolment port as the gateway reaches it.")
    ] = "",
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Makes a one-off token with which a gateway enrols for a branch. It is shown once and kept nowhere."""
    from branchgate.v1 import central_admin_pb2 as messages

    request = messages.MakeEnrolmentTokenRequest(branch_id=branch_id, address=address)
    answer = ask(data, lambda central: central.MakeEnrolmentToken(request))
    if as_json:
        show_json(answer)
        return
    typer.echo(answer.token)
    minutes = answer.lives_ms // 60_000
    hint = f"Einmal gültig, {minutes} Minuten. Am Gateway / valid once, at the gateway: branchgate gateway enrol TOKEN"
    typer.echo(hint, err=True)


def settings_of(data: Path, branch_id: str) -> catalogue_pb2.BranchSettings:
    """A branch's settings as central has them. Raises Refused (NOT_FOUND)."""
    from branchgate.v1 import central_admin_pb2 as messages

    answer = ask(data, lambda central: central.ListBranches(messages.ListBranchesRequest()))
    for found in answer.branches:
        if found.settings.branch_id == branch_id:
            return found.settings
    raise Refused("NOT_FOUND", field="branch_id", value=branch_id, kind=RefusedKind.NOT_FOUND)


def send_settings(data: Path, settings: catalogue_pb2.BranchSettings) -> None:
    """Replaces a branch's settings."""
    from branchgate.v1 import central_admin_pb2 as messages

    ask(data, lambda central: central.SetBranchSettings(messages.SetBranchSettingsRequest(settings=settings)))


def _change(settings: catalogue_pb2.BranchSettings, named: dict[str, object]) -> None:
    for field in ("name", "company", "street", "postcode", "town", "country", "tax_id", "time_zone", "language"):
        value = named[field]
        if value is not None:
            setattr(settings, field, value)
    if isinstance(named["day_starts_at"], str):
        settings.day_starts_at_minutes = _minutes(named["day_starts_at"])


def _minutes(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise Refused("INVALID_VALUE", field="day-starts-at", value=text, rule="a time like 04:00")
    return int(found[1]) * 60 + int(found[2])


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.add_typer(branch, name="branch")
    app.command("enrolment-token")(enrolment_token)
