"""The audit of identities: one IDENTITY event in the journal for every pairing, renewal and refused attempt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum

from branchgate.clock import Clock
from branchgate.events import EventKind
from branchgate.v1 import event_pb2

Record = Callable[[EventKind, bytes, str], Awaitable[object]]
"""Appends an event of the gateway's own to the journal: kind, body, register id ('' when none is meant)."""


class Change(StrEnum):
    """What happened to an identity (IdentityChange.change)."""

    PAIRED = "PAIRED"
    RENEWED = "RENEWED"
    ATTEMPT_REFUSED = "ATTEMPT_REFUSED"


class IdentityAudit:
    """Writes the events. Raises what the journal raises: what cannot be recorded does not happen."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    async def note(self, change: Change, register_id: str, key_sha256: bytes = b"") -> None:
        """Records one change before it takes effect."""
        body = event_pb2.IdentityChange(
            register_id=register_id, change=change, public_key_sha256=key_sha256, at_ms=self._clock.now_ms()
        )
        await self._record(EventKind.IDENTITY, body.SerializeToString(deterministic=True), register_id)
