"""`branchgate check …`: judge a receipt's code or an export, whoever made it. Nothing is changed, nothing is sent."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from branchgate.showing import JsonOption, show_facts

app = typer.Typer(
    help="Check what others made: the code of a receipt.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _group() -> None:
    pass


@app.command("qr")
def check_qr(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="The text of a receipt's QR code, in quotes; - reads it from the input.",
            show_default=False,
        ),
    ],
    tse: Annotated[
        str, typer.Option("--tse", help="The serial number of the TSE that should have signed (64 hex digits).")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Says whether a receipt was signed as its QR code tells, and by which TSE.

    Ends with 3 when it was not. What should have been signed is shown in hex, for comparing by hand.
    """
    from branchgate.check.receipt_code import code_report, require_signed
    from branchgate.tse import parse_code, verify_signature

    code = parse_code((sys.stdin.read() if text == "-" else text).strip())
    verification = verify_signature(code, tse_serial=tse)
    report = code_report(code, verification)
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        show_facts(*((name, str(value)) for name, value in report.items()))
    require_signed(verification)
