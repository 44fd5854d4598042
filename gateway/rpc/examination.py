"""What an examination of the journal finds, as messages. The command on a stopped gateway's folder makes the same ones."""

from __future__ import annotations

from collections.abc import AsyncIterator

from branchgate.v1 import gateway_admin_pb2
from gateway.journal.examination import Fault, Found, Progress, Verdict
from gateway.journal.incidents import Incident
from gateway.journal.telling import fault_sentence, incident_sentence

PROGRESS_ENTRIES = 2_000
"""Progress is told after so many entries."""


async def examination_messages(
    found: AsyncIterator[Found],
) -> AsyncIterator[gateway_admin_pb2.ExamineJournalResponse]:
    """The messages of an examination: faults and verdict as they come, progress now and then."""
    told = 0
    async for one in found:
        if isinstance(one, Progress):
            if one.entries < told + PROGRESS_ENTRIES:
                continue
            told = one.entries
        yield examination_message(one)


def examination_message(found: Found) -> gateway_admin_pb2.ExamineJournalResponse:
    """One step as a message."""
    match found:
        case Progress():
            progress = gateway_admin_pb2.ExaminationProgress(entries=found.entries, head=found.head)
            return gateway_admin_pb2.ExamineJournalResponse(progress=progress)
        case Fault():
            return gateway_admin_pb2.ExamineJournalResponse(fault=_fault(found))
        case Verdict():
            return gateway_admin_pb2.ExamineJournalResponse(verdict=_verdict(found))


def incident_message(incident: Incident) -> gateway_admin_pb2.JournalIncident:
    """An incident as a message, with its sentences."""
    return gateway_admin_pb2.JournalIncident(
        number=incident.number,
        reason=incident.reason,
        first_journal_sequence=incident.sequence,
        last_sequence=incident.through,
        witness=incident.witness,
        found_at_ms=incident.found_at_ms,
        acknowledged_at_ms=incident.acknowledged_at_ms,
        text_de=incident_sentence(incident, "de"),
        text_en=incident_sentence(incident, "en"),
    )


def _fault(fault: Fault) -> gateway_admin_pb2.JournalFault:
    return gateway_admin_pb2.JournalFault(
        reason=fault.reason,
        journal_sequence=fault.sequence,
        last_journal_sequence=fault.last,
        register_id=fault.register_id,
        kind=fault.kind,
        recorded_at_ms=fault.recorded_at_ms,
        value=fault.value,
        rule=fault.rule,
        text_de=fault_sentence(fault, "de"),
        text_en=fault_sentence(fault, "en"),
    )


def _verdict(verdict: Verdict) -> gateway_admin_pb2.ExaminationVerdict:
    return gateway_admin_pb2.ExaminationVerdict(
        intact=verdict.faults == 0,
        entries=verdict.entries,
        faults=verdict.faults,
        unproved=verdict.unproved,
        journal_id=verdict.journal_id,
        head=verdict.head,
        chain_hash=verdict.chain_hash,
    )
