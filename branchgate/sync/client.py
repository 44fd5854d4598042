"""The reading end of one sync stream: applies what comes into a store and acknowledges what that store has committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from branchgate.errors import Refused, TryAgain
from branchgate.errors.texts import sentence
from branchgate.sync.check import EntryCheck, check_entry
from branchgate.sync.server import SCHEMA_VERSION
from branchgate.sync.source import Seal
from branchgate.v1 import sync_pb2


class ReplicaSink(Protocol):
    """A store that is filled by sync. It holds a live set and, during a full load, a shadow set beside it.

    `put`, `delete` and `reject` may be collected until `commit`; they concern the shadow while `in_snapshot`, else the live set.
    """

    @property
    def in_snapshot(self) -> bool:
        """True while a full load is being collected; survives a restart, like everything committed."""

    def cursor(self) -> bytes:
        """Where the store stands: in the full load if one is being collected, else in the live set; empty if nowhere."""

    def begin_snapshot(self) -> None:
        """A full load begins: empties the shadow."""

    def put(self, entry_type: int, key: str, value: bytes) -> None:
        """An entry is new or changed."""

    def delete(self, entry_type: int, key: str) -> None:
        """An entry is gone; unknown ones too."""

    def reject(self, entry_type: int, key: str, value: bytes) -> None:
        """An entry cannot be used: the last good value stays in use, and the shadow's seal counts the one that came."""

    def commit(self, cursor: bytes) -> None:
        """Commits what was collected together with the cursor; after that nothing of it is lost by a crash of the process."""

    def seal(self) -> Seal:
        """Digest and number of what the full load brought, as stored."""

    def swap(self, cursor: bytes) -> None:
        """Makes the shadow the live set, in one transaction, and keeps the cursor with it."""

    def abandon(self) -> None:
        """Forgets cursor and shadow; the live set stays in use."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a full load is: entries received in this stream, and how many were estimated (0: it was begun in an earlier one)."""

    received: int
    estimated: int


class SyncClient:
    """Reads one stream into a sink. All methods call the sink, so they run where the sink's thread is.

    `window_bytes` is what may be on its way unacknowledged, 0 for the server's default.
    """

    def __init__(self, sink: ReplicaSink, *, check: EntryCheck = check_entry, window_bytes: int = 0) -> None:
        self._sink = sink
        self._check = check
        self._window_bytes = window_bytes
        self.finished = False
        self.refetch_reason = ""
        self.progress: Progress | None = None
        self.up_to_date_at_ms: int | None = None
        """The server's clock when it last said that nothing is waiting."""

    def open(self) -> sync_pb2.SyncRequest:
        """The first message."""
        opening = sync_pb2.SyncOpen(
            cursor=self._sink.cursor(), schema_version=SCHEMA_VERSION, window_bytes=self._window_bytes
        )
        return sync_pb2.SyncRequest(open=opening)

    def received(self, response: sync_pb2.SyncResponse) -> list[sync_pb2.SyncRequest]:
        """Applies a message; returns what to answer.

        Raises TryAgain (SYNC_DIGEST_MISMATCH) when a full load is not what the server sent, and TryAgain (SYNC_OUT_OF_ORDER) when it
        ends without having begun; in both cases the live set stays and the next stream starts from nothing.
        """
        match response.WhichOneof("step"):
            case "snapshot_begin":
                self._sink.begin_snapshot()
                self.progress = Progress(0, response.snapshot_begin.estimated_entries)
            case "batch":
                return self._batch(response.batch)
            case "snapshot_end":
                return self._end(response.snapshot_end)
            case "up_to_date":
                self._up_to_date(response.up_to_date)
            case "must_refetch":
                self._sink.abandon()
                self.refetch_reason = response.must_refetch.reason
                self.finished = True
            case _:
                pass  # a newer server says something this version does not know
        return []

    def _batch(self, batch: sync_pb2.SyncBatch) -> list[sync_pb2.SyncRequest]:
        answers = []
        for put in batch.put:
            try:
                self._check(put.type, put.key, put.value)
            except Refused as refused:
                self._sink.reject(put.type, put.key, put.value)
                answers.append(_reject(put, refused))
            else:
                self._sink.put(put.type, put.key, put.value)
        for delete in batch.delete:
            self._sink.delete(delete.type, delete.key)
        self._sink.commit(batch.cursor_after)
        if self._sink.in_snapshot:
            so_far = self.progress or Progress(0, 0)
            self.progress = Progress(so_far.received + len(batch.put), so_far.estimated)
        return [*answers, _acknowledge(batch.cursor_after)]

    def _end(self, end: sync_pb2.SyncSnapshotEnd) -> list[sync_pb2.SyncRequest]:
        if not self._sink.in_snapshot:
            self._sink.abandon()
            raise TryAgain("SYNC_OUT_OF_ORDER", field="snapshot_end", rule="a full load ends that has not begun")
        seal = self._sink.seal()
        if seal != Seal(end.digest, end.entries):
            self._sink.abandon()
            rule = f"the other side has {end.entries} entries"
            raise TryAgain("SYNC_DIGEST_MISMATCH", field="entries", value=seal.entries, rule=rule)
        self._sink.swap(end.cursor)
        self.progress = None
        return [_acknowledge(end.cursor)]

    def _up_to_date(self, told: sync_pb2.SyncUpToDate) -> None:
        if told.cursor != self._sink.cursor():
            self._sink.commit(told.cursor)
        self.up_to_date_at_ms = told.server_time_ms


def _acknowledge(cursor: bytes) -> sync_pb2.SyncRequest:
    return sync_pb2.SyncRequest(acknowledge=sync_pb2.SyncAcknowledge(cursor=cursor))


def _reject(put: sync_pb2.SyncPut, refused: Refused) -> sync_pb2.SyncRequest:
    text = sentence(refused, "de")
    return sync_pb2.SyncRequest(
        reject=sync_pb2.SyncReject(type=put.type, key=put.key, reason=refused.reason, text=text)
    )
