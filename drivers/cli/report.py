"""What a command found, how it is shown, and the exit code for it.

Exit codes: 0 it worked; 2 the command line is wrong; 3 refused, do not repeat it as it is; 4 not now and nothing has happened,
try again; 5 it may have happened, look at the device before repeating.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, NoReturn

import typer

from drivers.cli.words import told_cause
from drivers.errors import DeviceError, DeviceRefused, Reason

_NOT_AS_IT_IS: Final = (
    Reason.DEVICE_AMBIGUOUS,
    Reason.DOCUMENT_UNPRINTABLE,
    Reason.LIBRARY_MISSING,
    Reason.NO_PRINTER_INTERFACE,
    Reason.PERMISSION_DENIED,
)


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    USAGE = 2
    REFUSED = 3
    TRY_AGAIN = 4
    UNKNOWN = 5


@dataclass(frozen=True, slots=True)
class Report:
    """`facts` for programs, `text` for people."""

    code: Exit
    facts: dict[str, Any]
    text: str

    def tell(self, *, as_json: bool) -> NoReturn:
        """Print it and end the command."""
        typer.echo(json.dumps(self.facts, ensure_ascii=False) if as_json else self.text)
        raise typer.Exit(self.code)


def not_now(reason: Reason | None) -> Exit:
    """Nothing has happened; whether trying again can help."""
    return Exit.REFUSED if reason in _NOT_AS_IT_IS else Exit.TRY_AGAIN


def failure(address: str, error: DeviceError) -> Report:
    """A device that could not be reached or used."""
    code = Exit.REFUSED if isinstance(error, DeviceRefused) else not_now(error.reason)
    facts = {"address": address, "reason": error.reason, "detail": error.detail}
    return Report(code, facts, f"{address}\n  {told_cause(error.reason)}")
