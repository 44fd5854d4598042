"""`list` and `probe`: what is connected, which address to write into gateway.toml, and who answers at an address."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer

from drivers.cli.options import Address, Json, opener
from drivers.cli.report import Exit, Report, failure
from drivers.cli.words import KINDS, both, shown
from drivers.discovery import FoundDevice, found
from drivers.discovery.access import Access, access_to
from drivers.discovery.conversation import conversation
from drivers.discovery.introduction import Introduction, Verdict, introduce
from drivers.errors import DeviceError

_Asked = Annotated[
    list[str] | None, typer.Argument(help="Addresses of network printers to ask as well, tcp://…", show_default=False)
]
_VERDICTS = {
    Verdict.PRINTER: ("Bondrucker", "receipt printer"),
    Verdict.SOMETHING_ELSE: ("kein Drucker", "no printer"),
    Verdict.SILENT: ("sagt nichts: Drucker ohne Rückkanal?", "silent: a printer without return channel?"),
}


def list_devices(asked: _Asked = None, as_json: Json = False) -> None:
    """Was ist angeschlossen? / What is connected, and which address to write into gateway.toml.

    Nothing is opened, except the network addresses that are given. With --json one object.
    """
    for address in asked or []:
        opener(address)
    devices = [(device, access_to(device)) for device in found()]
    answers = [_probed(address) for address in asked or []]
    facts = {"devices": [_facts(*each) for each in devices], "asked": [answer.facts for answer in answers]}
    parts = [_block(*each) for each in devices] or [
        "Kein Gerät gefunden. Netzwerkdrucker findet man so:\n"
        "No device found. This is how to find a network printer:\n"
        "  branchgate devices probe tcp://192.168.1.50:9100"
    ]
    parts += [answer.text for answer in answers]
    Report(max((answer.code for answer in answers), default=Exit.DONE), facts, "\n\n".join(parts)).tell(as_json=as_json)


def probe(address: Address, as_json: Json = False) -> None:
    """Wer ist da? / Ask who answers at an address: maker, model, serial number, and whether it is a printer at all.

    A device that stays silent is sent two line feeds. Exit code 0: a printer. 3: no printer. 4: nobody there. 5: silent.
    """
    opener(address)
    _probed(address).tell(as_json=as_json)


def _probed(address: str) -> Report:
    try:
        answer = asyncio.run(_introduction(address))
    except DeviceError as error:
        return failure(address, error)
    code = {Verdict.PRINTER: Exit.DONE, Verdict.SOMETHING_ELSE: Exit.REFUSED}.get(answer.verdict, Exit.UNKNOWN)
    lines = [f"{address}: {both(_VERDICTS[answer.verdict])}"]
    lines += [f"  {both(title) + ':':30} {shown(value)}" for title, value in _titles(answer) if value]
    return Report(code, {"address": address, **asdict(answer)}, "\n".join(lines))


async def _introduction(address: str) -> Introduction:
    async with conversation(opener(address)) as talk:
        return await introduce(talk)


def _titles(answer: Introduction) -> list[tuple[tuple[str, str], str]]:
    offline = "" if answer.online is not False else "offline: Deckel, Papier? / cover, paper?"
    return [
        (("Hersteller", "maker"), answer.maker),
        (("Modell", "model"), answer.model),
        (("Seriennummer", "serial number"), answer.serial),
        (("Firmware", "firmware"), answer.firmware),
        (("Zustand", "condition"), offline),
        (("es sagt", "it says"), answer.said),
    ]


def _facts(device: FoundDevice, access: Access) -> dict[str, Any]:
    return asdict(device) | {"access": asdict(access)}


def _block(device: FoundDevice, access: Access) -> str:
    """A device in lines of its own: an address is copied from here, so it is never folded."""
    name = shown(" ".join(part for part in (device.maker, device.model) if part))
    numbers = "" if device.vendor_id is None else f"{device.vendor_id:04x}:{device.product_id:04x}"
    serial = f"Nr. {shown(device.serial)}" if device.serial else ""
    place = f"USB {device.port}" if device.port else ""
    title = " · ".join(part for part in (both(KINDS[device.kind_guess]), name) if part)
    marks = " · ".join(part for part in (serial, numbers, place) if part)
    lines = [
        title,
        *([f"  {marks}"] if marks else []),
        f"  {device.address or 'dafür gibt es keinen Treiber / there is no driver for it'}",
    ]
    lines += [f"  oder / or {address}" for address in device.addresses[1:]]
    return "\n".join([*lines, *_obstacles(access)])


def _obstacles(access: Access) -> list[str]:
    lines = []
    if access.allowed is False:
        lines += [f"  keine Rechte, Gruppe / no permission, group: {access.group}"]
    if access.holders:
        names = ", ".join(f"{shown(holder.command)} ({holder.pid})" for holder in access.holders)
        lines += [f"  benutzt von / in use by: {names}"]
    return lines
