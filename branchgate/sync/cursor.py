"""Where a reader stands, as opaque bytes: only the server of a stream builds and reads them.

A load in progress has cursors too, so that it goes on where a connection broke. A snapshot is read page by page from the living
store; `position` is then where the store stood when it began. What changed since is replayed before the load is sealed, so the set
that is swapped in is exactly the store at one position.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from branchgate.sync.source import EntryId

_VERSION = 1
_POSITION = struct.Struct(">Q")
_TYPE = struct.Struct(">I")


class Phase(IntEnum):
    """What a reader that stands here receives next."""

    SNAPSHOT = 1  # entries behind `after`
    CLOSING = 2  # changes since the snapshot began, then its seal
    TAIL = 3  # changes


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in one epoch of one view. `after` is the last entry received of a snapshot, None before the first."""

    epoch: bytes
    filter_hash: bytes
    position: int
    phase: Phase = Phase.TAIL
    after: EntryId | None = None

    def encode(self) -> bytes:
        """The cursor as it travels."""
        fixed = bytes((_VERSION, self.phase, len(self.epoch))) + self.epoch
        fixed += bytes((len(self.filter_hash),)) + self.filter_hash + _POSITION.pack(self.position)
        if self.after is None:
            return fixed
        return fixed + _TYPE.pack(self.after.entry_type) + self.after.key.encode()

    @classmethod
    def decode(cls, data: bytes) -> Cursor:
        """Reads a cursor. Raises ValueError when these bytes were not made by `encode`."""
        try:
            version, phase, length = data[0], Phase(data[1]), data[2]
            epoch, rest = data[3 : 3 + length], data[3 + length :]
            filter_hash, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
            (position,) = _POSITION.unpack_from(rest)
            after = _entry_id(rest[_POSITION.size :])
        except (IndexError, struct.error) as broken:
            raise ValueError("not a cursor") from broken
        cursor = cls(epoch, filter_hash, position, phase, after)
        if version != _VERSION or cursor.encode() != data or (after is not None and phase is not Phase.SNAPSHOT):
            raise ValueError("not a cursor")
        return cursor


def _entry_id(data: bytes) -> EntryId | None:
    if not data:
        return None
    (entry_type,) = _TYPE.unpack_from(data)
    return EntryId(entry_type, data[_TYPE.size :].decode())
