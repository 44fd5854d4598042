"""The serving end of one sync stream, without I/O.

The session is given what the reader says, the pages it asked for and the time, and returns encoded responses. It never queues: while
the window is closed it reads nothing, and afterwards it asks for the latest change of each entry, so a slow reader skips what has
been overtaken meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from branchgate.errors import Refused, RefusedKind
from branchgate.sync.cursor import Cursor, Phase
from branchgate.sync.pages import Page, Read, must_refetch, snapshot_begin, up_to_date
from branchgate.sync.source import FeedState
from branchgate.sync.timing import Instant
from branchgate.sync.window import Window
from branchgate.v1 import sync_pb2

SCHEMA_VERSION = 1
"""Highest version of the entries' schema that this code writes and reads."""

HEARTBEAT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Rejection:
    """An entry that a reader cannot take, by a stable reason code and a text for people."""

    entry_type: int
    key: str
    reason: str
    text: str


class SyncServer:
    """Serves one reader. `rejected` is told of each entry that the reader cannot take."""

    def __init__(
        self, filter_hash: bytes, rejected: Callable[[Rejection], None], *, heartbeat_ms: int = HEARTBEAT_MS
    ) -> None:
        self._filter_hash = filter_hash
        self._rejected = rejected
        self._heartbeat_ms = heartbeat_ms
        self._window: Window | None = None
        self._opened_at = b""  # the reader's own cursor, until the source's state is known
        self._at: Cursor | None = None
        self._stale = True  # there may be something behind `_at`
        self._announce = True  # tell the reader when it has everything
        self._heartbeat_at_ms: int | None = None
        self.finished = False
        self.acknowledged = b""

    @property
    def unacknowledged_bytes(self) -> int:
        """What is on its way."""
        return self._window.outstanding if self._window else 0

    @property
    def wake_at_ms(self) -> int | None:
        """Monotonic time at which `tick` is due, None if it is not waiting for time."""
        return None if self._stale or self.finished else self._heartbeat_at_ms

    def next_read(self) -> Read | None:
        """What to read next, or None to wait. The answer must be given to `page` before asking again."""
        if self.finished or self._window is None:
            return None
        if self._at is None:
            return Read(None)
        if not self._window.is_open or not (self._stale or self._at.phase is not Phase.TAIL):
            return None
        self._stale = False
        return Read(self._at, self._window.page_bytes)

    def received(self, request: sync_pb2.SyncRequest) -> None:
        """A message of the reader. Raises Refused when it breaks the order of the protocol."""
        match request.WhichOneof("step"):
            case "open":
                self._open(request.open)
            case "acknowledge" if self._window is not None:
                if self._window.acknowledged(request.acknowledge.cursor):
                    self.acknowledged = request.acknowledge.cursor
            case "reject" if self._window is not None:
                reject = request.reject
                self._rejected(Rejection(reject.type, reject.key, reject.reason, reject.text))
            case None:
                pass  # a newer reader says something this version does not know
            case step:
                raise Refused("SYNC_NOT_OPENED", field="step", value=step, rule="the first message is open")

    def changed(self) -> None:
        """The source has something new."""
        self._stale = True

    def tick(self, now: Instant) -> None:
        """Time has passed: a heartbeat looks at the source once more, in case a change was not announced."""
        if self._heartbeat_at_ms is not None and now.monotonic_ms >= self._heartbeat_at_ms:
            self._heartbeat_at_ms = None
            self._stale = self._announce = True

    def page(self, page: Page, now: Instant) -> list[bytes]:
        """The answer to `next_read`; returns what to send."""
        if self._at is None:
            return self._begin(page)
        reason = _unservable(self._at, page.state)
        if reason:
            return self._refetch(reason)
        self._at = page.after
        sent = [message.payload for message in page.messages]
        for message in page.messages:
            self._sent(message.cursor, len(message.payload))
        if page.after.phase is not Phase.TAIL:
            return sent
        if not page.at_head:
            self._stale = self._announce = True
            return sent
        if self._announce:
            self._announce = False
            sent.append(up_to_date(page.after, now.utc_ms))
        self._heartbeat_at_ms = now.monotonic_ms + self._heartbeat_ms
        return sent

    def _open(self, message: sync_pb2.SyncOpen) -> None:
        if self._window is not None:
            raise Refused("SYNC_OPENED_TWICE", field="step", value="open", rule="one open per stream")
        if message.schema_version < SCHEMA_VERSION:
            raise Refused(
                "SYNC_SCHEMA_TOO_OLD",
                field="schema_version",
                value=message.schema_version,
                rule=f"at least {SCHEMA_VERSION}",
                kind=RefusedKind.NOT_NOW,
            )
        self._window = Window(message.window_bytes)
        self._opened_at = message.cursor

    def _begin(self, page: Page) -> list[bytes]:
        if not self._opened_at:
            self._at = page.after
            return [snapshot_begin(page.estimated_entries)]
        try:
            at = Cursor.decode(self._opened_at)
        except ValueError:
            return self._refetch("CURSOR_UNKNOWN")
        if at.filter_hash != self._filter_hash:
            return self._refetch("CURSOR_UNKNOWN")
        reason = _unservable(at, page.state)
        if reason:
            return self._refetch(reason)
        self._at = at
        return []

    def _sent(self, cursor: bytes, size: int) -> None:
        if self._window is not None:
            self._window.sent(cursor, size)

    def _refetch(self, reason: str) -> list[bytes]:
        self.finished = True
        return [must_refetch(reason)]


def _unservable(at: Cursor, state: FeedState) -> str:
    """Why a cursor cannot be served from a source that stands like this; empty if it can."""
    if at.epoch != state.epoch:
        return "EPOCH_CHANGED"
    if at.position < state.oldest_position:
        return "CURSOR_TOO_OLD"
    if at.position > state.head:
        return "CURSOR_UNKNOWN"
    return ""
