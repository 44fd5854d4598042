"""How commands show answers: tables and sentences for people, one line of JSON for machines.

What an answer holds was made elsewhere: a receipt number, an article's name, a cell of a file. It may hold a terminal's control
sequences or rich's markup, and neither may do anything here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from branchgate.printable import clean_lines

if TYPE_CHECKING:
    from google.protobuf.message import Message

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line, for machines.")]


def console() -> Console:
    """Where commands show tables and sentences."""
    return Console(highlight=False, emoji=False)


def foreign(text: str) -> str:
    """A text from elsewhere on its way into a sentence with markup."""
    return escape(clean_lines(text))


def age(milliseconds: int, language: str = "") -> str:
    """How long ago something was, in the largest unit that still tells: minutes, hours, from two days on days. "" is both languages."""
    if milliseconds >= 2 * _DAY_MS:
        days = {"de": "Tage", "en": "days"}.get(language, "Tage / days")
        return f"{milliseconds // _DAY_MS} {days}"
    if milliseconds >= _HOUR_MS:
        return f"{milliseconds // _HOUR_MS} h"
    return f"{max(milliseconds, 0) // _MINUTE_MS} min"


class Answers(Table):
    """A table of an answer's values: nothing in a cell is markup, and nothing is cut off, because ids are typed back."""

    def __init__(self, *headings: str) -> None:
        super().__init__(*headings)
        for column in self.columns:
            column.overflow = "fold"

    def add(self, *cells: str, style: str = "") -> None:
        """Adds a row of texts from anywhere."""
        self.add_row(*(Text(clean_lines(cell)) for cell in cells), style=style)


def show_facts(*facts: tuple[str, str]) -> None:
    """A page of names and values."""
    page = Table.grid(padding=(0, 2))
    for name, value in facts:
        page.add_row(name, Text(clean_lines(value), overflow="fold"))
    console().print(page)


def show_next_step(text: str) -> None:
    """What was done and the command that comes next, with markup; nothing is wrapped, because commands are copied from here."""
    console().print(text, soft_wrap=True)


def show_warning(german: str, english: str) -> None:
    """A sentence that a person must see, in both languages."""
    console().print(f"[yellow]![/] {foreign(german)}\n  [dim]{foreign(english)}[/]")


def show_json(message: Message) -> None:
    """A message as one line of JSON on stdout."""
    typer.echo(json.dumps(plain_message(message), ensure_ascii=False))


def plain_message(message: Message) -> dict[str, Any]:
    """A message as plain values by its fields' names.

    Every field is there, except a message inside that is not set: of several that exclude each other, the one that is meant shows.
    Whole numbers stay numbers, ids become hexadecimal so that they can be typed back, enumerations their names.
    """
    plain: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.is_repeated:
            plain[field.name] = [_plain(each, field) for each in value]
        elif field.message_type is None or message.HasField(field.name):
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
