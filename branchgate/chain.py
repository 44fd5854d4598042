"""The hash chain over the journal: whoever changes, removes, adds or reorders an entry breaks every hash after it.

    chain_hash = SHA-256( previous chain_hash || header || SHA-256(body) )

The previous hash of the first entry is 32 zero bytes. The header, all integers big-endian:

    offset  bytes  content
    0       4      "BGJ1", the form of this header
    4       8      sequence, unsigned
    12      16     event_id
    28      8      register_sequence, signed
    36      4      kind, unsigned
    40      8      recorded_at, UTC milliseconds, signed
    48      8      length of the body, unsigned
    56      n      register_id, UTF-8; empty for the branch; the header's only part of variable length, so it needs no length

The gateway writes the chain, central checks it on arrival: one definition for both.
"""

from __future__ import annotations

import hashlib
import struct

GENESIS = bytes(32)
"""What the first entry is chained to."""

EVENT_ID_BYTES = 16
"""Length of every event id in a journal."""

_FIXED = struct.Struct(">4sQ16sqIqQ")
_MARK = b"BGJ1"


def header(
    sequence: int,
    event_id: bytes,
    register_id: bytes,
    register_sequence: int,
    kind: int,
    recorded_at_ms: int,
    body_length: int,
) -> bytes:
    """The canonical header of an entry; `event_id` has 16 bytes. Raises struct.error when a number is out of range."""
    fixed = _FIXED.pack(_MARK, sequence, event_id, register_sequence, kind, recorded_at_ms, body_length)
    return fixed + register_id


def link(previous: bytes, entry_header: bytes, body: bytes) -> bytes:
    """The chain hash of the entry that follows the one with hash `previous`."""
    return hashlib.sha256(previous + entry_header + hashlib.sha256(body).digest()).digest()
