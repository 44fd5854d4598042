"""The contract of central's feeds, to be run against every implementation: subclass FeedContract and give it a `world`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

import pytest

from branchgate.sync.digest import seal_of
from branchgate.sync.source import FeedSource
from central.feed.definition import filter_hash

ARTICLE, CATEGORY, SETTINGS = 1, 2, 3


class World(Protocol):
    """What can happen at central, in one transaction each. Branches exist from the first time they are named."""

    def feed(self, branch_id: str) -> FeedSource:
        """What a branch sees; its filter hash is `filter_hash(branch_id)`."""

    def begin_epoch(self) -> None:
        """What a restored backup does: every reader loads anew."""

    def clear_tombstones(self, up_to_position: int) -> None:
        """Removes memberships that ended at or before a position; cursors before it are not served any more."""

    def put(self, entry_type: int, key: str, value: bytes) -> None: ...
    def delete(self, entry_type: int, key: str) -> None: ...
    def admit(self, branch_id: str, entry_type: int, key: str) -> None: ...
    def withdraw(self, branch_id: str, entry_type: int, key: str) -> None: ...
    def settings(self, branch_id: str, value: bytes) -> None: ...


class FeedContract(ABC):
    @pytest.fixture
    @abstractmethod
    def world(self) -> World:
        """An empty world."""

    def test_a_branch_sees_what_it_was_admitted_to_and_nothing_else(self, world: World) -> None:
        for key in ("a", "b"):
            world.put(ARTICLE, key, key.encode())
        world.admit("mitte", ARTICLE, "a")
        assert everything(world.feed("mitte")) == {(ARTICLE, "a"): b"a"}
        assert everything(world.feed("nord")) == {}

    def test_settings_reach_their_own_branch_under_the_one_key(self, world: World) -> None:
        world.settings("mitte", b"Mitte")
        world.settings("nord", b"Nord")
        assert everything(world.feed("mitte")) == {(SETTINGS, "branch"): b"Mitte"}
        assert everything(world.feed("nord")) == {(SETTINGS, "branch"): b"Nord"}

    def test_a_changed_value_is_one_change_behind_the_old_head(self, world: World) -> None:
        world.put(ARTICLE, "a", b"1")
        world.admit("mitte", ARTICLE, "a")
        head = world.feed("mitte").state().head
        world.put(ARTICLE, "a", b"2")
        page = world.feed("mitte").changes(head, 10)
        assert [(change.id, change.value) for change in page.changes] == [((ARTICLE, "a"), b"2")]
        assert page.at_head
        assert page.position == page.state.head > head

    def test_the_same_value_again_changes_nothing(self, world: World) -> None:
        world.put(ARTICLE, "a", b"1")
        world.admit("mitte", ARTICLE, "a")
        head = world.feed("mitte").state().head
        world.put(ARTICLE, "a", b"1")
        world.admit("mitte", ARTICLE, "a")
        assert not world.feed("mitte").changes(head, 10).changes

    def test_withdrawing_is_a_delete_and_admitting_again_a_put(self, world: World) -> None:
        world.put(ARTICLE, "a", b"1")
        world.admit("mitte", ARTICLE, "a")
        head = world.feed("mitte").state().head
        world.withdraw("mitte", ARTICLE, "a")
        withdrawn = world.feed("mitte").changes(head, 10)
        assert [change.value for change in withdrawn.changes] == [None]
        world.admit("mitte", ARTICLE, "a")
        admitted = world.feed("mitte").changes(withdrawn.position, 10)
        assert [change.value for change in admitted.changes] == [b"1"]

    def test_an_entry_that_ends_is_a_delete_for_its_branches_only(self, world: World) -> None:
        world.put(ARTICLE, "a", b"1")
        world.admit("mitte", ARTICLE, "a")
        head = world.feed("mitte").state().head
        world.delete(ARTICLE, "a")
        assert [change.value for change in world.feed("mitte").changes(head, 10).changes] == [None]
        assert not world.feed("nord").changes(0, 10).changes
        assert everything(world.feed("mitte")) == {}

    def test_pages_of_one_go_through_everything_once(self, world: World) -> None:
        fill(world, 7)
        feed = world.feed("mitte")
        assert [key for _, key in everything(feed, limit=1)] == sorted(f"{number}" for number in range(7))
        position, keys = 0, []
        while not (page := feed.changes(position, 1)).at_head:
            assert page.position > position
            position = page.position
            keys += [change.key for change in page.changes]
        keys += [change.key for change in page.changes]
        assert sorted(keys) == sorted({*keys}) == [f"{number}" for number in range(7)]

    def test_keys_are_ordered_by_code_points(self, world: World) -> None:
        keys = ["Z", "a", "Ä", "ä", "10", "9", "a b", "a-b", "\U0001f95d", "\ufb01"]
        for key in keys:
            world.put(ARTICLE, key, b"x")
            world.admit("mitte", ARTICLE, key)
        assert [key for _, key in everything(world.feed("mitte"), limit=3)] == sorted(keys)

    def test_the_position_moves_past_what_does_not_concern_the_branch(self, world: World) -> None:
        fill(world, 1)
        head = world.feed("mitte").state().head
        world.put(ARTICLE, "elsewhere", b"x")
        world.admit("nord", ARTICLE, "elsewhere")
        page = world.feed("mitte").changes(head, 10)
        assert not page.changes
        assert page.at_head
        assert page.position > head

    def test_the_seal_is_that_of_everything_and_comes_only_at_the_head(self, world: World) -> None:
        fill(world, 5)
        feed = world.feed("mitte")
        assert feed.closing(0, 2).seal is None
        expected = seal_of((kind, key, value) for (kind, key), value in everything(feed).items())
        assert feed.closing(feed.state().head, 2).seal == expected
        assert feed.closing(0, 100).seal == expected

    def test_cleared_tombstones_raise_the_oldest_position(self, world: World) -> None:
        fill(world, 2)
        world.withdraw("mitte", ARTICLE, "0")
        head = world.feed("mitte").state().head
        world.clear_tombstones(head)
        assert world.feed("mitte").state().oldest_position == head
        assert everything(world.feed("mitte")) == {(ARTICLE, "1"): b"1"}
        assert [change.key for change in world.feed("mitte").changes(0, 10).changes] == ["1"]

    def test_the_epoch_stays_until_a_restore(self, world: World) -> None:
        epoch = world.feed("mitte").state().epoch
        fill(world, 2)
        assert world.feed("mitte").state().epoch == epoch
        world.begin_epoch()
        assert world.feed("mitte").state().epoch != epoch

    def test_each_branch_has_a_filter_hash_of_its_own(self, world: World) -> None:
        assert world.feed("mitte").filter_hash == filter_hash("mitte") != world.feed("nord").filter_hash


def fill(world: World, count: int) -> None:
    for number in range(count):
        world.put(ARTICLE, f"{number}", f"{number}".encode())
        world.admit("mitte", ARTICLE, f"{number}")


def everything(feed: FeedSource, limit: int = 100) -> dict[tuple[int, str], bytes]:
    """All entries, page by page."""
    found: dict[tuple[int, str], bytes] = {}
    after = None
    while True:
        page = feed.snapshot_page(after, limit)
        for entry in page.entries:
            assert entry.id not in found
            found[entry.id] = entry.value
        if page.last:
            return found
        after = page.entries[-1].id
