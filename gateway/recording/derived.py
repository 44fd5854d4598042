"""Ids of what the gateway adds, derived from what they are about: an event that comes again is recognised however it was settled first."""

from __future__ import annotations

import hashlib


def derived_id(purpose: bytes, register_id: str, event_id: bytes, kind: int = 0, body: bytes = b"") -> bytes:
    """An id for what the gateway says about an event: a UUIDv8 (RFC 9562, 5.8) out of the event's SHA-256."""
    parts = (purpose.decode(), register_id, event_id.hex(), str(kind), hashlib.sha256(body).hexdigest())
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    value = int.from_bytes(digest[:16], "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return value.to_bytes(16, "big")
