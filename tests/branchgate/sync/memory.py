"""A ReplicaSink in memory that tells committed from merely applied, so that a crash can be simulated at any step."""

from __future__ import annotations

from branchgate.sync.digest import Digest, value_hash
from branchgate.sync.source import EntryId, Seal


class MemorySink:
    def __init__(self) -> None:
        self.live: dict[EntryId, bytes] = {}
        self.shadow: dict[EntryId, bytes | None] = {}
        self.rejected_hashes: dict[EntryId, bytes] = {}
        self.in_snapshot = False
        self.live_cursor = self.shadow_cursor = b""
        self.commits = 0
        self._pending: list[tuple[EntryId, bytes | None, bool]] = []

    def cursor(self) -> bytes:
        return self.shadow_cursor if self.in_snapshot else self.live_cursor

    def begin_snapshot(self) -> None:
        self.shadow, self.rejected_hashes, self.shadow_cursor = {}, {}, b""
        self.in_snapshot = True

    def put(self, entry_type: int, key: str, value: bytes) -> None:
        self._pending.append((EntryId(entry_type, key), value, False))

    def delete(self, entry_type: int, key: str) -> None:
        self._pending.append((EntryId(entry_type, key), None, False))

    def reject(self, entry_type: int, key: str, value: bytes) -> None:
        self._pending.append((EntryId(entry_type, key), value, True))

    def commit(self, cursor: bytes) -> None:
        pending, self._pending = self._pending, []
        self.commits += 1
        for entry, value, rejected in pending:
            if self.in_snapshot:
                self._apply_to_shadow(entry, value, rejected)
            elif value is None:
                self.live.pop(entry, None)
            elif not rejected:
                self.live[entry] = value
        if self.in_snapshot:
            self.shadow_cursor = cursor
        else:
            self.live_cursor = cursor

    def seal(self) -> Seal:
        digest = Digest()
        for entry, value in sorted(self.shadow.items()):
            digest.add(*entry, self.rejected_hashes[entry] if value is None else value_hash(value))
        return digest.seal()

    def swap(self, cursor: bytes) -> None:
        kept = {entry: self.live.get(entry) if value is None else value for entry, value in self.shadow.items()}
        self.live = {entry: value for entry, value in kept.items() if value is not None}
        self.live_cursor = cursor
        self.shadow, self.rejected_hashes, self.in_snapshot = {}, {}, False

    def abandon(self) -> None:
        self._pending = []
        self.live_cursor = self.shadow_cursor = b""
        self.shadow, self.rejected_hashes, self.in_snapshot = {}, {}, False

    def _apply_to_shadow(self, entry: EntryId, value: bytes | None, rejected: bool) -> None:
        self.rejected_hashes.pop(entry, None)
        if value is None:
            self.shadow.pop(entry, None)
        elif rejected:
            self.shadow[entry] = None
            self.rejected_hashes[entry] = value_hash(value)
        else:
            self.shadow[entry] = value
