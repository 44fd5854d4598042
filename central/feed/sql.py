"""The feeds of all branches behind SQLAlchemy (central.feed.definition.Feeds)."""

from __future__ import annotations

from branchgate.sync.source import FeedSource
from central.feed.reading import BranchFeed
from central.feed.writing import begin_epoch, clear_tombstones
from central.store import Database


class SqlFeeds:
    """Feeds made of central's store; what is in them is written by `central.feed.writing`, in the works of others."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def feed(self, branch_id: str) -> FeedSource:
        return BranchFeed(self._database, branch_id)

    def begin_epoch(self) -> None:
        self._database.write_here(begin_epoch)

    def clear_tombstones(self, up_to_position: int) -> None:
        self._database.write_here(lambda connection: clear_tombstones(connection, up_to_position))
