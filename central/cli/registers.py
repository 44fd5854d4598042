"""`branchgate central register add | range`, `pair` and `device-role`: the registers of a branch and their devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from branchgate.showing import JsonOption, console, foreign, show_json, show_next_step
from central.cli.branches import send_settings, settings_of
from central.cli.options import DATA_DEFAULT, BranchArgument, DataOption, RegisterArgument, ask

if TYPE_CHECKING:
    from branchgate.v1 import session_pb2
    from branchgate.v1.central_admin_pb2_grpc import CentralAdminServiceAsyncStub

ALL = "all"

register = typer.Typer(help="Add registers, give them another number range.", no_args_is_help=True)


@register.command("add")
def add(
    branch_id: BranchArgument,
    register_id: RegisterArgument,
    prefix: Annotated[
        str, typer.Option("--prefix", help="Begins every receipt number of this register, for example K1-.")
    ],
    name: Annotated[str, typer.Option("--name", help="Name of the register; without it its id.")] = "",
    digits: Annotated[int, typer.Option("--digits", help="Digits of the running part, 3 to 9.")] = 6,
    suffix: Annotated[str, typer.Option("--suffix", help="Ends every receipt number; often empty.")] = "",
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Adds a register (Kasse) with its number range (Nummernkreis).

    The id is for good, never reused, and unique over all branches: it is Z_KASSE_ID in the tax export. Ranges that could ever print the
    same receipt number are refused.
    """
    from branchgate.v1 import central_admin_pb2 as messages
    from branchgate.v1 import pairing_pb2

    number_range = pairing_pb2.NumberRange(prefix=prefix, digits=digits, suffix=suffix)
    request = messages.AddRegisterRequest(
        branch_id=branch_id, register_id=register_id, name=name, number_range=number_range
    )
    answer = ask(data, lambda central: central.AddRegister(request))
    if as_json:
        show_json(answer)
    else:
        show_next_step(
            f"Kasse [bold]{register_id}[/] angelegt / register added; {answer.registers_counted} insgesamt / in all.\n"
            f"Weiter / next: branchgate central pair {branch_id} {register_id} --data {foreign(str(data))}"
        )


@register.command("range")
def range_(
    register_id: RegisterArgument,
    prefix: Annotated[str, typer.Option("--prefix", help="Begins every receipt number from then on.")],
    digits: Annotated[int, typer.Option("--digits", help="Digits of the running part: more than before, at most 9.")],
    suffix: Annotated[str, typer.Option("--suffix", help="Ends every receipt number; often empty.")] = "",
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Gives a register another number range (Nummernkreis) when its own is used up. It gets it when it is paired anew.

    The running numbers count on, so the new range has more digits. What the register printed before stays its own.
    """
    from branchgate.v1 import central_admin_pb2 as messages
    from branchgate.v1 import pairing_pb2

    number_range = pairing_pb2.NumberRange(prefix=prefix, digits=digits, suffix=suffix)
    request = messages.SetNumberRangeRequest(register_id=register_id, number_range=number_range)
    answer = ask(data, lambda central: central.SetNumberRange(request))
    if as_json:
        show_json(answer)
    else:
        show_next_step(
            f"Neuer Nummernkreis für [bold]{register_id}[/], gilt nach neuem Anbinden / new range, used once paired anew.\n"
            f"Weiter / next: branchgate central pair {answer.branch_id} {register_id} --data {foreign(str(data))}"
        )


def pair(
    branch_id: BranchArgument,
    register_id: RegisterArgument,
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Pairs a register (Kasse anbinden): shows the authorization code, the server data and a QR code, and follows every step.

    Ends with exit code 0 once the register is paired, with 3 if the code dies unused.
    """
    from branchgate.v1 import central_admin_pb2 as messages
    from branchgate.v1 import session_pb2

    request = messages.PairRegisterRequest(branch_id=branch_id, register_id=register_id)
    last = session_pb2.PAIRING_STAGE_UNSPECIFIED

    async def question(central: CentralAdminServiceAsyncStub) -> None:
        nonlocal last
        async for response in central.PairRegister(request):
            last = response.step.stage
            if as_json:
                show_json(response.step)
            else:
                _show(response.step, register_id)

    ask(data, question)
    if last != session_pb2.PAIRING_STAGE_COMPLETED:
        raise typer.Exit(3)


def device_role(
    branch_id: BranchArgument,
    register_id: Annotated[
        str, typer.Argument(metavar="REGISTER", help=f"The register's id, or {ALL} for every register of the branch.")
    ],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="receipt, kitchen, label, drawer, display or scale.")],
    device: Annotated[
        str, typer.Argument(metavar="DEVICE", help="Name of the device in the gateway's file; - takes the role away.")
    ],
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Says which device of the branch serves a register in a role, for example its receipt printer."""
    from branchgate.v1 import catalogue_pb2

    settings = settings_of(data, branch_id)
    register_id = "" if register_id == ALL else register_id
    kept = [known for known in settings.device_roles if (known.register_id, known.role) != (register_id, role)]
    if device != "-":
        kept.append(catalogue_pb2.DeviceRole(register_id=register_id, role=role, device=device))
    del settings.device_roles[:]
    settings.device_roles.extend(kept)
    send_settings(data, settings)
    if as_json:
        show_json(settings)
    else:
        console().print(
            f"Geräterolle gesetzt / device role set: {foreign(register_id or ALL)} · {foreign(role)} → {foreign(device)}"
        )


def _show(step: session_pb2.PairingStep, register_id: str) -> None:
    from branchgate.v1 import session_pb2

    if step.stage != session_pb2.PAIRING_STAGE_CODE:
        console().print(f"{foreign(step.text_de)}\n[dim]{foreign(step.text_en)}[/]")
        return
    from branchgate.pairing.code import parsed_code
    from branchgate.pairing.qr import PairingInvitation, as_blocks

    invitation = PairingInvitation(parsed_code(step.code), step.pairing_address, step.server_key_sha256)
    typer.echo(as_blocks(invitation.text))
    console().print(
        f"Kasse / register              [bold]{register_id}[/]\n"
        f"Autorisierungscode / code     [bold]{step.code}[/]\n"
        f"Server-Daten / server         [bold]{foreign(step.pairing_address)}[/]\n"
        f"gültig / valid                {step.lives_ms // 60_000} min\n\n"
        "An der Kasse eingeben oder den QR-Code lesen lassen; hier erscheint, was dort geschieht.\n"
        "[dim]Type these at the register or let it read the QR code; what happens there appears here.[/]"
    )


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.add_typer(register, name="register")
    app.command()(pair)
    app.command("device-role")(device_role)
