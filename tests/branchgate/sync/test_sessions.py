"""Both ends of a stream against each other, over the model of central's feed."""

from __future__ import annotations

import pytest

from branchgate.errors import Refused, TryAgain
from branchgate.sync.cursor import Cursor
from branchgate.sync.digest import seal_of
from branchgate.sync.server import HEARTBEAT_MS
from branchgate.sync.source import EntryId
from branchgate.sync.timing import Instant
from branchgate.v1 import sync_pb2
from tests.branchgate.sync.link import Link, article
from tests.branchgate.sync.memory import MemorySink
from tests.central.feed.model import ModelFeeds

ARTICLE = 1
BRANCH = "mitte"


@pytest.fixture
def feeds() -> ModelFeeds:
    feeds = ModelFeeds()
    feeds.settings(BRANCH, b"")
    return feeds


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def link(feeds: ModelFeeds, sink: MemorySink) -> Link:
    return Link(lambda: feeds.feed(BRANCH), lambda: sink)


def fill(feeds: ModelFeeds, count: int, size: int = 0) -> None:
    for number in range(count):
        put(feeds, f"{number:06d}", article(f"{number:06d}", name="x" * size))


def put(feeds: ModelFeeds, key: str, value: bytes) -> None:
    feeds.put(ARTICLE, key, value)
    feeds.admit(BRANCH, ARTICLE, key)


def until_swapped(link: Link, sink: MemorySink, meanwhile: dict[EntryId, bytes] | None = None) -> None:
    while sink.in_snapshot:
        assert meanwhile is None or sink.live == meanwhile
        link.step()


def kinds(link: Link) -> list[str | None]:
    return [sync_pb2.SyncResponse.FromString(payload).WhichOneof("step") for payload in link.down]


def test_a_first_load_brings_everything_and_says_so(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    fill(feeds, 3_000)
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()
    assert link.client.up_to_date_at_ms == 0
    assert link.server.acknowledged == sink.cursor()
    assert link.server.unacknowledged_bytes == 0


def test_an_empty_catalogue_is_a_catalogue(link: Link, sink: MemorySink) -> None:
    link.settle()
    assert len(sink.live) == 1
    assert link.client.up_to_date_at_ms is not None


def test_the_old_set_stays_until_the_new_one_is_complete(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    put(feeds, "old", article("old"))
    link.settle()
    before = dict(sink.live)
    feeds.begin_epoch()
    fill(feeds, 2_500)
    link.server.changed()
    while not sink.shadow:
        link.step()
    until_swapped(link, sink, meanwhile=before)
    assert sink.live == feeds.feed(BRANCH).entries()


def test_what_changes_during_a_load_is_in_the_set_that_is_swapped_in(
    feeds: ModelFeeds, link: Link, sink: MemorySink
) -> None:
    """Pages are read from the living store, so a load without a replay would mix positions."""
    fill(feeds, 2_500)
    while not sink.shadow:
        link.step()
    put(feeds, "000000", article("000000", price=1))
    feeds.withdraw(BRANCH, ARTICLE, "000001")
    put(feeds, "before-all", article("before-all"))
    until_swapped(link, sink)
    assert sink.live == feeds.feed(BRANCH).entries()


def test_a_load_goes_on_where_the_line_broke_whichever_message_was_last(feeds: ModelFeeds) -> None:
    fill(feeds, 80, size=2_000)
    unbroken = load_broken_after(feeds, 10_000)
    for steps in range(1, 100):
        # What was committed does not come a second time: the break costs no commit.
        assert load_broken_after(feeds, steps).commits <= unbroken.commits


def load_broken_after(feeds: ModelFeeds, steps: int) -> MemorySink:
    sink = MemorySink()
    link = Link(lambda: feeds.feed(BRANCH), lambda: sink)
    for _ in range(steps):
        link.step()
    link.reconnect()
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()
    return sink


def test_a_load_that_does_not_add_up_is_dropped_and_the_old_set_stays(
    feeds: ModelFeeds, link: Link, sink: MemorySink
) -> None:
    put(feeds, "a", article("a"))
    link.settle()
    before = dict(sink.live)
    sink.begin_snapshot()
    end = sync_pb2.SyncSnapshotEnd(cursor=b"x", digest=seal_of([]).digest, entries=1)
    with pytest.raises(TryAgain, match="SYNC_DIGEST_MISMATCH"):
        link.client.received(sync_pb2.SyncResponse(snapshot_end=end))
    assert sink.live == before
    assert sink.cursor() == b""


def test_a_load_that_ends_without_having_begun_is_not_swapped_in(link: Link, sink: MemorySink) -> None:
    with pytest.raises(TryAgain, match="SYNC_OUT_OF_ORDER"):
        link.client.received(sync_pb2.SyncResponse(snapshot_end=sync_pb2.SyncSnapshotEnd(cursor=b"x")))
    assert sink.cursor() == b""


def test_the_acknowledgement_follows_the_commit(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    """A power cut between the two only means that the batch comes again."""
    put(feeds, "a", article("a"))
    link.settle()
    put(feeds, "a", article("a", price=5))
    link.server.changed()
    assert link.page_is_read()
    assert link.response_arrives()
    assert sink.live[EntryId(ARTICLE, "a")] == article("a", price=5)
    link.reconnect()
    commits = sink.commits
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()
    assert sink.commits == commits


def test_a_batch_applied_twice_gives_the_same_state(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    put(feeds, "a", article("a"))
    link.settle()
    cursor = sink.live_cursor
    put(feeds, "a", article("a", price=5))
    feeds.withdraw(BRANCH, ARTICLE, "a")
    put(feeds, "b", article("b"))
    link.settle()
    once = dict(sink.live)
    sink.live_cursor = cursor
    link.reconnect()
    link.settle()
    assert sink.live == once


def test_an_entry_that_cannot_be_used_is_named_and_the_rest_goes_on(
    feeds: ModelFeeds, link: Link, sink: MemorySink
) -> None:
    put(feeds, "good", article("good"))
    put(feeds, "kept", article("kept"))
    put(feeds, "new", article("new", vat_key=99))
    link.settle()
    put(feeds, "kept", b"\xff\xff")
    put(feeds, "good", article("good", price=7))
    link.settle()
    assert {(found.key, found.reason) for found in link.rejections} == {
        ("new", "UNKNOWN_VAT_KEY"),
        ("kept", "ENTRY_UNREADABLE"),
    }
    assert sink.live[EntryId(ARTICLE, "good")] == article("good", price=7)
    assert sink.live[EntryId(ARTICLE, "kept")] == article("kept")
    assert (ARTICLE, "new") not in sink.live


def test_a_rejected_entry_comes_again_only_when_it_changes(feeds: ModelFeeds, link: Link) -> None:
    put(feeds, "bad", article("bad", vat_key=99))
    link.settle()
    link.reconnect()
    put(feeds, "other", article("other"))
    link.settle()
    assert len(link.rejections) == 1
    put(feeds, "bad", article("bad", vat_key=98))
    link.settle()
    assert len(link.rejections) == 2


def test_a_slow_reader_gets_the_latest_and_not_the_history(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    fill(feeds, 40)
    link.settle()
    for price in range(500):
        for number in range(40):
            put(feeds, f"{number:06d}", article(f"{number:06d}", price=price, name="x" * 500))
        link.server.changed()
        link.page_is_read()
        assert sum(map(len, link.down)) <= 64 * 1024
        assert link.server.unacknowledged_bytes <= 64 * 1024
    sent = link.bytes_down
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()
    assert link.bytes_down - sent < 40 * 700


@pytest.mark.parametrize("settled_before", [True, False])
def test_a_new_epoch_makes_the_reader_load_anew(
    feeds: ModelFeeds, link: Link, sink: MemorySink, settled_before: bool
) -> None:
    fill(feeds, 2_000)
    if settled_before:
        link.settle()
    for _ in range(8):
        link.step()
    feeds.begin_epoch()
    put(feeds, "new", article("new"))
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()
    assert Cursor.decode(sink.cursor()).epoch == feeds.epoch


def test_a_cursor_older_than_the_tombstones_is_not_served_with_a_gap(
    feeds: ModelFeeds, link: Link, sink: MemorySink
) -> None:
    put(feeds, "gone", article("gone"))
    link.settle()
    link.reconnect()
    feeds.withdraw(BRANCH, ARTICLE, "gone")
    feeds.clear_tombstones(feeds.head)
    link.request_arrives()
    link.page_is_read()
    assert kinds(link) == ["must_refetch"]
    assert link.server.finished
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()


def test_a_cursor_at_the_last_cleared_tombstone_is_still_good(feeds: ModelFeeds, link: Link) -> None:
    put(feeds, "gone", article("gone"))
    feeds.withdraw(BRANCH, ARTICLE, "gone")
    link.settle()
    feeds.clear_tombstones(feeds.head)
    link.reconnect()
    link.request_arrives()
    link.page_is_read()
    assert kinds(link) == []
    assert not link.server.finished


@pytest.mark.parametrize("cursor", [b"garbage", Cursor(b"\0" * 8, b"another", 1).encode()])
def test_a_cursor_of_somebody_else_is_not_taken(link: Link, sink: MemorySink, cursor: bytes) -> None:
    sink.live_cursor = cursor
    link.reconnect()
    link.request_arrives()
    link.page_is_read()
    assert kinds(link) == ["must_refetch"]


def test_a_cursor_ahead_of_the_store_is_noticed(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    """A store that was put back without a new epoch would otherwise give the positions in between a second time, unseen."""
    ahead = Cursor(feeds.epoch, feeds.feed(BRANCH).filter_hash, feeds.head + 1)
    sink.live_cursor = ahead.encode()
    link.reconnect()
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()
    assert Cursor.decode(sink.cursor()).position == feeds.head


def test_a_heartbeat_moves_the_cursor_of_a_quiet_reader(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    link.settle()
    feeds.put(ARTICLE, "elsewhere", b"x")
    due = link.server.wake_at_ms
    assert due == HEARTBEAT_MS
    link.now = Instant(due - 1, 0)
    link.server.tick(link.now)
    assert not link.step()
    link.now = Instant(due, 77)
    link.server.tick(link.now)
    while link.step():
        pass
    assert Cursor.decode(sink.cursor()).position == feeds.head
    assert link.client.up_to_date_at_ms == 77


def test_a_heartbeat_finds_a_change_that_nobody_announced(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    link.settle()
    put(feeds, "a", article("a"))
    link.server.tick(Instant(HEARTBEAT_MS, 0))
    while link.step():
        pass
    assert sink.live == feeds.feed(BRANCH).entries()


def test_one_changed_price_costs_less_than_twice_the_article(feeds: ModelFeeds, link: Link) -> None:
    put(feeds, "1004711", article("1004711", name="Tafelapfel Elstar, Klasse I, rot"))
    link.settle()
    before = link.bytes_down
    value = article("1004711", price=349_000, name="Tafelapfel Elstar, Klasse I, rot")
    put(feeds, "1004711", value)
    link.settle()
    assert link.bytes_down - before <= 2 * len(value)


def test_the_first_message_must_open(link: Link) -> None:
    with pytest.raises(Refused, match="SYNC_NOT_OPENED"):
        link.server.received(sync_pb2.SyncRequest(acknowledge=sync_pb2.SyncAcknowledge(cursor=b"x")))


def test_a_stream_is_opened_once(link: Link) -> None:
    opening = sync_pb2.SyncRequest(open=sync_pb2.SyncOpen(schema_version=1))
    link.server.received(opening)
    with pytest.raises(Refused, match="SYNC_OPENED_TWICE"):
        link.server.received(opening)


def test_a_reader_without_a_schema_version_is_refused(link: Link) -> None:
    with pytest.raises(Refused, match="SYNC_SCHEMA_TOO_OLD"):
        link.server.received(sync_pb2.SyncRequest(open=sync_pb2.SyncOpen()))


def test_words_of_a_newer_version_are_passed_over(feeds: ModelFeeds, link: Link, sink: MemorySink) -> None:
    link.settle()
    link.server.received(sync_pb2.SyncRequest())
    assert link.client.received(sync_pb2.SyncResponse()) == []
    put(feeds, "a", article("a"))
    link.settle()
    assert sink.live == feeds.feed(BRANCH).entries()
