"""`branchgate register …`: pair this machine as a register, sell at it, ask how it is."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="The reference till: pair with a branch's gateway, sell with or without it, close the day.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

GREETING_WITHIN_S = 3
CANNOT_SERVE = 4


class Language(StrEnum):
    """Languages of the terminal till."""

    DE = "de"
    EN = "en"


Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="BRANCHGATE_REGISTER_DATA",
        help="The register's data folder: identity, outbox and catalogue. One folder per register.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")]
DATA_DEFAULT = Path("register")


@app.command("pair")
def pair_register(
    address: Annotated[
        str, typer.Argument(help="The gateway's pairing port, for example 192.168.1.10:7444.", show_default=False)
    ],
    code: Annotated[
        str,
        typer.Option("--code", help="The authorization code that central shows.", show_default=False),
    ],
    data: Data = DATA_DEFAULT,
    as_json: Json = False,
) -> None:
    """Pairs this register (Kasse anbinden).

    `branchgate central pair BRANCH REGISTER` shows the code; type it here before it expires. The register makes its
    own key and gets its certificate and number range. A code works once.
    """
    from branchgate import __version__
    from branchgate.folder import DataFolder
    from branchgate.register.log_file import log_into
    from branchgate.register.pairing import pair

    with log_into(data), DataFolder(data):
        identity = asyncio.run(pair(address, code, data, software=f"branchgate {__version__}"))
    first = identity.number_range.number(max(1, identity.next_running_number))
    facts = {
        "register_id": identity.register_id,
        "register_name": identity.register_name,
        "branch_id": identity.branch_id,
        "gateway_address": identity.gateway_address,
        "next_receipt_number": first,
    }
    _show(
        facts,
        f"Angebunden: Kasse {identity.register_id} der Filiale {identity.branch_id}; der nächste Bon ist {first}.\n"
        f"Paired: register {identity.register_id} of branch {identity.branch_id}; the next receipt is {first}.\n"
        f"Weiter / next: branchgate register till --data {data}",
        as_json,
    )


@app.command()
def till(
    data: Data = DATA_DEFAULT,
    script: Annotated[
        bool, typer.Option("--script", help="JSON lines on stdin and stdout instead of a till for people.")
    ] = False,
    user: Annotated[str, typer.Option("--user", help="Who stands at the till; appears on receipts.")] = "anna",
    user_name: Annotated[str, typer.Option("--user-name", help="The name as printed; by default the user.")] = "",
    language: Annotated[Language, typer.Option("--language", help="Language of the till.")] = Language.DE,
) -> None:
    """Sells: at a terminal, or by a script.

    Articles are found by number, GTIN or name; type "hilfe" for everything else. With --script every line of input is one command,
    for example {"do":"sell","lines":[{"article":"10001","quantity":"2"}],"pay":{"cash":"20,00"}}, and gets one line of answer.
    """
    from branchgate.register.till.process import run_till

    asyncio.run(run_till(data, script=script, user_id=user, user_name=user_name or user, language=language.value))


@app.command()
def status(data: Data = DATA_DEFAULT, as_json: Json = False) -> None:
    """Tells how the register stands: what waits for the gateway, for central, for paper, and how many articles it can sell.

    A till that runs on the folder is asked by its own `status` instead. Exit code 4: the gateway did not answer within 3 seconds.
    """
    from branchgate.printable import clean
    from branchgate.register.till.plain import plain_state
    from branchgate.showing import plain_message

    identity, state, stuck = asyncio.run(_look(data))
    facts = {
        "register_id": identity.register_id,
        "branch_id": identity.branch_id,
        **plain_state(state),
        "stuck_print_jobs": [plain_message(job) for job in stuck],
    }
    reached = "ja / yes" if state.connected else "nein / no"
    _show(
        facts,
        f"Kasse / register: {identity.register_id} (Filiale / branch {identity.branch_id})\n"
        f"Gateway {identity.gateway_address}: {reached}\n"
        f"Bons, die auf das Gateway warten / receipts waiting for the gateway: {state.pending}\n"
        f"noch nicht in der Zentrale / not at central yet: {state.held}\n"
        f"abgelehnt / refused: {state.refused}\n"
        f"Artikel / articles: {state.articles}"
        + "".join(f"\n! {clean(job.advice_de)}\n  {clean(job.advice_en)}" for job in stuck),
        as_json,
    )
    if not state.connected:
        raise typer.Exit(CANNOT_SERVE)


@app.command("diagnose")
def diagnose_register(data: Data = DATA_DEFAULT, as_json: Json = False) -> None:
    """Finds out why the register does not get through: asks the gateway's pairing port about certificate and clock.

    Works beside a running till. Exit code 0: nothing wrong; 3: the answer says what to do.
    """
    from branchgate.clock import SystemClock
    from branchgate.register.diagnosis import diagnose
    from branchgate.register.identity import load_identity

    found = asyncio.run(diagnose(load_identity(data), SystemClock().now_ms()))
    seconds = found.clock_ahead_ms / 1000
    _show(
        asdict(found),
        f"{found.text_de}\n{found.text_en}\n[{found.verdict}] Uhr / clock: {seconds:+.1f} s",
        as_json,
    )
    if found.verdict != "OK":
        raise typer.Exit(3)


async def _look(data: Path) -> Any:
    from branchgate.errors import OutcomeUnknown, TryAgain
    from branchgate.register.client import RegisterClient
    from branchgate.register.log_file import log_into

    with log_into(data):
        async with RegisterClient(data) as register:
            try:
                await register.until(lambda now: now.connected, within_s=GREETING_WITHIN_S)
                stuck = await register.gateway.stuck_print_jobs()
            except (TimeoutError, TryAgain, OutcomeUnknown):
                stuck = []
            return register.identity, register.state, stuck


def _show(facts: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else text)
