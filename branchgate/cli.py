"""The `branchgate` command: one door to the commands of every room.

Rooms announce themselves by entry points of the group `branchgate.commands`, because nothing but tests may import gateway or central.
Only the room that was named is imported: help stays quick, and a room that cannot be loaded does not take the others with it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from branchgate import __version__
from branchgate.errors import BranchgateError, Family
from branchgate.errors.texts import sentence
from branchgate.printable import clean

GROUP = "branchgate.commands"

EXIT_CODES = {Family.REFUSED: 3, Family.TRY_AGAIN: 4, Family.OUTCOME_UNKNOWN: 5}
"""What a script may conclude: 3 do not repeat as is, 4 repeat later, 5 ask before repeating. 1 is a defect, 2 wrong usage."""

_PURPOSES = {
    "central": "Head office, beside the ERP: branches, articles, assortments, reports.",
    "gateway": "The server in a branch: enrol it, run it, ask how it is.",
    "register": "The reference till: pair with a branch, sync, sell, close the day.",
    "check": "Judge what others made: the code of a receipt, an export for the tax office.",
    "devices": "Printers, drawers and displays: try them out, run virtual ones.",
}
"""Said here as well, so that listing the rooms need not import them."""

_HELP = """The server in the shop: registers, printers and the day's end of a branch, with or without head office.

A first look, in three terminals, each command with `--help` of its own:

  branchgate central run --data ./central

  branchgate gateway run --data ./branch

  branchgate register --help
"""

_EPILOG = "Exit codes: 0 done, 1 a defect, 2 wrong usage, 3 refused, 4 try again later, 5 outcome unknown: ask before repeating."


class RoomsGroup(TyperGroup):
    """A command group whose members are the installed rooms."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._rooms = {entry.name: entry for entry in sorted(entry_points(group=GROUP))}
        for name in self._rooms:
            self.add_command(_announcement(name, _PURPOSES.get(name, "")))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Lists the rooms; one that is not there says so in its line."""
        for name, entry in self._rooms.items():
            problem = _missing(entry)
            if problem:
                self.add_command(_announcement(name, f"NOT AVAILABLE: {problem}"))
        super().format_help(ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Imports the room that was named and hands the rest of the line to its own commands."""
        name, _, rest = super().resolve_command(ctx, args)
        command = _load(self._rooms[args[0]])
        command.name = name
        return name, command, rest


def _announcement(name: str, text: str) -> TyperCommand:
    return TyperCommand(name, help=text)


def _missing(entry: EntryPoint) -> str:
    """Why a room's module cannot even be found; empty when it can. Imports the packages above it, not the module."""
    try:
        return "" if find_spec(entry.module) else f"there is no module {entry.module}"
    except Exception as problem:  # noqa: BLE001 (whatever is wrong in there, the other rooms are still to be listed)
        return f"{type(problem).__name__}: {problem}"


def _load(entry: EntryPoint) -> Any:
    try:
        return typer.main.get_command(entry.load())
    except (ImportError, AttributeError) as problem:
        typer.echo(
            f"Die Befehle von „{entry.name}“ lassen sich nicht laden: {problem}. Bitte branchgate neu installieren.\n"
            f'The commands of "{entry.name}" cannot be loaded: {problem}. Install branchgate again.',
            err=True,
        )
        raise typer.Exit(1) from problem


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"branchgate {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=RoomsGroup,
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line (by default the process's own) and ends the process with one of the exit codes.

    An error of our families is told in German and in English; anything else is a defect and keeps its traceback.
    """
    try:
        app(args=arguments, prog_name="branchgate")
    except BranchgateError as error:
        # A value may come from a device, a file or another process, and with it a terminal's control sequences.
        said = (sentence(error, "de"), sentence(error, "en"), f"[{error.reason}]")
        typer.echo("\n".join(clean(line) for line in said), err=True)
        sys.exit(EXIT_CODES[error.family])


if __name__ == "__main__":
    main()
