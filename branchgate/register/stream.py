"""One Record stream: what is in the outbox goes out, what the gateway says of it comes in.

One task reads, one writes. The call is cancelled explicitly, because gRPC never collects an abandoned one, and a pending read is never
cancelled by itself, because that leaks.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Protocol, TypeAlias, TypeVar

import grpc.aio

from branchgate.clock import Clock
from branchgate.events import Finding
from branchgate.register.held import Answer, RefusedForGood, Waiting
from branchgate.register.outbox import LARGEST_EVENT_BYTES, Outbox
from branchgate.register.sending import Sending
from branchgate.sync.timing import Backoff
from branchgate.v1 import event_pb2, journal_pb2, journal_pb2_grpc

MOST_PER_MESSAGE = 64
MOST_BYTES_PER_MESSAGE = LARGEST_EVENT_BYTES
"""Of bodies: a gateway takes no message of more than four megabytes, and one that it cannot take would stand in the way for ever."""
PAPER_WITHIN_MS = 10 * 60 * 1000
"""An original is wanted only so long after the sale; later the customer is gone, and a print would be taken for a new sale."""
SHORTEST_PAUSE_MS = 100
LOOK_UP_WITHIN_S = 10
LOOK_UPS_AT_ONCE = 16

T = TypeVar("T")
Call: TypeAlias = grpc.aio.StreamStreamCall[journal_pb2.RecordRequest, journal_pb2.RecordResponse]


class Store(Protocol):
    """Runs work on the outbox, off the event loop."""

    async def __call__(self, work: Callable[[Outbox], T]) -> T:
        """The work's result."""


class RecordStream:
    """One stream on a channel. `changed` is called after everything that changes what the register may show.

    `asking` paces the questions how far central is: the gateway tells it only in answers.
    """

    def __init__(
        self, channel: grpc.aio.Channel, store: Store, clock: Clock, asking: Backoff, changed: Callable[[], None]
    ) -> None:
        self._stub = journal_pb2_grpc.JournalServiceStub(channel)
        self._store = store
        self._clock = clock
        self._asking = asking
        self._changed = changed
        self._sending = Sending()
        self._again: list[Waiting] = []
        self._wake = asyncio.Event()
        self._leaving = asyncio.Event()
        self._resuming: asyncio.TimerHandle | None = None
        self.greeted = False
        self.settled_sequence = 0
        self.central_sequence = 0

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._wake.set()

    def leave(self) -> None:
        """Ends the stream; `run` returns."""
        self._leaving.set()

    async def run(self) -> None:
        """Runs to the stream's end. Raises AioRpcError when it breaks, and what the outbox raises."""
        call = self._stub.Record()
        reading = asyncio.create_task(self._read(call))
        writing = asyncio.create_task(self._write(call))
        leaving = asyncio.create_task(self._leaving.wait())
        try:
            await asyncio.wait({reading, writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not leaving.done():
                if writing.done():
                    writing.result()
                # The reader learns why a call has ended.
                await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
        finally:
            self.greeted = False
            if self._resuming is not None:
                self._resuming.cancel()
            call.cancel()
            writing.cancel()
            leaving.cancel()
            await asyncio.wait({reading, writing, leaving})

    async def _write(self, call: Call) -> None:
        try:
            oldest_held, (journal_id, settled) = await self._store(
                lambda outbox: (outbox.oldest_held(), outbox.told_last())
            )
            first = journal_pb2.RecordRequest(
                oldest_held_register_sequence=oldest_held,
                known_journal_id=journal_id,
                settled_register_sequence=settled,
            )
            await call.write(first)
            while True:
                self._wake.clear()
                request = await self._next_request()
                if request is None:
                    await self._idle(call)
                else:
                    self._asking.reset()
                    await call.write(request)
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            # The call has ended; the reader learns why.
            return

    async def _next_request(self) -> journal_pb2.RecordRequest | None:
        sending = self._sending
        count = min(sending.room, MOST_PER_MESSAGE)
        if not count:
            return None
        if self._again:
            count = _that_fit(self._again[:count])
            again, self._again = self._again[:count], self._again[count:]
            return _request(again, self._clock.now_ms())
        sent = sending.sent
        waiting = await self._store(lambda outbox: outbox.waiting(sent, count))
        if not sending.room or sending.sent != sent:
            # A pause has begun or ended meanwhile: sending starts over behind the last settled event.
            return None
        waiting = waiting[: _that_fit(waiting)]
        waiting = waiting[: sending.in_one_message([each.event.register_sequence for each in waiting])]
        if not waiting:
            return None
        first, last = waiting[0].event.register_sequence, waiting[-1].event.register_sequence
        request = _request(waiting, self._clock.now_ms())
        if sending.is_behind_hole(first):
            request.oldest_held_register_sequence = first
        sending.sending(last)
        return request

    async def _idle(self, call: Call) -> None:
        central_is_behind = self._sending.all_answered and self.central_sequence < self.settled_sequence
        try:
            async with asyncio.timeout(self._asking.next_ms() / 1000 if central_is_behind else None):
                await self._wake.wait()
        except TimeoutError:
            await call.write(journal_pb2.RecordRequest())

    async def _read(self, call: Call) -> None:
        async for response in call:
            if response.HasField("greeting"):
                await self._greet(response.greeting)
            await self._take(response)
            if response.HasField("try_again"):
                self._pause(response.try_again.after_ms)
            self._wake.set()
            self._changed()

    async def _greet(self, greeting: journal_pb2.RecordGreeting) -> None:
        await self._store(
            lambda outbox: outbox.greeted(
                greeting.journal_id, greeting.next_register_sequence, greeting.next_running_number
            )
        )
        doubtful = await self._store(lambda outbox: outbox.doubtful())
        for start in range(0, len(doubtful), LOOK_UPS_AT_ONCE):
            some = doubtful[start : start + LOOK_UPS_AT_ONCE]
            known = await asyncio.gather(*(self._is_recorded(waiting) for waiting in some))
            self._again += [waiting for waiting, recorded in zip(some, known, strict=True) if not recorded]
        self._sending.greeted(greeting.next_register_sequence)
        self.greeted = True

    async def _is_recorded(self, doubtful: Waiting) -> bool:
        """Asks about an event by its id, and settles it if the gateway has exactly this one."""
        event = doubtful.event
        request = journal_pb2.LookUpEventRequest(event_id=event.event_id)
        found = await self._stub.LookUpEvent(request, timeout=LOOK_UP_WITHIN_S)
        if not found.recorded or found.body_sha256 != hashlib.sha256(event.body).digest():
            return False
        findings = _findings(found.findings)
        await self._store(lambda outbox: outbox.known_to_gateway(event.event_id, findings))
        return True

    async def _take(self, response: journal_pb2.RecordResponse) -> None:
        before = self.settled_sequence, self.central_sequence
        self.settled_sequence = self._sending.acknowledged(response.settled_register_sequence)
        # Not the highest that was ever told: while a copy that was sent again is on its way to central, it falls.
        self.central_sequence = response.central_register_sequence
        answer = Answer(
            settled_sequence=self.settled_sequence,
            central_sequence=self.central_sequence,
            findings=tuple((each.event_id, _findings(each.findings)) for each in response.findings),
            refused=tuple(
                RefusedForGood(each.event_id, each.register_sequence, each.reason, each.text)
                for each in response.refused
            ),
        )
        if answer.findings or answer.refused or before != (self.settled_sequence, self.central_sequence):
            await self._store(lambda outbox: outbox.answered(answer))

    def _pause(self, after_ms: int) -> None:
        """One pause for all messages under way: each of them is told to try again."""
        if self._resuming is None:
            self._sending.told_to_try_again()
            delay_ms = max(after_ms, SHORTEST_PAUSE_MS)
            self._resuming = asyncio.get_running_loop().call_later(delay_ms / 1000, self._resume)

    def _resume(self) -> None:
        self._resuming = None
        self._sending.resumed()
        self._wake.set()


def _that_fit(waiting: Sequence[Waiting]) -> int:
    """How many of these go into one message."""
    sizes = accumulate(len(each.event.body) for each in waiting)
    return sum(1 for size in sizes if size <= MOST_BYTES_PER_MESSAGE)


def _request(waiting: Iterable[Waiting], now_ms: int) -> journal_pb2.RecordRequest:
    return journal_pb2.RecordRequest(events=[_to_record(each, now_ms) for each in waiting])


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
        message.print.within_ms = min(left_ms, PAPER_WITHIN_MS)
    return message


def _findings(messages: Iterable[event_pb2.Finding]) -> tuple[Finding, ...]:
    return tuple(Finding(each.reason, each.field, each.value, each.rule) for each in messages)
