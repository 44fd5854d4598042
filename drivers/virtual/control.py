"""The control channel: one JSON object a line over a Unix socket, to break and mend a printer in another process.

    {"fault": "paper_out", "on": true}        {"fault": "stall_after_bytes", "value": 4096}
    {"do": "state"}    {"do": "power_cycle"}    {"do": "open_drawer"}    {"do": "shut_drawer"}    {"do": "clear_faults"}
    {"do": "help"}

Every line is answered by one line: {"ok": true, "state": {...}} or {"ok": false, "field": ..., "value": ..., "rule": ...}; help by
{"ok": true, "do": [...], "faults": {name: what it does}}.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Protocol

from drivers.virtual.faults import EXPLAINED, Faults, UnknownFault
from drivers.virtual.printer import PrinterState


class Controlled(Protocol):
    """What can be done to a printer that is being served."""

    def switch(self, name: str, value: object = True) -> None:
        """Put one fault switch into another position."""

    def set_faults(self, faults: Faults) -> None:
        """Put all of them into these positions."""

    def power_cycle(self) -> None:
        """Off and on again."""

    def move_drawer(self, *, open_it: bool) -> None:
        """By hand."""

    def state(self) -> PrinterState:
        """Everything at a glance."""


HELP: Final = "help"
ACTIONS: Final[Mapping[str, Callable[[Controlled], None]]] = {
    "state": lambda _printer: None,
    "power_cycle": lambda printer: printer.power_cycle(),
    "open_drawer": lambda printer: printer.move_drawer(open_it=True),
    "shut_drawer": lambda printer: printer.move_drawer(open_it=False),
    "clear_faults": lambda printer: printer.set_faults(Faults()),
}


def obey(line: bytes, printer: Controlled) -> dict[str, Any]:
    """Carry out one line; return the answer to it."""
    try:
        request = json.loads(line)
    except ValueError as fault:
        return _refusal("line", line.decode("utf-8", "replace"), str(fault))
    if not isinstance(request, dict):
        return _refusal("line", request, "must be a JSON object")
    try:
        if request.get("do") == HELP:
            return {"ok": True, "do": [*ACTIONS, HELP], "faults": dict(EXPLAINED)}
        if "fault" in request:
            printer.switch(str(request["fault"]), request.get("value", request.get("on", True)))
        elif request.get("do") in ACTIONS:
            ACTIONS[request["do"]](printer)
        else:
            return _refusal("do", request.get("do"), "must be one of " + ", ".join((*ACTIONS, HELP)))
    except UnknownFault as refused:
        return _refusal(refused.field, refused.value, refused.rule)
    return {"ok": True, "state": asdict(printer.state())}


def _refusal(field: str, value: object, rule: str) -> dict[str, Any]:
    return {"ok": False, "field": field, "value": value, "rule": rule}


async def serve_control(path: Path, printer: Controlled) -> asyncio.Server:
    """Take orders for a printer on a Unix socket only its owner can open."""
    return await serve_orders(path, lambda line: obey(line, printer))


async def serve_orders(path: Path, carry_out: Callable[[bytes], dict[str, Any]]) -> asyncio.Server:
    """Answer every line that comes over a Unix socket only its owner can open."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(carry_out(line), ensure_ascii=False).encode("utf-8") + b"\n")
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    return await asyncio.start_unix_server(answer, sock=_private_socket(path))


def _private_socket(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError:
        listener.close()
        raise
    return listener
