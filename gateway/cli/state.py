"""`branchgate gateway status | findings`: how the branch is."""

from __future__ import annotations

import grpc.aio
import typer

from branchgate.errors.texts import Language, sentence_for
from branchgate.showing import Answers, JsonOption, console, show_facts, show_json, show_warning
from branchgate.v1 import event_pb2, gateway_admin_pb2, gateway_admin_pb2_grpc
from gateway.cli.asking import DATA_DEFAULT, DataOption, ask
from gateway.cli.times import date_and_time


def status(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Shows the gateway on one page: journal, central, catalogue, registers, and what waits for a person."""

    async def question(channel: grpc.aio.Channel) -> gateway_admin_pb2.GetGatewayStatusResponse:
        stub = gateway_admin_pb2_grpc.GatewayAdminServiceStub(channel)
        return await stub.GetGatewayStatus(gateway_admin_pb2.GetGatewayStatusRequest())

    answer = ask(data, question)
    if as_json:
        show_json(answer)
        return
    central = "verbunden / connected" if answer.central_connected else "nicht verbunden / not connected"
    show_facts(
        ("Filiale / branch", answer.branch_id),
        ("Journal", f"{answer.journal_sequence} Einträge / entries"),
        ("Zentrale / central", f"{central}, hat / has {answer.central_sequence}"),
        ("Verkaufsspeicher / sales store", str(answer.sales_sequence)),
        ("Artikel usw. / catalogue", f"{answer.catalogue_entries}, {_when(answer.catalogue_current_at_ms)}"),
        ("Geparkte Bons / parked receipts", str(answer.parked_receipts)),
    )
    table = Answers(
        "Kasse / register", "Ereignisse / events", "Bons / receipts", "Hinweise / findings", "Z", "verbunden"
    )
    for register in answer.registers:
        table.add(
            register.register_id,
            str(register.register_sequence),
            str(register.receipts),
            str(register.findings),
            str(register.z_number),
            "ja / yes" if register.connected else "nein / no",
        )
    console().print(table)
    for german, english in zip(answer.warnings_de, answer.warnings_en, strict=True):
        show_warning(german, english)


def findings(
    data: DataOption = DATA_DEFAULT,
    limit: int = typer.Option(100, min=1, max=1000, help="At most so many."),
    as_json: JsonOption = False,
) -> None:
    """Lists recorded receipts that break a rule, newest first. They are recorded all the same; nothing was thrown away."""

    async def question(channel: grpc.aio.Channel) -> gateway_admin_pb2.ListFindingsResponse:
        stub = gateway_admin_pb2_grpc.GatewayAdminServiceStub(channel)
        return await stub.ListFindings(gateway_admin_pb2.ListFindingsRequest(limit=limit))

    answer = ask(data, question)
    if as_json:
        show_json(answer)
        return
    table = Answers("Nr.", "Kasse / register", "wann / when", "Hinweis / finding")
    for row in answer.findings:
        for finding in row.record.findings:
            table.add(
                str(row.journal_sequence),
                row.register_id,
                _when(row.recorded_at_ms),
                f"{_reason(row, finding)}\n{_sentence(finding, 'de')}\n{_sentence(finding, 'en')}",
            )
    console().print(table if answer.findings else "Keine Hinweise / no findings")


def _reason(row: gateway_admin_pb2.FindingRow, finding: event_pb2.Finding) -> str:
    """The code, and the number by which people find the receipt."""
    return f"{row.receipt_number}: {finding.reason}" if row.receipt_number else finding.reason


def _sentence(finding: event_pb2.Finding, language: Language) -> str:
    return sentence_for(finding.reason, language, field=finding.field, value=finding.value, rule=finding.rule)


def _when(at_ms: int) -> str:
    if not at_ms:
        return "nie / never"
    return date_and_time(at_ms)


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    for command in (status, findings):
        app.command()(command)
