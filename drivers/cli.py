"""`branchgate devices`: look at a printer, print a test page, open the drawer, without a gateway.

Exit codes: 0 it worked; 2 the command line is wrong; 3 refused, do not repeat it as it is; 4 not now and nothing has happened,
try again; 5 it may have happened, look at the device before repeating.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Annotated, Any, Final, NoReturn

import typer

from drivers.drawer import DrawerCommand, DrawerState, DrawerWiring, Level
from drivers.errors import AddressInvalid, Reason
from drivers.escpos.commands import PROCESS_IDS
from drivers.escpos.profile import PROFILES, PrinterProfile
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.states import JobEvidence, JobState
from drivers.trial_page import trial_page
from drivers.virtual.cli import virtual_printer
from drivers.virtual.display_cli import virtual_display
from drivers.virtual.scale_cli import set_weight, virtual_scale

app = typer.Typer(
    help="Printers and cash drawers of this machine: try them out before a gateway uses them.", no_args_is_help=True
)
app.command("virtual-printer")(virtual_printer)
app.command("virtual-display")(virtual_display)
app.command("virtual-scale")(virtual_scale)
app.command("set-weight")(set_weight)


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    USAGE = 2
    REFUSED = 3
    TRY_AGAIN = 4
    UNKNOWN = 5


Address = Annotated[
    str,
    typer.Argument(
        help="tcp://192.168.1.50:9100 for a network printer, serial:///dev/ttyUSB0?baud=38400&flow=rtscts for a serial "
        "one (flow is rtscts, xonxoff or none; none loses bytes on long receipts).",
        show_default=False,
    ),
]
Profile = Annotated[str, typer.Option(help=f"What kind of printer it is: {', '.join(PROFILES)}.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs instead of text for people.")]
Patience = Annotated[float, typer.Option(help="Seconds to wait for the printer.", min=0.5)]

_OPEN_VERDICTS: Final = (JobState.UNCERTAIN, JobState.SENT_UNVERIFIED, JobState.PARTIAL)


@dataclass(frozen=True, slots=True)
class _Report:
    """What a command found, and the exit code for it."""

    code: Exit
    facts: dict[str, Any]
    text: str


@app.command()
def status(address: Address, profile: Profile = "generic-80", patience: Patience = 5.0, as_json: Json = False) -> None:
    """Ask a printer how it is: online, cover, paper, drawer. Prints nothing on paper.

    Exit code 0: ready to print. 4: not ready or not reachable; the reason is named.
    """

    async def look(actor: PrinterActor) -> _Report:
        known = await _status_of(actor, patience)
        facts = asdict(known) | {"ready": known.ready}
        text = f"{address}: {'ready' if known.ready else known.reason or 'unknown'}\n" + "\n".join(
            f"  {name}: {_in_words(value)}" for name, value in asdict(known).items() if name != "reason"
        )
        return _Report(Exit.DONE if known.ready else _not_now(known.reason), facts, text)

    _carry_out(address, profile, DrawerWiring(), MemoryLedger(), look, as_json)


@app.command("test-page")
def print_test_page(
    address: Address, profile: Profile = "generic-80", patience: Patience = 20.0, as_json: Json = False
) -> None:
    """Print a page that shows width, umlauts, euro sign, QR code, barcode and cut, and say how sure it is on paper.

    Exit code 0: the printer confirmed it. 4: nothing was sent. 5: sent, but not confirmed; look at the paper.
    """
    ledger = _WatchedLedger()

    async def print_it(actor: PrinterActor) -> _Report:
        ledger.add(MemoryJob(b"test-page", trial_page(address, _profile(profile))))
        actor.wake()
        state = await ledger.verdict(b"test-page", patience)
        evidence = ledger.evidence(b"test-page")
        facts = {"state": state, "proof": evidence.proof, "reason": evidence.reason}
        because = f" ({evidence.proof or evidence.reason})" if evidence.proof or evidence.reason else ""
        return _Report(_exit_of(state, evidence.reason), facts, f"{address}: {state}{because}")

    _carry_out(address, profile, DrawerWiring(), ledger, print_it, as_json)


@app.command("open-drawer")
def open_drawer(
    address: Address,
    profile: Profile = "generic-80",
    pin: Annotated[int, typer.Option(help="Connector pin that drives the drawer: 2, or 5 for a second drawer.")] = 2,
    open_level: Annotated[
        Level | None,
        typer.Option(
            help="Level of the drawer's sensor when it is open. Leave out when it has none: success is unknown."
        ),
    ] = None,
    patience: Patience = 5.0,
    as_json: Json = False,
) -> None:
    """Open the cash drawer at a printer, now or not at all, and look whether it opened.

    Exit code 0: the sensor saw it open. 4: it did not open. 5: the pulse was sent, and nothing can tell.
    """
    if pin not in (2, 5):
        raise typer.BadParameter("must be 2 or 5", param_hint="--pin")

    async def kick(actor: PrinterActor) -> _Report:
        valid_until = _utc_now() + int(patience * 1000)
        outcome = await actor.open_drawer(DrawerCommand(secrets.token_bytes(16), "test", "command line", valid_until))
        code = {DrawerState.OPENED: Exit.DONE, DrawerState.NOT_OPENED: _not_now(outcome.reason)}.get(
            outcome.state, Exit.UNKNOWN
        )
        facts = {"state": outcome.state, "reason": outcome.reason, "pulse_sent": outcome.pulse_sent}
        because = f" ({outcome.reason})" if outcome.reason else ""
        return _Report(code, facts, f"{address}: {outcome.state}{because}")

    _carry_out(address, profile, DrawerWiring(pin, open_level), MemoryLedger(), kick, as_json)


class _WatchedLedger(MemoryLedger):
    """A ledger that tells when a job has moved."""

    def __init__(self) -> None:
        super().__init__(first_process_id=secrets.randbelow(PROCESS_IDS))
        self._moved = asyncio.Event()

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Record, and tell."""
        await super().moved(job_id, state, evidence)
        self._moved.set()

    async def verdict(self, job_id: bytes, patience: float) -> JobState:
        """Wait until nothing more can be expected, or for as long as the patience lasts."""
        try:
            async with asyncio.timeout(patience):
                while not (self.state(job_id).is_settled or self.state(job_id) is JobState.UNCERTAIN):
                    await self._moved.wait()
                    self._moved.clear()
        except TimeoutError:
            return self.state(job_id)
        return self.state(job_id)


def _carry_out(
    address: str,
    profile: str,
    wiring: DrawerWiring,
    ledger: MemoryLedger,
    work: Callable[[PrinterActor], Awaitable[_Report]],
    as_json: bool,
) -> NoReturn:
    try:
        factory = transport_factory(address)
    except AddressInvalid as error:
        raise typer.BadParameter(f"{error.field} {error.value!r} {error.rule}", param_hint="ADDRESS") from error
    actor = PrinterActor(address, factory, ledger, _profile(profile), _utc_now, drawer=wiring)
    report = asyncio.run(_run(actor, work))
    typer.echo(json.dumps({"address": address, **report.facts}) if as_json else report.text)
    raise typer.Exit(report.code)


async def _run(actor: PrinterActor, work: Callable[[PrinterActor], Awaitable[_Report]]) -> _Report:
    running = asyncio.create_task(actor.run())
    try:
        return await work(actor)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _status_of(actor: PrinterActor, patience: float) -> PrinterStatus:
    """The first status that is complete, or says why there is none."""
    complete = asyncio.Event()

    def look(now: PrinterStatus) -> None:
        if now.paper_out is not None or now.online is None:
            complete.set()

    unsubscribe = actor.subscribe(look)
    try:
        await asyncio.wait_for(complete.wait(), patience)
    except TimeoutError:
        return actor.status
    finally:
        unsubscribe()
    return actor.status


def _profile(name: str) -> PrinterProfile:
    if name not in PROFILES:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(PROFILES)}", param_hint="--profile")
    return PROFILES[name]


def _exit_of(state: JobState, reason: Reason | None) -> Exit:
    if state is JobState.PRINTED:
        return Exit.DONE
    return Exit.UNKNOWN if state.is_open or state in _OPEN_VERDICTS else _not_now(reason)


def _not_now(reason: Reason | None) -> Exit:
    return Exit.REFUSED if reason in (Reason.PERMISSION_DENIED, Reason.DOCUMENT_UNPRINTABLE) else Exit.TRY_AGAIN


def _in_words(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]


def _utc_now() -> int:
    return time.time_ns() // 1_000_000
