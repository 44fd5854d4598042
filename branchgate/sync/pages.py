"""Pages as they travel: read from a source and encoded once, so that all readers that stand at one cursor get the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from branchgate.sync.cursor import Cursor, Phase
from branchgate.sync.source import Change, ChangesPage, Entry, FeedSource, FeedState, Seal
from branchgate.v1 import sync_pb2

PAGE_ENTRIES = 2_000
"""Bounds the work of reading a page of tiny entries; for articles of usual size the page's bytes decide, at 1,200 to 2,000 of them."""

_ENTRY_OVERHEAD = 12

_T = TypeVar("_T", Entry, Change)


@dataclass(frozen=True, slots=True)
class Read:
    """What a session wants from its source next: what follows a cursor, or with None where the source stands."""

    at: Cursor | None
    page_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One encoded SyncResponse and the cursor that acknowledges it."""

    payload: bytes
    cursor: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a Read: messages to send in order, and where the reader stands after them. `at_head`: nothing is waiting behind.

    The answer to where the source stands has the place where a full load would begin, and how many entries it would have.
    """

    state: FeedState
    after: Cursor
    messages: tuple[Message, ...] = ()
    at_head: bool = False
    estimated_entries: int = 0

    @property
    def size(self) -> int:
        """Bytes of all messages."""
        return sum(len(message.payload) for message in self.messages)


def make_page(source: FeedSource, read: Read) -> Page:
    """Reads and encodes a page. Blocks for as long as the source does."""
    at = read.at
    if at is None:
        state = source.state()
        beginning = Cursor(state.epoch, source.filter_hash, state.head, Phase.SNAPSHOT)
        return Page(state, beginning, estimated_entries=source.estimated_entries())
    match at.phase:
        case Phase.SNAPSHOT:
            return _snapshot_page(source, at, read.page_bytes)
        case Phase.CLOSING:
            return _closing_page(source, at, read.page_bytes)
        case Phase.TAIL:
            return _tail_page(source, at, read.page_bytes)


def _snapshot_page(source: FeedSource, at: Cursor, page_bytes: int) -> Page:
    found = source.snapshot_page(at.after, PAGE_ENTRIES)
    entries = _fitting(found.entries, page_bytes)
    if found.last and len(entries) == len(found.entries):
        after = Cursor(at.epoch, at.filter_hash, at.position, Phase.CLOSING)
    else:
        after = Cursor(at.epoch, at.filter_hash, at.position, Phase.SNAPSHOT, entries[-1].id)
    return Page(found.state, after, _batch(after, entries))


def _closing_page(source: FeedSource, at: Cursor, page_bytes: int) -> Page:
    found = source.closing(at.position, PAGE_ENTRIES)
    changes, position, at_head = _fitting_changes(found, page_bytes)
    replayed = Cursor(at.epoch, at.filter_hash, position, Phase.CLOSING)
    messages = _batch(replayed, changes)
    if not at_head or found.seal is None:
        return Page(found.state, replayed, messages)
    after = Cursor(at.epoch, at.filter_hash, position)
    return Page(found.state, after, (*messages, _snapshot_end(after, found.seal)), at_head=True)


def _tail_page(source: FeedSource, at: Cursor, page_bytes: int) -> Page:
    found = source.changes(at.position, PAGE_ENTRIES)
    changes, position, at_head = _fitting_changes(found, page_bytes)
    after = Cursor(at.epoch, at.filter_hash, position)
    return Page(found.state, after, _batch(after, changes), at_head)


def _fitting_changes(found: ChangesPage, page_bytes: int) -> tuple[Sequence[Change], int, bool]:
    changes = _fitting(found.changes, page_bytes)
    if len(changes) == len(found.changes):
        return changes, found.position, found.at_head
    return changes, changes[-1].position, False


def _fitting(entries: Sequence[_T], page_bytes: int) -> Sequence[_T]:
    """As many as fit, at least one: an entry larger than a page travels alone."""
    size = 0
    for count, entry in enumerate(entries):
        size += len(entry.key) + len(entry.value or b"") + _ENTRY_OVERHEAD
        if size > page_bytes and count:
            return entries[:count]
    return entries


def _batch(after: Cursor, entries: Iterable[Entry | Change]) -> tuple[Message, ...]:
    # Filled in place: messages that are made first and passed on are copied twice, which doubles the time of a load.
    response = sync_pb2.SyncResponse()
    put, delete = response.batch.put, response.batch.delete
    for entry_type, key, value in (entry[-3:] for entry in entries):
        if value is None:
            delete.add(type=entry_type, key=key)
        else:
            put.add(type=entry_type, key=key, value=value)
    if not put and not delete:
        return ()
    cursor = response.batch.cursor_after = after.encode()
    return (Message(response.SerializeToString(), cursor),)


def _snapshot_end(after: Cursor, seal: Seal) -> Message:
    cursor = after.encode()
    end = sync_pb2.SyncSnapshotEnd(cursor=cursor, digest=seal.digest, entries=seal.entries)
    return Message(sync_pb2.SyncResponse(snapshot_end=end).SerializeToString(), cursor)


def snapshot_begin(estimated_entries: int) -> bytes:
    """Tells a reader that a full load begins."""
    begin = sync_pb2.SyncSnapshotBegin(estimated_entries=estimated_entries)
    return sync_pb2.SyncResponse(snapshot_begin=begin).SerializeToString()


def up_to_date(at: Cursor, utc_ms: int) -> bytes:
    """Tells a reader that nothing is waiting."""
    told = sync_pb2.SyncUpToDate(cursor=at.encode(), server_time_ms=utc_ms)
    return sync_pb2.SyncResponse(up_to_date=told).SerializeToString()


def must_refetch(reason: str) -> bytes:
    """Tells a reader that its cursor is of no use."""
    return sync_pb2.SyncResponse(must_refetch=sync_pb2.SyncMustRefetch(reason=reason)).SerializeToString()
