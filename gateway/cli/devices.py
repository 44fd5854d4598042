"""`branchgate gateway devices | watch-devices`: how every device stands, and what to do about it."""

from __future__ import annotations

import contextlib
from typing import Final

import grpc.aio
import typer
from rich.text import Text

from branchgate.showing import JsonOption, console, foreign, show_json
from branchgate.v1 import device_pb2, device_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask
from gateway.cli.times import clock_time

_KINDS: Final = {
    "printer": "Drucker / printer",
    "drawer": "Lade / drawer",
    "display": "Anzeige / display",
    "scale": "Waage / scale",
    "unknown": "nicht eingerichtet / not set up",
    "missing": "von der Zentrale genannt, fehlt hier / named by central, missing here",
}
_GONE: Final = {"missing": "nicht mehr / no longer"}
_READY: Final = {
    device_pb2.ANSWER_YES: "bereit / ready",
    device_pb2.ANSWER_NO: "nicht bereit / not ready",
    device_pb2.ANSWER_UNSPECIFIED: "unbekannt / unknown",
}
_DRAWER: Final = {
    device_pb2.ANSWER_YES: "offen / open",
    device_pb2.ANSWER_NO: "zu / shut",
    device_pb2.ANSWER_UNSPECIFIED: "unbekannt / unknown",
}
_CONFIRMS: Final = {
    device_pb2.ANSWER_YES: "bestätigt Drucke / confirms prints",
    device_pb2.ANSWER_NO: "bestätigt Drucke nicht / does not confirm prints",
    device_pb2.ANSWER_UNSPECIFIED: "",
}
_LEVELS: Final = {
    "configured": "Sensor eingestellt / sensor set: {level}",
    "learnt": "Sensor gelernt / sensor learnt: {level}",
    "none": "kein Sensor / no sensor",
    "": "Sensor noch nicht gelernt / sensor not learnt yet",
}


def devices(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Lists the branch's devices, how they stand and what to do about them. Silence of a device is shown as unknown."""

    async def question(channel: grpc.aio.Channel) -> device_pb2.ListDevicesResponse:
        return await device_pb2_grpc.DeviceServiceStub(channel).ListDevices(device_pb2.ListDevicesRequest())

    answer = ask(data, question)
    if as_json:
        show_json(answer)
        return
    for device in answer.devices:
        show_device(device)
    if not answer.devices:
        console().print("Keine Geräte / no devices")


def watch_devices(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Shows every device, and then every change as it happens, until Ctrl+C."""

    async def question(channel: grpc.aio.Channel) -> None:
        stub = device_pb2_grpc.DeviceServiceStub(channel)
        shown: dict[tuple[str, str], list[str]] = {}
        async for response in stub.WatchDevices(device_pb2.WatchDevicesRequest()):
            if as_json:
                show_json(response)
            else:
                _show_change(response, shown)

    with contextlib.suppress(KeyboardInterrupt):
        ask(data, question)


def show_device(device: device_pb2.Device) -> None:
    """A device in a line, the address unbroken because it is copied from here; below it what a person can do."""
    _show(_lines(device))


def _show_change(change: device_pb2.WatchDevicesResponse, shown: dict[tuple[str, str], list[str]]) -> None:
    """A change that a person can see. Others follow the stream as well, and are told of more than is shown here."""
    device = change.device
    key = device.kind, device.name
    lines = _lines(device, gone=change.gone)
    if shown.get(key) == lines:
        return
    shown[key] = lines
    _show([f"{clock_time(device.changed_at_ms)}  {lines[0]}", *lines[1:]])


def _show(lines: list[str]) -> None:
    """On a terminal folded at blanks only, below their own beginning: an address stays whole. In a pipe as they are."""
    out = console()
    for line in lines:
        indent = len(line) - len(line.lstrip())
        text = Text.from_markup(line.strip())
        parts = text.wrap(out, max(out.width - indent, 1)) if out.is_terminal and " " in text.plain else [text]
        for part in parts:
            part.rstrip()
            out.print(Text(" " * indent) + part, soft_wrap=True)


def _lines(device: device_pb2.Device, *, gone: bool = False) -> list[str]:
    state = _GONE.get(device.kind, "abgezogen / unplugged") if gone else _state(device)
    code = f" ({device.reason})" if device.reason and not gone else ""
    head = "  ".join(filter(None, (device.name, _KINDS.get(device.kind, device.kind), state)))
    facts = [device.address] if gone else [device.address, *_facts(device)]
    lines = [foreign(head) + code, *(f"    [dim]{foreign(fact)}[/]" for fact in facts if fact)]
    if device.advice_de and not gone:
        lines += [f"    {foreign(device.advice_de)}", f"    [dim]{foreign(device.advice_en)}[/]"]
    return lines


def _state(device: device_pb2.Device) -> str:
    if device.kind in ("unknown", "missing"):
        return ""
    if device.kind != "drawer":
        return _READY[device.online]
    if device.drawer_open_since_ms:
        return f"{_DRAWER[device.drawer_open]} seit / since {clock_time(device.drawer_open_since_ms)}"
    return _DRAWER[device.drawer_open]


def _facts(device: device_pb2.Device) -> list[str]:
    facts = [" ".join(filter(None, (device.maker, device.model, device.serial)))]
    if device.kind == "printer":
        facts.append(_CONFIRMS[device.confirms_prints])
        facts.append(f"Ersatz / fallback: {device.fallback}" if device.fallback else "")
    if device.kind == "drawer":
        facts.append(_LEVELS.get(device.drawer_level_source, "").format(level=device.drawer_open_level))
    return facts


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(devices)
    app.command()(watch_devices)
