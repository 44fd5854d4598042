"""Sends the journal to central, in order, from where central stands; resending is harmless, central counts by event id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import grpc.aio

from branchgate.chain_walk import Damage, StoredEntry, stored_hash
from branchgate.errors import TryAgain
from branchgate.v1 import event_pb2, intake_pb2, intake_pb2_grpc
from gateway.journal.entries import Entry
from gateway.journal.journal import Journal
from gateway.journal.portions import Portion
from gateway.uplink.standing import Standing

BATCH_ENTRIES = 200
BATCH_BYTES = 1024 * 1024
"""Of bodies in one message; a larger one travels alone."""
WINDOW_ENTRIES = 2_000
"""Entries under way without acknowledgement: bounded here, because HTTP/2 flow control lets megabytes slip through."""
WINDOW_BYTES = 8 * 1024 * 1024

ReadPortion = Callable[[int, int], Awaitable[Portion]]


class EventUpload:
    """Uploads on one channel until the stream breaks or it is cancelled."""

    def __init__(self, journal: Journal, read: ReadPortion, standing: Standing, settled: Callable[[int], None]) -> None:
        self._journal = journal
        self._read = read
        self._standing = standing
        self._settled = settled
        self._moved = asyncio.Event()

    async def run(self, channel: grpc.aio.Channel) -> None:
        """Runs until the stream ends. Raises AioRpcError when central or the line breaks it."""
        call = intake_pb2_grpc.IntakeServiceStub(channel).SendEvents()
        stop_following = self._journal.follow(lambda _head: self._moved.set())
        stop_following_id = self._journal.follow_id(self._moved.set)
        acknowledgements = asyncio.create_task(self._take_acknowledgements(call))
        sending = asyncio.create_task(self._send(call))
        try:
            done, _ = await asyncio.wait({acknowledgements, sending}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            stop_following()
            stop_following_id()
            sending.cancel()
            acknowledgements.cancel()
            await asyncio.gather(sending, acknowledgements, return_exceptions=True)
            call.cancel()

    async def _send(self, call: grpc.aio.StreamStreamCall[Any, Any]) -> None:
        journal_id = self._journal.journal_id
        # One that goes on under another id is another one to central: a new session agrees where it stands.
        while journal_id == self._journal.journal_id:
            self._moved.clear()
            if self._has_room() and self._standing.sent < self._journal.head:
                portion = await self._read(self._standing.sent, BATCH_ENTRIES)
                entries = _that_fit(portion.entries)
                request = _request(journal_id, entries, portion)
                if portion.damage is not None:
                    self._standing.passing_over(portion.damage.through)
                self._standing.sending(entries)
                await call.write(request)
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


def _request(journal_id: bytes, entries: Sequence[Entry], portion: Portion) -> intake_pb2.SendEventsRequest:
    """Raises TryAgain (JOURNAL_UNREADABLE) for values that no entry has, before anybody knows of the damage."""
    try:
        request = intake_pb2.SendEventsRequest(journal_id=journal_id, entries=[_entry(entry) for entry in entries])
    except (TypeError, ValueError) as failure:
        first = entries[0].sequence
        raise TryAgain("JOURNAL_UNREADABLE", field="journal_sequence", value=first, rule=str(failure)) from failure
    if portion.damage is not None:
        request.damage.CopyFrom(_damage(portion.damage, portion.as_found))
    return request


def _damage(damage: Damage, as_found: StoredEntry | None) -> intake_pb2.JournalDamage:
    message = intake_pb2.JournalDamage(
        first_journal_sequence=damage.sequence,
        last_journal_sequence=damage.through,
        reason=damage.kind.value,
        goes_on_from=damage.goes_on_from or b"",
    )
    if as_found is not None:
        # Evidence, not an entry: only what people and an event's maker can recognise, and only as bytes.
        message.as_found.journal_sequence = as_found.sequence
        message.as_found.event.event_id = stored_hash(as_found.event_id)
        message.as_found.event.body = stored_hash(as_found.body)
        message.as_found.chain_hash = stored_hash(as_found.chain_hash)
    return message


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
