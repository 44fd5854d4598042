"""How commands talk to a running process, and how they show its answers: over the owner-only socket in its data folder, never its files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import grpc.aio
from google.protobuf.message import Message

from branchgate.errors import Refused, RefusedKind
from branchgate.errors.status import error_from
from branchgate.wire.sockets import operator_channel

SOCKET_NAME = "admin.sock"
"""Name of the operator's socket in a data folder."""

T = TypeVar("T")


def ask(data: Path, question: Callable[[grpc.aio.Channel], Awaitable[T]], *, start: str) -> T:
    """Asks the process that runs on a data folder. Raises what it answered, or Refused (NOT_RUNNING) telling the command to `start` it."""
    return asyncio.run(_ask(data, question, start))


async def _ask(data: Path, question: Callable[[grpc.aio.Channel], Awaitable[T]], start: str) -> T:
    socket = data / SOCKET_NAME
    not_running = Refused("NOT_RUNNING", field="data", value=data, rule=start, kind=RefusedKind.NOT_NOW)
    if not socket.exists():
        raise not_running
    async with operator_channel(socket) as channel:
        try:
            return await question(channel)
        except grpc.aio.AioRpcError as failure:
            error = error_from(failure)
            raise (not_running if error.reason == "NOT_REACHABLE" else error) from failure


def as_json(message: Message) -> str:
    """A message as one line of JSON."""
    return json.dumps(as_plain(message), ensure_ascii=False)


def as_plain(message: Message) -> dict[str, Any]:
    """A message as plain values: every field is there, whole numbers stay numbers, bytes become hexadecimal, enums their names.

    A message inside that is not set is left out.
    """
    plain: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.is_repeated:
            plain[field.name] = [_plain(entry, field) for entry in value]
        elif field.message_type is None or message.HasField(field.name):
            plain[field.name] = _plain(value, field)
    return plain


def _plain(value: Any, field: Any) -> Any:
    if isinstance(value, Message):
        return as_plain(value)
    if isinstance(value, bytes):
        return value.hex()
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else value
    return value
