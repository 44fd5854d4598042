"""GatewayAdminService: what operators ask, over the owner-only socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

from branchgate import __version__
from branchgate.errors import Refused
from branchgate.v1 import event_pb2, gateway_admin_pb2, gateway_admin_pb2_grpc
from branchgate.wire.callers import Context
from gateway.branch.journal_desk import JournalDesk
from gateway.journal.anchors import hash_beginning
from gateway.journal.examination import Anchor
from gateway.rpc.examination import examination_messages, incident_message
from gateway.status import FindingRow, GatewayStatus, StatusDesk

USUAL_FINDINGS = 100
MOST_FINDINGS = 1000


class GatewayAdminServicer(gateway_admin_pb2_grpc.GatewayAdminServiceServicer):
    """Translates; the status desk and the journal's desk know."""

    def __init__(self, status: StatusDesk, journal: JournalDesk) -> None:
        self._status = status
        self._journal = journal

    async def GetGatewayStatus(
        self, request: gateway_admin_pb2.GetGatewayStatusRequest, context: Context
    ) -> gateway_admin_pb2.GetGatewayStatusResponse:
        del request, context
        return _page(await self._status.page())

    async def VerifyJournal(
        self, request: gateway_admin_pb2.VerifyJournalRequest, context: Context
    ) -> gateway_admin_pb2.VerifyJournalResponse:
        del request, context
        report = await self._journal.verify()
        return gateway_admin_pb2.VerifyJournalResponse(
            intact=report.whole,
            entries=report.entries,
            first_damaged_sequence=0 if report.whole else report.damages[0].sequence,
            chain_hash=report.head.chain_hash,
        )

    async def ExamineJournal(
        self, request: gateway_admin_pb2.ExamineJournalRequest, context: Context
    ) -> AsyncIterator[gateway_admin_pb2.ExamineJournalResponse]:
        del context
        anchors = [Anchor(anchor.journal_sequence, hash_beginning(anchor.chain_hash)) for anchor in request.anchors]
        async for message in examination_messages(self._journal.examine(anchors)):
            yield message

    async def ExportJournal(
        self, request: gateway_admin_pb2.ExportJournalRequest, context: Context
    ) -> AsyncIterator[gateway_admin_pb2.ExportJournalResponse]:
        del context
        async for portion in self._journal.export(max(1, request.first_journal_sequence)):
            yield gateway_admin_pb2.ExportJournalResponse(lines=portion)

    async def ListIncidents(
        self, request: gateway_admin_pb2.ListIncidentsRequest, context: Context
    ) -> gateway_admin_pb2.ListIncidentsResponse:
        del context
        found = self._journal.incidents(open_only=request.open_only)
        return gateway_admin_pb2.ListIncidentsResponse(incidents=[incident_message(incident) for incident in found])

    async def AcknowledgeIncidents(
        self, request: gateway_admin_pb2.AcknowledgeIncidentsRequest, context: Context
    ) -> gateway_admin_pb2.AcknowledgeIncidentsResponse:
        del context
        count = await self._journal.acknowledge(request.numbers, request.user_id)
        return gateway_admin_pb2.AcknowledgeIncidentsResponse(acknowledged=count)

    async def SayNextZNumber(
        self, request: gateway_admin_pb2.SayNextZNumberRequest, context: Context
    ) -> gateway_admin_pb2.SayNextZNumberResponse:
        del context
        await self._journal.say_next_z(request.register_id, request.next_z_number, request.user_id)
        return gateway_admin_pb2.SayNextZNumberResponse()

    async def ListFindings(
        self, request: gateway_admin_pb2.ListFindingsRequest, context: Context
    ) -> gateway_admin_pb2.ListFindingsResponse:
        del context
        if not 0 <= request.limit <= MOST_FINDINGS:
            raise Refused("INVALID_VALUE", field="limit", value=request.limit, rule=f"0 to {MOST_FINDINGS}")
        rows = self._status.findings(request.limit or USUAL_FINDINGS)
        return gateway_admin_pb2.ListFindingsResponse(findings=[_finding(row) for row in rows])


def _page(page: GatewayStatus) -> gateway_admin_pb2.GetGatewayStatusResponse:
    return gateway_admin_pb2.GetGatewayStatusResponse(
        branch_id=page.branch_id,
        version=__version__,
        journal_id=page.journal_id,
        journal_sequence=page.journal_sequence,
        central_sequence=page.central_sequence,
        central_connected=page.central_connected,
        sales_sequence=page.sales_sequence,
        catalogue_entries=page.articles,
        catalogue_current_at_ms=page.catalogue_current_at_ms,
        registers=[
            gateway_admin_pb2.RegisterStatus(
                register_id=register.register_id,
                register_sequence=register.register_sequence,
                connected=register.connected,
                receipts=register.receipts,
                findings=register.findings,
                z_number=register.z_number,
            )
            for register in page.registers
        ],
        uncertain_print_jobs=page.uncertain_print_jobs,
        parked_receipts=page.parked_receipts,
        warnings_de=[german for german, _ in page.warnings],
        warnings_en=[english for _, english in page.warnings],
    )


def _finding(row: FindingRow) -> gateway_admin_pb2.FindingRow:
    record = row.record
    return gateway_admin_pb2.FindingRow(
        journal_sequence=row.journal_sequence,
        register_id=row.register_id,
        recorded_at_ms=row.recorded_at_ms,
        receipt_number=row.receipt_number,
        record=event_pb2.FindingRecord(
            about_event_id=record.about_event_id,
            findings=[
                event_pb2.Finding(reason=one.reason, field=one.field, value=one.value, rule=one.rule)
                for one in record.findings
            ],
            refused=record.refused,
            refused_event=record.refused_event,
        ),
    )
