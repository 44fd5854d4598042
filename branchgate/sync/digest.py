"""The digest that proves that two stores hold the same entries.

SHA-256 over all entries, ascending by type and by the key's UTF-8 bytes; each as type (4 bytes), length of the key (4 bytes), key,
SHA-256 of the value (32 bytes); integers big-endian.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

from branchgate.sync.source import Seal

_HEAD = struct.Struct(">II")


class Digest:
    """Collects entries one by one, in ascending order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._entries = 0

    def add(self, entry_type: int, key: str, value_hash: bytes) -> None:
        """Adds the next entry by the SHA-256 of its value."""
        name = key.encode()
        self._hash.update(_HEAD.pack(entry_type, len(name)) + name + value_hash)
        self._entries += 1

    def seal(self) -> Seal:
        """Digest and number of what was added so far."""
        return Seal(self._hash.digest(), self._entries)


def value_hash(value: bytes) -> bytes:
    """SHA-256 of an entry's value."""
    return hashlib.sha256(value).digest()


def seal_of(entries: Iterable[tuple[int, str, bytes]]) -> Seal:
    """The seal of `(type, key, value)` in ascending order."""
    digest = Digest()
    for entry_type, key, value in entries:
        digest.add(entry_type, key, value_hash(value))
    return digest.seal()
