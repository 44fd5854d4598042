"""Options that commands share, and how a command asks the gateway that runs on a data folder."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import grpc.aio
import typer

from branchgate import asking
from branchgate.errors import Refused

T = TypeVar("T")

DataOption = Annotated[
    Path,
    typer.Option("--data", envvar="BRANCHGATE_GATEWAY_DATA", help="The gateway's data folder.", show_default=True),
]


def not_empty(context: typer.Context, option: typer.CallbackParam, value: str) -> str:
    """Refuses an option that was given without a value: a script's variable that is empty must not widen what a command does."""
    source = context.get_parameter_source(option.name or "")
    if source is not None and source.name == "COMMANDLINE" and not value.strip():
        raise typer.BadParameter("leer / empty: leave the option away or give it a value")
    return value


UserOption = Annotated[str, typer.Option("--user", help="Who does it; goes into the journal.")]
DATA_DEFAULT = Path("branch")


def ask(data: Path, question: Callable[[grpc.aio.Channel], Awaitable[T]]) -> T:
    """Asks the gateway that runs on a data folder. Raises what it answered, or Refused (NOT_RUNNING)."""
    return asking.ask(data, question, start=f"branchgate gateway run --data {data}")


def new_request_id() -> bytes:
    """An id for a command, so that sending it twice does it once."""
    return uuid.uuid4().bytes


def id_from_hex(text: str, field: str) -> bytes:
    """A 16-byte id as the tables show it. Raises Refused (INVALID_VALUE)."""
    try:
        value = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        value = b""
    if len(value) != 16:
        raise Refused("INVALID_VALUE", field=field, value=text, rule="32 hexadecimal digits, as the list shows them")
    return value
