"""`watch`: one line per change, live, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Annotated, Any

import typer

from drivers.cli.options import Json, OpenLevel, Profile, level, opener, printer_profile
from drivers.cli.visit import utc_now
from drivers.cli.words import FACTS, KINDS, OVER, REASONS, because, both, shown
from drivers.discovery.hotplug import Hotplug
from drivers.discovery.settling import Change, ChangeKind
from drivers.drawer import DrawerWiring, Level
from drivers.escpos.profile import PrinterProfile
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.ledger import MemoryLedger

_Watched = Annotated[
    list[str] | None,
    typer.Argument(
        help="Addresses of printers to watch; without any, only what is plugged in and out.", show_default=False
    ),
]
_CHANGES = {
    ChangeKind.PLUGGED: ("eingesteckt", "plugged in"),
    ChangeKind.UNPLUGGED: ("ausgesteckt", "unplugged"),
}
_TOLD = ("cover_open", "paper_out", "near_end", "drawer_open", "cutter_error", "head_hot")
Say = Callable[[dict[str, Any], str], None]


def watch(
    addresses: _Watched = None,
    profile: Profile = "generic-80",
    open_level: OpenLevel = None,
    as_json: Json = False,
) -> None:
    """Zusehen, was sich ändert / Watch devices: one line per change, until Ctrl-C. With --json one object a line."""
    kind, open_when = printer_profile(profile), level(open_level)
    actors = [_actor(address, kind, open_when) for address in addresses or []]

    def say(facts: dict[str, Any], text: str) -> None:
        if as_json:
            typer.echo(json.dumps({"at": utc_now(), **facts}, ensure_ascii=False))
        elif text:
            typer.echo(f"{time.strftime('%H:%M:%S')} {text}")

    asyncio.run(_watch(actors, say))


async def _watch(actors: list[PrinterActor], say: Say) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with AsyncExitStack() as stack:
        hotplug = await stack.enter_async_context(Hotplug())
        tasks = [asyncio.create_task(_tell_changes(hotplug, actors, say))]
        for actor in actors:
            _tell_status(actor, say)
            tasks += [asyncio.create_task(actor.run())]
        stack.push_async_callback(_end, tasks)
        say({"kind": "watching", "devices": len(hotplug.present)}, _beginning(len(hotplug.present), len(actors)))
        ending = asyncio.create_task(stopped.wait())
        await asyncio.wait([ending, *tasks], return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        for task in tasks:
            if task.done():
                task.result()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _tell_changes(hotplug: Hotplug, actors: list[PrinterActor], say: Say) -> None:
    async for change in hotplug.changes():
        say({"kind": change.kind, "device": asdict(change.device)}, _change(change))
        for actor in actors:
            if change.kind is ChangeKind.PLUGGED and change.device.is_reached_by(actor.name):
                actor.reconnect()


def _tell_status(actor: PrinterActor, say: Say) -> None:
    told: list[PrinterStatus] = []

    def look(now: PrinterStatus) -> None:
        facts = {"kind": "status", "address": actor.name, **asdict(now), "ready": now.ready}
        say(facts, news(actor.name, told[0] if told else None, now))
        told[:] = [now]

    actor.subscribe(look)


def news(name: str, before: PrinterStatus | None, now: PrinterStatus) -> str:
    """What a person wants to know of a change; empty when there is nothing, as when an unknown fact turns out to be fine."""
    headline, was, known = _condition(now), asdict(before or PrinterStatus()), asdict(now)
    changed = [
        both(FACTS[fact]) if known[fact] else both(OVER[fact])
        for fact in _TOLD
        if known[fact] != was[fact]
        and (known[fact] or (was[fact] and known[fact] is False))
        and FACTS[fact] != _cause(now)
    ]
    if before is not None and _condition(before) == headline and not changed:
        return ""
    return f"{name}: {', '.join([headline, *changed])}"


def _condition(status: PrinterStatus) -> str:
    return "bereit / ready" if status.ready else because(status.reason)


def _cause(status: PrinterStatus) -> tuple[str, str] | None:
    return None if status.reason is None else REASONS.get(status.reason)


def _change(change: Change) -> str:
    device = change.device
    name = shown(" ".join(part for part in (device.maker, device.model) if part))
    return f"{both(_CHANGES[change.kind])}: {both(KINDS[device.kind_guess])} {name} {device.address}".rstrip()


def _beginning(devices: int, watched: int) -> str:
    printers = f", Drucker / printers: {watched}" if watched else ""
    return f"angeschlossen / connected: {devices}{printers}. Ctrl-C: Ende / end."


def _actor(address: str, profile: PrinterProfile, open_level: Level | None) -> PrinterActor:
    wiring = DrawerWiring(open_level=open_level)
    return PrinterActor(address, opener(address), MemoryLedger(), profile, utc_now, drawer=wiring)
