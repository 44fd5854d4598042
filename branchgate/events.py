"""Events: what happened, with an id minted where it happened. The body is opaque bytes, stored and forwarded verbatim."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum


class EventKind(IntEnum):
    """Kinds of event; the numbers are those of the contract."""

    RECEIPT = 1
    PARKED = 2
    DRAWER = 3
    CASH_COUNT = 4
    CLOSING = 5
    TSE = 6
    PRINT_OUTCOME = 7
    IDENTITY = 8
    FINDING = 9
    CONFLICT = 10


@dataclass(frozen=True, slots=True)
class Event:
    """One event: 16-byte UUIDv7, gap-free number per register (0 for the gateway's own), kind and body."""

    event_id: bytes
    register_sequence: int
    kind: EventKind
    body: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of the body: two events with one id are the same event if and only if their digests agree."""
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a recorded event breaks: stable reason, dotted field, value found, rule."""

    reason: str
    field: str
    value: str
    rule: str
