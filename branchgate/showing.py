"""How commands show answers: tables and sentences for people, one line of JSON for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from google.protobuf.message import Message

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line, for machines.")]


def console() -> Console:
    """Where commands show tables and sentences."""
    return Console(highlight=False)


def show_json(message: Message) -> None:
    """A message as one line of JSON on stdout."""
    typer.echo(json.dumps(plain_message(message), ensure_ascii=False))


def plain_message(message: Message) -> dict[str, Any]:
    """A message as plain values by its fields' names.

    Every field is there: whole numbers stay numbers, ids become hexadecimal so that they can be typed back, enumerations their names,
    and a message inside that is not set None.
    """
    plain: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.is_repeated:
            plain[field.name] = [_plain(each, field) for each in value]
        elif field.message_type is not None and not message.HasField(field.name):
            plain[field.name] = None
        else:
            plain[field.name] = _plain(value, field)
    return plain


def _plain(value: Any, field: Any) -> Any:
    # The descriptor is of one class in Python and of another in upb.
    if field.message_type is not None:
        return plain_message(value)
    if isinstance(value, bytes):
        return value.hex()
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else value
    return value
