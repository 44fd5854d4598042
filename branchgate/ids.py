"""Ids of branches, registers and events."""

from __future__ import annotations

import hashlib
import re
import secrets

from branchgate.errors import Refused

_NAME = re.compile(r"[a-z0-9-]{1,30}")


def checked_name(value: str, field: str) -> str:
    """A branch or register id, immutable and never reused: `[a-z0-9-]{1,30}`.

    In upper case it is KASSE_SERIENNR and the TSE's clientId, which is why it is so narrow. Raises Refused (INVALID_ID).
    """
    if not _NAME.fullmatch(value):
        raise Refused("INVALID_ID", field=field, value=value, rule="must match [a-z0-9-]{1,30}")
    return value


def new_event_id(now_ms: int) -> bytes:
    """A UUIDv7 (RFC 9562, 5.7) as 16 bytes: 48 bits of UTC milliseconds, then 74 random bits."""
    random = int.from_bytes(secrets.token_bytes(10), "big") & ((1 << 74) - 1)
    return uuid7(now_ms, random)


def uuid7(now_ms: int, random: int) -> bytes:
    """Lays out a UUIDv7 from a time in UTC milliseconds and 74 bits of randomness."""
    value = (now_ms & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (random >> 62) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return value.to_bytes(16, "big")


def derived_id(purpose: str, *parts: bytes) -> bytes:
    """An id that follows from what it is about, so that the same thing has the same id: a UUIDv8 (RFC 9562, 5.8) out of a SHA-256.

    Each part counts with its length, so that no two lists of parts make one id by accident.
    """
    digest = hashlib.sha256(purpose.encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    value = int.from_bytes(digest.digest()[:16], "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return value.to_bytes(16, "big")
