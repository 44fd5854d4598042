"""`branchgate gateway receipt`: a recorded receipt or closing on the screen or in a file, without a printer."""

from __future__ import annotations

import sys
from pathlib import Path

import grpc.aio
import typer

from branchgate.printable import clean_lines
from branchgate.showing import console, foreign
from branchgate.v1 import document_pb2, document_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask, id_from_hex
from gateway.printing.digital import NARROWEST, WIDEST, Form

_FORMATS = {
    Form.PNG: document_pb2.DOCUMENT_FORMAT_PNG,
    Form.SVG: document_pb2.DOCUMENT_FORMAT_SVG,
    Form.TEXT: document_pb2.DOCUMENT_FORMAT_TEXT,
}


def receipt(
    event: str = typer.Argument(help="The receipt's or closing's event id, 32 hexadecimal digits."),
    data: DataOption = DATA_DEFAULT,
    form: Form = typer.Option(Form.TEXT, "--format", help="What to make of it."),
    out: Path | None = typer.Option(None, "--out", help="File to write; text goes to the screen without it."),
    columns: int = typer.Option(
        WIDEST, min=NARROWEST, max=WIDEST, help="Width of the paper: 32 is 58 mm, 48 is 80 mm."
    ),
) -> None:
    """Shows a recorded receipt or closing as it looks on paper, marked as digital. Prints nothing."""
    if out is None and form is not Form.TEXT:
        raise typer.BadParameter("a picture needs a file: --out", param_hint="--out")
    request = document_pb2.RenderDocumentRequest(
        event_id=id_from_hex(event, "event"), format=_FORMATS[form], columns=columns
    )

    async def question(channel: grpc.aio.Channel) -> document_pb2.RenderDocumentResponse:
        return await document_pb2_grpc.DocumentServiceStub(channel).RenderDocument(request)

    answer = ask(data, question)
    if out is None:
        sys.stdout.write(clean_lines(answer.content.decode()))
        return
    try:
        out.write_bytes(answer.content)
    except OSError as cause:
        raise typer.BadParameter(f"{out}: {cause.strerror}", param_hint="--out") from cause
    console().print(f"{foreign(answer.title)} → {foreign(str(out))}", soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(receipt)
