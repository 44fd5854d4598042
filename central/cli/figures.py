"""`branchgate central pull | report`: the figures of the branches."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from branchgate.figures.codec import figures_from_message
from branchgate.money import euros
from branchgate.showing import Answers, JsonOption, console, foreign, show_json
from central.cli.options import DATA_DEFAULT, DataOption, ask


def pull(
    branch_id: Annotated[str, typer.Argument(metavar="[BRANCH]", help="The branch; without it all.")] = "",
    day: Annotated[str, typer.Option("--day", help="One business day, for example 2026-11-22; without it all.")] = "",
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Pulls the summaries of branches that are online. Exit code 4 if one could not be asked."""
    from branchgate.v1 import central_admin_pb2 as messages

    request = messages.PullSummariesRequest(branch_id=branch_id, business_day=day)
    answer = ask(data, lambda central: central.PullSummaries(request))
    if as_json:
        show_json(answer)
    else:
        console().print(f"{answer.stored} Tagessummen geholt / summaries pulled")
        for name in answer.unreachable_branches:
            console().print(f"[yellow]{foreign(name)}[/]: nicht erreichbar / not reachable")
    if answer.unreachable_branches:
        raise typer.Exit(4)


def report(
    branch_id: Annotated[str, typer.Option("--branch", help="One branch; without it all.")] = "",
    from_day: Annotated[str, typer.Option("--from", help="First business day, for example 2026-11-01.")] = "",
    to_day: Annotated[str, typer.Option("--to", help="Last business day.")] = "",
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Shows the figures that were pulled, per branch, register and closing, and their sum."""
    from branchgate.v1 import central_admin_pb2 as messages

    request = messages.GetReportRequest(branch_id=branch_id, from_day=from_day, to_day=to_day)
    answer = ask(data, lambda central: central.GetReport(request))
    if as_json:
        show_json(answer)
        return
    table = Answers(
        "Tag / day",
        "Filiale / branch",
        "Kasse / register",
        "Z",
        "Bons / receipts",
        "Umsatz brutto / turnover",
        "Bargeldbestand / cash",
    )
    for column in table.columns[3:]:
        column.justify = "right"
    for row in answer.rows:
        table.add(
            row.business_day,
            row.branch_id,
            row.register_id,
            str(row.z_number) if row.z_number else "offen / open",
            str(row.figures.receipt_count),
            f"{euros(turnover_of(row.figures))} €",
            f"{euros(row.figures.cash_cents)} €",
        )
    table.add_section()
    total = answer.total
    table.add(
        "",
        "",
        "Summe / total",
        "",
        str(total.receipt_count),
        f"{euros(turnover_of(total))} €",
        # Each day's float is the cash of the day before: over days it cannot be added up.
        "–",
    )
    console().print(table)
    vat = Answers("USt / VAT", "brutto / gross", "netto / net", "Steuer / VAT")
    for figure in total.vat:
        rate = f"{figure.vat_rate_basis_points / 100:g} %".replace(".", ",")
        vat.add(rate, f"{euros(figure.gross_cents)} €", f"{euros(figure.net_cents)} €", f"{euros(figure.vat_cents)} €")
    console().print(vat)


def turnover_of(figures: Any) -> int:
    """Cents of turnover in a message of figures, by the one definition of it."""
    return figures_from_message(figures).turnover_cents


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command()(pull)
    app.command()(report)
