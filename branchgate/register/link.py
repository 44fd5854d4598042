"""The register's line to its gateway: hands over what is in the outbox, for as long as the register runs.

Selling never waits for it. One task reads, one writes; every call is cancelled explicitly, because gRPC never collects an abandoned one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import grpc.aio
import structlog

from branchgate.clock import Clock
from branchgate.errors import BranchgateError
from branchgate.errors.status import error_from
from branchgate.events import Finding
from branchgate.register.outbox import Outbox, RefusedForGood, Waiting
from branchgate.register.sending import Sending
from branchgate.sync.timing import Backoff
from branchgate.v1 import event_pb2, journal_pb2, journal_pb2_grpc

_log = structlog.get_logger(__name__)

MOST_PER_MESSAGE = 64
PAPER_WITHIN_MS = 10 * 60 * 1000
"""An original is wanted only so long after the sale; later the customer is gone, and a print would be taken for a new sale."""

T = TypeVar("T")
Call = grpc.aio.StreamStreamCall[journal_pb2.RecordRequest, journal_pb2.RecordResponse]


class Store(Protocol):
    """Runs work on the outbox, off the event loop."""

    async def __call__(self, work: Callable[[Outbox], T]) -> T:
        """The work's result."""


class RecordLink:
    """Keeps one Record stream open. `news` is called after everything that changes what the register may show."""

    def __init__(
        self,
        store: Store,
        open_channel: Callable[[], Awaitable[grpc.aio.Channel]],
        clock: Clock,
        backoff: Backoff,
        news: Callable[[], None],
    ) -> None:
        self._store = store
        self._open_channel = open_channel
        self._clock = clock
        self._backoff = backoff
        self._news = news
        self._wake = asyncio.Event()
        self._connected = False
        self._failure: BranchgateError | None = None
        self.settled_sequence = 0
        self.central_sequence = 0

    @property
    def connected(self) -> bool:
        """True once the gateway has greeted on the stream that is open."""
        return self._connected

    @property
    def failure(self) -> BranchgateError | None:
        """Why the line is down; None while it is up or was never tried."""
        return self._failure

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            try:
                await self._one_stream(await self._open_channel())
            except grpc.aio.AioRpcError as failure:
                self._lost(error_from(failure))
            except BranchgateError as failure:
                self._lost(failure)
            await asyncio.sleep(self._backoff.next_ms() / 1000)

    async def _one_stream(self, channel: grpc.aio.Channel) -> None:
        call: Call = journal_pb2_grpc.JournalServiceStub(channel).Record()
        sending = Sending()
        reading = asyncio.create_task(self._read(call, sending))
        writing = asyncio.create_task(self._write(call, sending))
        try:
            done, _ = await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._connected = False
            reading.cancel()
            writing.cancel()
            await asyncio.wait({reading, writing})
            call.cancel()
            await channel.close()
            self._news()

    async def _write(self, call: Call, sending: Sending) -> None:
        # An empty request opens the stream: the gateway greets before it is sent anything.
        await call.write(journal_pb2.RecordRequest())
        while True:
            self._wake.clear()
            count = min(sending.room, MOST_PER_MESSAGE)
            waiting = await self._store(_waiting_after(sending.sent, count)) if count else []
            if waiting:
                sending.sending(waiting[-1].event.register_sequence)
                await call.write(self._request(waiting))
            else:
                await self._wake.wait()

    async def _read(self, call: Call, sending: Sending) -> None:
        async for response in call:
            if response.HasField("greeting"):
                await self._greeted(response.greeting, sending)
            for found in response.findings:
                findings = [Finding(f.reason, f.field, f.value, f.rule) for f in found.findings]
                await self._store(_note_findings(found.event_id, findings))
            for refused in response.refused:
                kept = RefusedForGood(refused.event_id, refused.register_sequence, refused.reason, refused.text)
                await self._store(_note_refused(kept))
            await self._settled(response, sending)
            if response.HasField("try_again"):
                await asyncio.sleep(response.try_again.after_ms / 1000)
                sending.told_to_try_again()
            self._wake.set()
            self._news()

    async def _greeted(self, greeting: journal_pb2.RecordGreeting, sending: Sending) -> None:
        await self._store(lambda outbox: outbox.greeted(greeting.next_register_sequence, greeting.next_running_number))
        sending.greeted(greeting.next_register_sequence)
        self._connected = True
        self._failure = None
        self._backoff.reset()
        _log.info("gateway_connected")

    async def _settled(self, response: journal_pb2.RecordResponse, sending: Sending) -> None:
        settled, central = response.settled_register_sequence, response.central_register_sequence
        sending.acknowledged(settled)
        if settled > self.settled_sequence or central > self.central_sequence:
            await self._store(lambda outbox: outbox.settle(settled, central))
            self.settled_sequence = max(settled, self.settled_sequence)
            self.central_sequence = max(central, self.central_sequence)

    def _request(self, waiting: list[Waiting]) -> journal_pb2.RecordRequest:
        now_ms = self._clock.now_ms()
        return journal_pb2.RecordRequest(events=[_to_record(event, now_ms) for event in waiting])

    def _lost(self, failure: BranchgateError) -> None:
        if self._failure is None or self._failure.reason != failure.reason:
            _log.warning("gateway_not_connected", reason=failure.reason, rule=failure.rule)
        self._failure = failure
        self._news()


def _to_record(waiting: Waiting, now_ms: int) -> journal_pb2.EventToRecord:
    event = waiting.event
    message = journal_pb2.EventToRecord(
        event=event_pb2.Event(
            event_id=event.event_id,
            register_sequence=event.register_sequence,
            kind=event_pb2.EventKind.ValueType(event.kind),
            body=event.body,
        )
    )
    left_ms = waiting.created_at_ms + PAPER_WITHIN_MS - now_ms
    if waiting.print_role and left_ms > 0:
        message.print.role = waiting.print_role
        message.print.within_ms = left_ms
    return message


def _waiting_after(sequence: int, count: int) -> Callable[[Outbox], list[Waiting]]:
    return lambda outbox: outbox.waiting(sequence, count)


def _note_findings(event_id: bytes, findings: list[Finding]) -> Callable[[Outbox], Any]:
    return lambda outbox: outbox.note_findings(event_id, findings)


def _note_refused(refused: RefusedForGood) -> Callable[[Outbox], Any]:
    return lambda outbox: outbox.note_refused(refused)
