"""`branchgate gateway weigh | display`: try a register's scale and customer display through the running gateway."""

from __future__ import annotations

import grpc.aio
import typer

from branchgate.showing import JsonOption, console, foreign, show_json, show_warning
from branchgate.v1 import device_pb2, display_pb2, display_pb2_grpc, scale_pb2, scale_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask


def weigh(
    data: DataOption = DATA_DEFAULT,
    scale: str = typer.Option("", "--scale", help="The scale; only needed when there are several."),
    within: int = typer.Option(5000, min=1, max=10_000, help="Milliseconds to wait for a stable weight."),
    as_json: JsonOption = False,
) -> None:
    """Weighs what lies on a scale. Exit code 4: no stable weight; the reason is named."""

    async def question(channel: grpc.aio.Channel) -> scale_pb2.WeighResponse:
        stub = scale_pb2_grpc.ScaleServiceStub(channel)
        return await stub.Weigh(scale_pb2.WeighRequest(scale=scale, within_ms=within))

    answer = ask(data, question)
    if as_json:
        show_json(answer)
        return
    net = " netto / net" if answer.net else ""
    console().print(f"{foreign(answer.scale)}: {answer.grams} g{net}  [dim]{foreign(answer.text)}[/]")


def display(
    upper: str = typer.Argument("", help="Upper line, for example an article."),
    lower: str = typer.Argument("", help="Lower line, for example Summe."),
    data: DataOption = DATA_DEFAULT,
    price: str = typer.Option("", "--price", help="Stands at the right of the upper line."),
    total: str = typer.Option("", "--total", help="Stands at the right of the lower line."),
    device: str = typer.Option("", "--display", help="The display; only needed when there are several."),
    as_json: JsonOption = False,
) -> None:
    """Shows two lines on a customer display; without any text its idle text."""
    line = display_pb2.DisplayLine

    async def question(
        channel: grpc.aio.Channel,
    ) -> display_pb2.ShowOnDisplayResponse | display_pb2.ClearDisplayResponse:
        stub = display_pb2_grpc.DisplayServiceStub(channel)
        if not any((upper, lower, price, total)):
            return await stub.ClearDisplay(display_pb2.ClearDisplayRequest(display=device))
        return await stub.ShowOnDisplay(
            display_pb2.ShowOnDisplayRequest(
                display=device, upper=line(text=upper, figure=price), lower=line(text=lower, figure=total)
            )
        )

    answer = ask(data, question)
    if as_json:
        show_json(answer)
        return
    name = foreign(answer.device.name)
    console().print(f"An {name} gesendet / sent to {name}")
    if answer.device.online == device_pb2.ANSWER_NO:
        show_warning(answer.device.advice_de, answer.device.advice_en)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(weigh)
    app.command()(display)
