"""The store keeps the contract of the feeds, on a real file."""

from __future__ import annotations

import pytest

from branchgate.sync.source import Entry, EntryId, FeedSource
from central.feed.reading import BranchFeed
from central.feed.writing import (
    admit,
    begin_epoch,
    clear_tombstones,
    put_entries,
    put_settings,
    remove_entries,
    withdraw,
)
from central.store import Database
from central.store.schema import branches
from tests.central.feed.contract import FeedContract, World


class SqlWorld:
    """What can happen at central, on the store's own terms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, entry_type: int, key: str, value: bytes) -> None:
        self._database.write_here(lambda connection: put_entries(connection, [Entry(entry_type, key, value)]))

    def delete(self, entry_type: int, key: str) -> None:
        self._database.write_here(lambda connection: remove_entries(connection, [EntryId(entry_type, key)]))

    def admit(self, branch_id: str, entry_type: int, key: str) -> None:
        self._database.write_here(lambda connection: admit(connection, branch_id, [EntryId(entry_type, key)]))

    def withdraw(self, branch_id: str, entry_type: int, key: str) -> None:
        self._database.write_here(lambda connection: withdraw(connection, branch_id, [EntryId(entry_type, key)]))

    def settings(self, branch_id: str, value: bytes) -> None:
        self._database.write_here(
            lambda connection: connection.execute(
                branches.insert().values(branch_id=branch_id, settings=b"", position=0, assortment={}, added_at=0)
            )
        )
        self._database.write_here(lambda connection: put_settings(connection, branch_id, value))

    def feed(self, branch_id: str) -> FeedSource:
        return BranchFeed(self._database, branch_id)

    def begin_epoch(self) -> None:
        self._database.write_here(begin_epoch)

    def clear_tombstones(self, up_to_position: int) -> None:
        self._database.write_here(lambda connection: clear_tombstones(connection, up_to_position))


class TestSqlFeeds(FeedContract):
    @pytest.fixture
    def world(self, open_store: Database) -> World:
        return SqlWorld(open_store)
