"""`branchgate gateway cash | count`: what should be in the drawers now, and what somebody found there."""

from __future__ import annotations

import re
from typing import Final

import grpc.aio
import typer

from branchgate.money import euros
from branchgate.showing import Answers, JsonOption, console, foreign, show_json
from branchgate.v1 import figures_pb2, report_pb2, report_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, UserOption, ask, new_request_id, not_empty
from gateway.cli.times import date_and_time

EURO_CASH: Final = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
"""Notes and coins in cents, in the order in which a drawer is counted."""

_AMOUNT: Final = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
_PIECES: Final = re.compile(r"([0-9.,]+) *[x*] *([0-9]{1,6})")


def cash(
    data: DataOption = DATA_DEFAULT,
    register: str = typer.Option(
        "", "--register", callback=not_empty, help="One register; without it every register of the branch."
    ),
    as_json: JsonOption = False,
) -> None:
    """Shows what should be in each drawer now (Bargeld Soll), at any moment, also while the registers sell."""

    async def question(channel: grpc.aio.Channel) -> report_pb2.GetExpectedCashResponse:
        stub = report_pb2_grpc.ReportServiceStub(channel)
        return await stub.GetExpectedCash(report_pb2.GetExpectedCashRequest(register_id=register))

    answer = ask(data, question)
    if as_json:
        for drawer in answer.drawers:
            show_json(drawer)
        return
    table = Answers("Kasse", "Bargeld Soll", "davon Anfangsbestand", "zuletzt gezählt", "Differenz")
    for drawer in answer.drawers:
        opened = sum(row.amount_cents for row in drawer.cash if row.business_case == "Anfangsbestand")
        count = drawer.last_count
        counted = drawer.HasField("last_count")
        table.add(
            drawer.register_id,
            euros(drawer.expected_cents),
            euros(opened),
            date_and_time(count.counted_at_ms) if counted else "–",
            euros(count.difference_cents) if counted else "–",
        )
    console().print(table)


def count(
    register: str = typer.Argument(help="Whose drawer was counted."),
    data: DataOption = DATA_DEFAULT,
    total: str = typer.Option("", "--sum", callback=not_empty, help="What was counted in euros, for example 123,45."),
    pieces: list[str] = typer.Option([], "--pieces", help="Pieces of a coin or note, for example 0,50x12. Repeat it."),
    blind: bool = typer.Option(False, "--blind", help="Show neither what should be there nor the difference."),
    note: str = typer.Option("", "--note", help="A remark, kept with the count."),
    user: UserOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Records a cash count (Kassensturz); a difference is booked at once. Asks for the pieces when nothing is given."""
    if total and pieces:
        raise typer.BadParameter("the sum or the pieces, not both", param_hint="--sum")
    counted_cents = _cents(total, "--sum") if total else 0
    denominations = [_denomination(text) for text in pieces]
    if not total and not pieces:
        denominations = _asked_pieces()
    request = report_pb2.CountCashRequest(
        request_id=new_request_id(),
        register_id=register,
        user_id=user,
        denominations=denominations,
        counted_cents=counted_cents,
        blind=blind,
        note=note,
    )

    async def question(channel: grpc.aio.Channel) -> report_pb2.CountCashResponse:
        return await report_pb2_grpc.ReportServiceStub(channel).CountCash(request)

    answer = ask(data, question)
    if as_json:
        show_json(answer)
    else:
        typer.echo(answer.text)


def _asked_pieces() -> list[figures_pb2.Denomination]:
    """Goes through notes and coins; what cannot be is asked for again."""
    console().print("Stückzahlen eingeben, Enter für keine / pieces, Enter for none")
    asked = []
    for value in EURO_CASH:
        number: int = typer.prompt(f"{euros(value):>7} €", default="0", value_proc=_pieces, show_default=False)
        if number:
            asked.append(figures_pb2.Denomination(value_cents=value, pieces=number))
    console().print(f"Summe / sum: {foreign(euros(sum(row.value_cents * row.pieces for row in asked)))} €")
    return asked


def _pieces(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise typer.BadParameter("a number of pieces / eine Stückzahl")
    return int(text)


def _denomination(text: str) -> figures_pb2.Denomination:
    found = _PIECES.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text}: a coin or note and how many, for example 0,50x12", param_hint="--pieces")
    return figures_pb2.Denomination(value_cents=_cents(found[1], "--pieces"), pieces=int(found[2]))


def _cents(text: str, option: str) -> int:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text}: euros with at most two decimals, for example 123,45", param_hint=option)
    return int(found[1] + (found[2] or "").ljust(2, "0"))


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    for command in (cash, count):
        app.command()(command)
