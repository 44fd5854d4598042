"""`branchgate gateway devices | watch-devices`: how every device stands, and what to do about it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Final

import grpc.aio
import typer
from rich.padding import Padding

from branchgate.showing import JsonOption, console, foreign, show_json
from branchgate.v1 import device_pb2, device_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask

_KINDS: Final = {
    "printer": "Drucker / printer",
    "drawer": "Lade / drawer",
    "display": "Anzeige / display",
    "scale": "Waage / scale",
    "unknown": "nicht eingerichtet / not set up",
}
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
        async for response in stub.WatchDevices(device_pb2.WatchDevicesRequest()):
            if as_json:
                show_json(response)
            else:
                show_device(response.device, at=True, gone=response.gone)

    with contextlib.suppress(KeyboardInterrupt):
        ask(data, question)


def show_device(device: device_pb2.Device, *, at: bool = False, gone: bool = False) -> None:
    """A device in a line, the address unbroken because it is copied from here; below it what a person can do."""
    state = "abgezogen / unplugged" if gone else _state(device)
    head = [_time(device.changed_at_ms) if at else "", device.name, _KINDS.get(device.kind, device.kind), state]
    code = f" ({device.reason})" if device.reason and not gone else ""
    console().print(foreign("  ".join(filter(None, head)) + code), soft_wrap=True)
    facts = [device.address, *_facts(device)]
    for fact in filter(None, facts if not gone else facts[:1]):
        console().print(f"    [dim]{foreign(fact)}[/]", soft_wrap=True)
    if device.advice_de and not gone:
        console().print(Padding.indent(f"{foreign(device.advice_de)}\n[dim]{foreign(device.advice_en)}[/]", 4))


def _state(device: device_pb2.Device) -> str:
    if device.kind == "unknown":
        return ""
    if device.kind != "drawer":
        return _READY[device.online]
    if device.drawer_open_since_ms:
        return f"{_DRAWER[device.drawer_open]} seit / since {_time(device.drawer_open_since_ms)}"
    return _DRAWER[device.drawer_open]


def _facts(device: device_pb2.Device) -> list[str]:
    facts = [" ".join(filter(None, (device.maker, device.model, device.serial)))]
    if device.kind == "printer":
        facts.append(_CONFIRMS[device.confirms_prints])
        facts.append(f"Ersatz / fallback: {device.fallback}" if device.fallback else "")
    if device.kind == "drawer":
        facts.append(_LEVELS.get(device.drawer_level_source, "").format(level=device.drawer_open_level))
    return facts


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone().strftime("%H:%M:%S")


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(devices)
    app.command()(watch_devices)
