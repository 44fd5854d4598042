"""`weigh` and `show`: does the scale give its weight, and does the customer display show what it should?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated

import typer

from drivers.cli.options import Json
from drivers.cli.report import Exit, Report, not_now
from drivers.cli.words import told, told_cause
from drivers.display.actor import DisplayActor
from drivers.display.contract import Row, Screen
from drivers.display.protocols import DISPLAYS
from drivers.errors import AddressInvalid, DeviceUnavailable, Reason
from drivers.line import DeviceState
from drivers.media import display_factory, scale_factory
from drivers.scale.actor import ScaleActor
from drivers.scale.contract import Reading
from drivers.scale.protocols import SCALES
from drivers.transport.contract import OpenTransport

Address = Annotated[
    str,
    typer.Argument(
        help='For example "serial:///dev/ttyUSB1?baud=9600&flow=none" (scales often also "&bits=7&parity=even"), tcp://HOST:PORT, '
        "or virtual:NAME. Quote it for the shell.",
        show_default=False,
    ),
]
Patience = Annotated[float, typer.Option(help="Seconds to wait for the device.", min=0.5)]


def weigh(
    address: Address,
    protocol: Annotated[str, typer.Option(help=f"How it answers: {', '.join(SCALES)}.")] = "toledo-8217",
    patience: Patience = 5.0,
    as_json: Json = False,
) -> None:
    """Wiegen / Ask a scale for the weight of what lies on it now.

    Exit code 0: a stable weight. 4: none, and the reason is named; nothing has happened.
    """
    opened = _opener(address, protocol, SCALES, scale_factory)
    actor = ScaleActor(address, opened, SCALES[protocol])

    async def ask() -> Report:
        try:
            return _weighed(address, await actor.weigh(patience))
        except DeviceUnavailable as none:
            return _none(address, none.reason)

    asyncio.run(_while(actor.run, ask)).tell(as_json=as_json)


def show(
    address: Address,
    upper: Annotated[str, typer.Argument(help="The upper line; longer than twenty characters is cut.")],
    lower: Annotated[str, typer.Argument(help="The lower line.")] = "",
    protocol: Annotated[str, typer.Option(help=f"What it understands: {', '.join(DISPLAYS)}.")] = "escpos",
    patience: Patience = 5.0,
    as_json: Json = False,
) -> None:
    """Anzeigen / Show two lines on a customer display. A display never answers: look at it.

    Exit code 5: sent, and only eyes can tell whether it is to be read. 4: nothing was sent; the reason is named.
    """
    opened = _opener(address, protocol, DISPLAYS, display_factory)
    actor = DisplayActor(address, opened, DISPLAYS[protocol])

    async def send() -> Report:
        actor.show(Screen(Row(upper), Row(lower)))
        return _shown(address, await _settled(actor, patience))

    asyncio.run(_while(actor.run, send)).tell(as_json=as_json)


def _opener(
    address: str, protocol: str, known: Collection[str], factory: Callable[[str, str], OpenTransport]
) -> OpenTransport:
    if protocol not in known:
        raise typer.BadParameter(f"{protocol!r} is not one of {', '.join(known)}", param_hint="--protocol")
    try:
        return factory(address, protocol)
    except AddressInvalid as error:
        raise typer.BadParameter(f"{error.field} {error.value!r} {error.rule}", param_hint="ADDRESS") from error


async def _while(run: Callable[[], Awaitable[None]], work: Callable[[], Awaitable[Report]]) -> Report:
    running = asyncio.ensure_future(run())
    try:
        return await work()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _settled(actor: DisplayActor, patience: float) -> DeviceState:
    """How the display stands once the lines were sent, or could not be."""
    changed = asyncio.Event()
    stop = actor.subscribe(lambda _state: changed.set())
    try:
        await asyncio.wait_for(changed.wait(), patience)
    except TimeoutError:
        return actor.state
    finally:
        stop()
    return actor.state


def _weighed(address: str, reading: Reading) -> Report:
    facts = {
        "address": address,
        "text": reading.text,
        "grams": reading.grams,
        "unit": reading.unit,
        "net": reading.net,
        "price_cents": reading.price_cents,
    }
    net = " netto / net" if reading.net else ""
    return Report(
        Exit.DONE, facts, f"{address}: {reading.grams} g{net}\n  die Waage sagt / the scale says: {reading.text}"
    )


def _shown(address: str, state: DeviceState) -> Report:
    if state.reason is not None:
        return _none(address, state.reason)
    words = told(("gesendet; bitte auf die Anzeige sehen", "sent; please look at the display"))
    return Report(Exit.UNKNOWN, {"address": address, "reason": None}, f"{address}\n  {words}")


def _none(address: str, reason: Reason) -> Report:
    return Report(not_now(reason), {"address": address, "reason": reason}, f"{address}\n  {told_cause(reason)}")
