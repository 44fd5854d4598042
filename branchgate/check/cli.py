"""`branchgate check …`: judge a receipt's code or an export, whoever made it. Nothing is changed, nothing is sent."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from branchgate.showing import JsonOption, show_facts

app = typer.Typer(
    help="Check what others made: the code of a receipt, an export for the tax office.",
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
    if not as_json:
        typer.echo("Echt: Die TSE mit dieser Seriennummer hat genau das signiert.")
        typer.echo("Genuine: the TSE with this serial number signed exactly this.")


@app.command("journal")
def check_journal(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="What `branchgate gateway export journal` wrote.", show_default=False),
    ],
    as_json: JsonOption = False,
) -> None:
    """Verifies the hash chain of an exported journal, entry by entry. Ends with 0 when it is whole, 1 when it is not."""
    from branchgate.check.journal_report import report

    if report(file, as_json=as_json):
        raise typer.Exit(1)


@app.command("archive")
def check_archive(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="What `branchgate gateway archive write` wrote.", show_default=False),
    ],
    as_json: JsonOption = False,
) -> None:
    """Verifies archived months: files, rows, and the hash chain within and between months. Ends with 0 when all is whole, 1 when not."""
    from branchgate.check.archive_report import report

    if report(folder, as_json=as_json):
        raise typer.Exit(1)


@app.command("dsfinvk")
def check_dsfinvk(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The export: a ZIP or a folder.", show_default=False)],
    keep: Annotated[
        int, typer.Option("--keep", min=1, help="How many faults of each rule are shown; all are counted.")
    ] = 20,
    signatures: Annotated[
        bool, typer.Option("--signatures/--no-signatures", help="Verify every signature of the TSE, too.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Checks an export of DSFinV-K 2.4: files, cells, keys, sums, closings, references, signatures.

    Of a TSE's export only tse.csv and transactions_tse.csv need be there. Ends with 0 without faults, 1 with faults, 2 when the export
    cannot be read.
    """
    from branchgate.check.export_report import plain_result, progress_bar, show_result
    from branchgate.dsfinvk import inspect, verify
    from branchgate.errors import Refused
    from branchgate.errors.texts import sentence
    from branchgate.printable import clean

    try:
        with progress_bar() as progress:
            result = inspect(file, keep=keep, signatures=verify if signatures else None, progress=progress)
    except Refused as error:
        # Not the usual code of a refusal: a script must be able to tell an export with faults from one that could not be looked at.
        said = (sentence(error, "de"), sentence(error, "en"), f"[{error.reason}]")
        typer.echo("\n".join(clean(line) for line in said), err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(plain_result(result), ensure_ascii=False))
    else:
        show_result(result)
    if not result.clean:
        raise typer.Exit(1)
