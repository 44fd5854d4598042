"""Central, gateway and register as one machine: whatever is lost, late or repeated, each store stays true to the one above it.

The rules move single messages, break lines, restart the gateway and change the world in any order. Every value names the moment at
which it was written, so a store that travels back in time is seen at once.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from branchgate.clock import SystemClock
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.sync.digest import seal_of
from branchgate.sync.source import EntryId
from branchgate.sync.sqlite import SqliteSink
from gateway.catalogue.feed import LocalFeed
from gateway.catalogue.positions import PositionedEntries
from gateway.catalogue.tables import open_for_writing
from tests.branchgate.sync.link import Link, article
from tests.central.feed.model import ModelFeeds

ARTICLE = 1
BRANCH = "mitte"
KEYS = [f"{number}" for number in range(8)]
# Articles this long fill a page of the smallest window with two, so that eight are a load of four pages.
NAME = "x" * 7_000

keys = st.sampled_from(KEYS)


class BothHops(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        self.moment = 0
        self.bad: set[str] = set()
        self.lowest_allowed: dict[str, int] = dict.fromkeys(KEYS, 0)
        self.seen: dict[str, int] = dict.fromkeys(KEYS, 0)
        self.feeds = ModelFeeds()
        self.open_gateway()
        self.register = RegisterCatalogue(Path(":memory:"))
        self.upper = Link(lambda: self.feeds.feed(BRANCH), lambda: self.sink)
        self.lower = Link(lambda: self.feed, lambda: self.register.sink)

    def open_gateway(self) -> None:
        self.gateway = open_for_writing(Path(self.folder.name) / "catalogue.db")
        # What is tested is the order of commits; syncing each to the disk would only make it slow.
        self.gateway.execute("PRAGMA synchronous = OFF")
        self.sink = SqliteSink(self.gateway, PositionedEntries(SystemClock(), lambda put, deleted: None))
        self.feed = LocalFeed(self.gateway)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.everything_settles()
            self.gateway.close()
            self.register.close()
            self.folder.cleanup()

    @rule(key=keys, usable=st.sampled_from([True, True, True, False]))
    def article_is_written(self, key: str, usable: bool) -> None:
        self.moment += 1
        self.bad = self.bad - {key} if usable else self.bad | {key}
        self.feeds.put(ARTICLE, key, article(key, price=self.moment, vat_key=1 if usable else 99, name=NAME))
        self.feeds.admit(BRANCH, ARTICLE, key)
        self.upper.server.changed()

    @rule(key=keys)
    def article_leaves_the_assortment(self, key: str) -> None:
        self.feeds.withdraw(BRANCH, ARTICLE, key)
        self.upper.server.changed()

    @rule(steps=st.integers(1, 6))
    def upper_messages_move(self, steps: int) -> None:
        for _ in range(steps):
            self.upper.step()
        self.lower.server.changed()

    @rule(steps=st.integers(1, 6))
    def lower_messages_move(self, steps: int) -> None:
        for _ in range(steps):
            self.lower.step()

    @rule()
    def batch_is_committed_and_its_acknowledgement_lost(self) -> None:
        self.upper.response_arrives()
        self.upper.reconnect()

    @rule()
    def lower_line_breaks(self) -> None:
        self.lower.reconnect()

    @rule()
    def gateway_restarts(self) -> None:
        self.gateway.close()
        self.open_gateway()
        self.upper.reconnect()
        self.lower.reconnect()

    @rule()
    def central_is_restored(self) -> None:
        self.feeds.begin_epoch()
        self.upper.server.changed()

    @rule()
    def central_clears_tombstones(self) -> None:
        self.feeds.clear_tombstones(self.feeds.head)

    @rule()
    def gateway_clears_tombstones(self) -> None:
        self.gateway.execute(
            "UPDATE feed SET oldest_position = max(oldest_position,"
            " coalesce((SELECT max(position) FROM entries WHERE value IS NULL), 0))"
        )
        self.gateway.execute("DELETE FROM entries WHERE value IS NULL")

    @rule()
    @precondition(lambda self: self.moment > 0)
    def everything_settles(self) -> None:
        self.upper.settle()
        self.lower.settle()
        central = {k: v for k, v in self.feeds.feed(BRANCH).entries().items() if k.key not in self.bad}
        gateway = live(self.gateway)
        assert {k: v for k, v in gateway.items() if k.key not in self.bad} == central
        register = {EntryId(ARTICLE, key): a.encode() for key in KEYS if (a := self.register.article(key)) is not None}
        assert register == gateway
        if self.gateway.execute("SELECT head FROM feed").fetchone() != (0,):
            seal = self.feed.closing(self.feed.state().head, 1).seal
            assert seal == seal_of((*k, v) for k, v in sorted(register.items()))

    @invariant()
    def no_register_travels_back_in_time_or_resurrects_what_it_saw_end(self) -> None:
        for key in KEYS:
            found = self.register.article(key)
            if found is None:
                self.lowest_allowed[key] = self.seen[key] + 1
            else:
                assert found.unit_price >= self.lowest_allowed[key]
                self.seen[key] = self.lowest_allowed[key] = found.unit_price

    @invariant()
    def no_server_lets_a_reader_owe_more_than_its_window(self) -> None:
        assert self.upper.server.unacknowledged_bytes <= 64 * 1024
        assert self.lower.server.unacknowledged_bytes <= 64 * 1024


def live(connection: sqlite3.Connection) -> dict[EntryId, bytes]:
    rows = connection.execute("SELECT type, key, value FROM entries WHERE value IS NOT NULL")
    return {EntryId(entry_type, key): value for entry_type, key, value in rows}


TestBothHops = BothHops.TestCase
TestBothHops.settings = settings(max_examples=60, stateful_step_count=40, suppress_health_check=list(HealthCheck))
