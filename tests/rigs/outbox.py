"""Registers under load that remember everything: what they made, and what a gateway has ever acknowledged to them.

Leaner than the client library: the outbox lies in memory, because here it is the gateway that dies.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc.aio

from branchgate.clock import SystemClock
from branchgate.ids import new_event_id
from branchgate.register.identity import Identity
from branchgate.v1 import event_pb2, journal_pb2, journal_pb2_grpc
from tests.rigs.receipts import Receipts

Call = Any


@dataclass
class LoadedRegister:
    """Sells without pause, at most `in_flight` events ahead of the last acknowledgement.

    `made` holds every event in order of its number; `acknowledged` is the highest number a gateway has ever settled.
    """

    register_id: str
    bodies: Iterator[bytes]
    told: Callable[[], None]
    in_flight: int = 12
    made: list[event_pb2.Event] = field(default_factory=list)
    acknowledged: int = 0
    broken_promises: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, identity: Identity, told: Callable[[], None]) -> LoadedRegister:
        """A register that calls `told` at each acknowledgement."""
        return cls(identity.register_id, Receipts().bodies(identity.number_range, identity.next_running_number), told)

    @property
    def digests(self) -> dict[bytes, bytes]:
        """SHA-256 of the body by event id, of everything that was acknowledged."""
        return {event.event_id: hashlib.sha256(event.body).digest() for event in self.made[: self.acknowledged]}

    async def sell(self, identity: Identity, *, until: Callable[[], bool] = lambda: False) -> None:
        """Hands in events over one stream until it breaks or `until` says so; then everything made is still handed in."""
        channel = identity.open_channel()
        try:
            call: Call = journal_pb2_grpc.JournalServiceStub(channel).Record()
            await call.write(journal_pb2.RecordRequest())
            await self._over(call, until)
        except (grpc.aio.AioRpcError, grpc.aio.UsageError, asyncio.InvalidStateError):
            # The gateway died in the middle: which is why all this is done.
            pass
        finally:
            await channel.close()

    async def _over(self, call: Call, until: Callable[[], bool]) -> None:
        sent = self._greeted((await call.read()).greeting)
        while not until() or self.acknowledged < len(self.made):
            while sent < self.acknowledged + self.in_flight and (sent < len(self.made) or not until()):
                batch = self._events(sent, 1 + sent % 3)
                await call.write(journal_pb2.RecordRequest(events=batch))
                sent += len(batch)
            response = await call.read()
            if response is grpc.aio.EOF:
                return
            self._settled(response, sent)
        call.cancel()

    def _greeted(self, greeting: journal_pb2.RecordGreeting) -> int:
        """How many events the gateway says it holds: never fewer than it has acknowledged, never more than there are."""
        held = greeting.next_register_sequence - 1
        if not self.acknowledged <= held <= len(self.made):
            self.broken_promises.append(
                f"{self.acknowledged} acknowledged of {len(self.made)}, but the greeting says {held}"
            )
        return held

    def _settled(self, response: journal_pb2.RecordResponse, sent: int) -> None:
        self.remarks += [finding.reason for found in response.findings for finding in found.findings]
        self.remarks += [refused.reason for refused in response.refused]
        if response.settled_register_sequence > sent:
            self.broken_promises.append(f"{response.settled_register_sequence} acknowledged, but {sent} sent")
        self.acknowledged = max(self.acknowledged, response.settled_register_sequence)
        self.told()

    def _events(self, after: int, count: int) -> list[journal_pb2.EventToRecord]:
        while len(self.made) < after + count:
            self.made.append(self._make())
        return [journal_pb2.EventToRecord(event=event) for event in itertools.islice(self.made, after, after + count)]

    def _make(self) -> event_pb2.Event:
        return event_pb2.Event(
            event_id=new_event_id(SystemClock().now_ms()),
            register_sequence=len(self.made) + 1,
            kind=event_pb2.EVENT_KIND_RECEIPT,
            body=next(self.bodies),
        )
