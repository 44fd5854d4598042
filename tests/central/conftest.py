"""central's own stores, on real files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from central.feed.writing import begin_epoch
from central.store import Database, default_url, migrate, open_engine


def open_database(url: str) -> Database:
    engine = open_engine(url)
    with engine.begin() as connection:
        migrate(connection)
        begin_epoch(connection)
    return Database(engine)


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Database]:
    """A store for tests that block, closed at their end."""
    database = open_database(default_url(tmp_path))
    yield database
    database.close_here()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(default_url(tmp_path))
    yield database
    await database.close()
