"""Sends the journal to central, in order, from where central stands; resending is harmless, central counts by event id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import grpc.aio

from branchgate.v1 import event_pb2, intake_pb2, intake_pb2_grpc
from gateway.journal.entries import Entry
from gateway.journal.journal import Journal
from gateway.uplink.standing import Standing

BATCH_ENTRIES = 200
BATCH_BYTES = 1024 * 1024
"""Of bodies in one message; a larger one travels alone."""
WINDOW_ENTRIES = 2_000
"""Entries under way without acknowledgement: bounded here, because HTTP/2 flow control lets megabytes slip through."""
WINDOW_BYTES = 8 * 1024 * 1024

ReadEntries = Callable[[int, int], Awaitable[Sequence[Entry]]]


class EventUpload:
    """Uploads on one channel until the stream breaks or it is cancelled."""

    def __init__(self, journal: Journal, read: ReadEntries, standing: Standing, settled: Callable[[int], None]) -> None:
        self._journal = journal
        self._read = read
        self._standing = standing
        self._settled = settled
        self._moved = asyncio.Event()

    async def run(self, channel: grpc.aio.Channel) -> None:
        """Runs until the stream ends. Raises AioRpcError when central or the line breaks it."""
        call = intake_pb2_grpc.IntakeServiceStub(channel).SendEvents()
        stop_following = self._journal.follow(lambda _head: self._moved.set())
        acknowledgements = asyncio.create_task(self._take_acknowledgements(call))
        sending = asyncio.create_task(self._send(call))
        try:
            done, _ = await asyncio.wait({acknowledgements, sending}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            stop_following()
            sending.cancel()
            acknowledgements.cancel()
            await asyncio.gather(sending, acknowledgements, return_exceptions=True)
            call.cancel()

    async def _send(self, call: grpc.aio.StreamStreamCall[Any, Any]) -> None:
        while True:
            self._moved.clear()
            if self._has_room() and self._standing.sent < self._journal.head:
                entries = _that_fit(await self._read(self._standing.sent, BATCH_ENTRIES))
                self._standing.sending(entries)
                await call.write(_request(self._journal.journal_id, entries))
            else:
                await self._moved.wait()

    def _has_room(self) -> bool:
        return self._standing.unsettled < WINDOW_ENTRIES and self._standing.unsettled_bytes < WINDOW_BYTES

    async def _take_acknowledgements(self, call: grpc.aio.StreamStreamCall[Any, Any]) -> None:
        async for response in call:
            self._standing.settled(response.settled_journal_sequence)
            self._settled(self._standing.sequence)
            self._moved.set()


def _that_fit(entries: Sequence[Entry]) -> Sequence[Entry]:
    """As many as go into one message, and at least one."""
    size = 0
    for count, entry in enumerate(entries):
        size += len(entry.body)
        if size > BATCH_BYTES and count:
            return entries[:count]
    return entries


def _request(journal_id: bytes, entries: Sequence[Entry]) -> intake_pb2.SendEventsRequest:
    return intake_pb2.SendEventsRequest(journal_id=journal_id, entries=[_entry(entry) for entry in entries])


def _entry(entry: Entry) -> intake_pb2.JournalEntry:
    return intake_pb2.JournalEntry(
        journal_sequence=entry.sequence,
        register_id=entry.register_id,
        event=event_pb2.Event(
            event_id=entry.event_id,
            register_sequence=entry.register_sequence,
            kind=event_pb2.EventKind.ValueType(entry.kind),
            body=entry.body,
        ),
        recorded_at_ms=entry.recorded_at_ms,
        chain_hash=entry.chain_hash,
    )
