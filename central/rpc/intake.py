"""IntakeService: journals and summaries of gateways."""

from __future__ import annotations

from collections.abc import AsyncIterator

from branchgate.figures import summary_from_message
from branchgate.v1 import intake_pb2, intake_pb2_grpc
from branchgate.wire.callers import Context, caller
from central.intake import Intake, JournalDamage, JournalEntry
from central.summaries import Summaries


class IntakeServicer(intake_pb2_grpc.IntakeServiceServicer):
    """Takes what gateways send; the branch is the one in the certificate, never one in a message."""

    def __init__(self, intake: Intake, summaries: Summaries) -> None:
        self._intake = intake
        self._summaries = summaries

    async def SendEvents(
        self, request_iterator: AsyncIterator[intake_pb2.SendEventsRequest], context: Context
    ) -> AsyncIterator[intake_pb2.SendEventsResponse]:
        branch_id = caller(context).branch_id
        async for request in request_iterator:
            damage = _damage(request.damage) if request.HasField("damage") else None
            entries = [_entry(entry) for entry in request.entries]
            settled = await self._intake.take(branch_id, request.journal_id, entries, damage)
            yield intake_pb2.SendEventsResponse(settled_journal_sequence=settled)

    async def SendSummaries(
        self, request_iterator: AsyncIterator[intake_pb2.SendSummariesRequest], context: Context
    ) -> intake_pb2.SendSummariesResponse:
        branch_id = caller(context).branch_id
        stored = 0
        async for request in request_iterator:
            taken = [summary_from_message(summary) for summary in request.summaries]
            stored += await self._summaries.take(branch_id, request.request_id, taken)
        return intake_pb2.SendSummariesResponse(stored=stored)


def _damage(damage: intake_pb2.JournalDamage) -> JournalDamage:
    found = damage.as_found.event
    return JournalDamage(
        damage.first_journal_sequence,
        damage.last_journal_sequence,
        damage.goes_on_from,
        event_id=found.event_id,
        body=found.body,
    )


def _entry(entry: intake_pb2.JournalEntry) -> JournalEntry:
    return JournalEntry(
        sequence=entry.journal_sequence,
        event_id=entry.event.event_id,
        register_id=entry.register_id,
        register_sequence=entry.event.register_sequence,
        kind=entry.event.kind,
        recorded_at_ms=entry.recorded_at_ms,
        body=entry.event.body,
        chain_hash=entry.chain_hash,
    )
