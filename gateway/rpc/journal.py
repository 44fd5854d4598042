"""JournalService: registers hand in their events and ask what became of one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable

import grpc.aio

from branchgate.errors import BranchgateError, TryAgain
from branchgate.errors.texts import sentence_for
from branchgate.events import Finding
from branchgate.v1 import event_pb2, journal_pb2, journal_pb2_grpc
from branchgate.wire.callers import Context, caller
from gateway.journal import JournalReader
from gateway.journal.entries import Entry
from gateway.recording import EventToRecord, Greeting, Recorded, Recorder, RefusedEvent
from gateway.recording.finding import ReceiptFinder
from gateway.recording.pipeline import Pipeline
from gateway.recording.transaction import findings_about
from gateway.recording.witness import Witnesses


def calling_register(context: Context) -> str:
    """The register that the client certificate names."""
    return caller(context).register_id


class JournalServicer(journal_pb2_grpc.JournalServiceServicer):
    """Serves registers until `closing` is set; streams then get their last acknowledgements and end.

    `central_sequence` tells up to which register_sequence a register may forget; `hold` is told when one sent something late, and up to
    where that stands in the journal. `follow_id` calls back when the journal
    goes on under another id: streams end, because registers must be greeted again before they forget anything. `witnesses` hear what
    registers were told last.
    """

    def __init__(
        self,
        recorder: Recorder,
        reader: JournalReader,
        finder: ReceiptFinder,
        *,
        closing: asyncio.Event,
        central_sequence: Callable[[str], int],
        hold: Callable[[str, int], None],
        register_of: Callable[[Context], str] = calling_register,
        witnesses: Witnesses | None = None,
        follow_id: Callable[[Callable[[], object]], Callable[[], None]] = lambda _ended: lambda: None,
    ) -> None:
        self._recorder = recorder
        self._reader = reader
        self._finder = finder
        self._closing = closing
        self._central_sequence = central_sequence
        self._hold = hold
        self._register_of = register_of
        self._witnesses = witnesses
        self._follow_id = follow_id

    # The stubs know response iterators only; a handler that reads and writes itself is cancelled in its own task.
    async def Record(  # type: ignore[override]
        self, request_iterator: object, context: Context
    ) -> None:
        """Greets, then reads ahead while earlier messages reach the disk, and acknowledges cumulatively."""
        register_id = self._register_of(context)
        greeting = _greeting_response(self._recorder.greeting(register_id))
        greeting.central_register_sequence = self._central_sequence(register_id)
        await context.write(greeting)
        pipeline = Pipeline()
        reading = asyncio.create_task(self._read(register_id, context, pipeline))
        closing = asyncio.create_task(self._closing.wait())
        closing.add_done_callback(lambda _: reading.cancel())
        stop_following = self._follow_id(reading.cancel)
        try:
            while (recorded := await pipeline.take()) is not None:
                await context.write(self._response(register_id, recorded))
            if self._closing.is_set():
                last = self._recorder.nothing_taken(register_id, TryAgain("CLOSING_DOWN"))
                await context.write(self._response(register_id, last))
            elif not reading.cancelled():
                # What the reader raised is the stream's end, after everything before it was acknowledged.
                await reading
        finally:
            stop_following()
            reading.cancel()
            closing.cancel()
            await asyncio.gather(reading, closing, return_exceptions=True)

    async def LookUpEvent(
        self, request: journal_pb2.LookUpEventRequest, context: Context
    ) -> journal_pb2.LookUpEventResponse:
        """What became of one event."""
        entry = self._reader.by_event_id(request.event_id)
        if entry is None:
            return journal_pb2.LookUpEventResponse(recorded=False)
        return journal_pb2.LookUpEventResponse(
            recorded=True,
            journal_sequence=entry.sequence,
            body_sha256=hashlib.sha256(entry.body).digest(),
            findings=_finding_messages(findings_about(self._reader.connection, entry)),
        )

    async def FindReceipt(
        self, request: journal_pb2.FindReceiptRequest, context: Context
    ) -> journal_pb2.FindReceiptResponse:
        """A receipt by its number, whichever register made it."""
        found = await self._finder.find(request.receipt_number)
        return journal_pb2.FindReceiptResponse(
            receipt=_found_message(found.entry), referring=[_found_message(entry) for entry in found.referring]
        )

    async def _read(self, register_id: str, context: Context, pipeline: Pipeline) -> None:
        try:
            await pipeline.room()
            while (request := await context.read()) is not grpc.aio.EOF:
                if request.known_journal_id and self._witnesses is not None:
                    await self._witnesses.hear(register_id, request.known_journal_id, request.settled_register_sequence)
                if request.oldest_held_register_sequence > 1:
                    pipeline.put(self._recorder.go_on_at(register_id, request.oldest_held_register_sequence))
                    await pipeline.room()
                pipeline.put(self._recorder.begin(register_id, [_event(each) for each in request.events]))
                await pipeline.room()
        finally:
            pipeline.end()

    def _response(self, register_id: str, recorded: Recorded) -> journal_pb2.RecordResponse:
        if recorded.late:
            self._hold(register_id, self._reader.head())
        response = journal_pb2.RecordResponse(
            settled_register_sequence=recorded.settled_register_sequence,
            central_register_sequence=self._central_sequence(register_id),
        )
        for found in recorded.findings:
            response.findings.add(event_id=found.event_id, findings=_finding_messages(found.findings))
        for refused in recorded.refused:
            response.refused.append(_refused_message(refused))
        if recorded.try_again is not None:
            response.try_again.CopyFrom(_try_again_message(recorded.try_again))
        return response


def _event(message: journal_pb2.EventToRecord) -> EventToRecord:
    event = message.event
    if not message.HasField("print"):
        return EventToRecord(event.event_id, event.register_sequence, event.kind, event.body)
    wish = message.print
    return EventToRecord(event.event_id, event.register_sequence, event.kind, event.body, wish.role, wish.within_ms)


def _greeting_response(greeting: Greeting) -> journal_pb2.RecordResponse:
    return journal_pb2.RecordResponse(
        settled_register_sequence=greeting.settled_register_sequence,
        greeting=journal_pb2.RecordGreeting(
            journal_id=greeting.journal_id,
            next_register_sequence=greeting.next_register_sequence,
            next_running_number=greeting.next_running_number,
            next_z_number=greeting.next_z_number,
            gateway_time_ms=greeting.gateway_time_ms,
        ),
    )


def _found_message(entry: Entry) -> journal_pb2.FoundReceipt:
    return journal_pb2.FoundReceipt(event_id=entry.event_id, register_id=entry.register_id, body=entry.body)


def _finding_messages(findings: Iterable[Finding]) -> list[event_pb2.Finding]:
    return [
        event_pb2.Finding(reason=each.reason, field=each.field, value=each.value, rule=each.rule) for each in findings
    ]


def _refused_message(refused: RefusedEvent) -> journal_pb2.RefusedEvent:
    finding = refused.finding
    text = sentence_for(finding.reason, "de", field=finding.field, value=finding.value, rule=finding.rule)
    return journal_pb2.RefusedEvent(
        event_id=refused.event_id,
        register_sequence=refused.register_sequence,
        reason=finding.reason,
        text=text,
    )


def _try_again_message(failure: BranchgateError) -> journal_pb2.RecordTryAgain:
    return journal_pb2.RecordTryAgain(reason=failure.reason, after_ms=failure.retry_after_ms)
