"""The store: one writer, numbered forms, and faults that tell what they are."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, inspect, select, text

from branchgate.errors import Refused, TryAgain
from branchgate.figures import ArticleFigure, Figures, Summary, SummaryColumns, encode_details
from central.store import Database, default_url, migrate, open_engine
from central.store.migrations import STEPS, Step
from central.store.positions import last_position, take_positions
from central.store.schema import branches, meta, metadata, summaries
from central.summary_store import store_summaries

SUMMARY = Summary(
    "kasse-1", "2026-11-22", 2, 20, Figures(), SummaryColumns(), (ArticleFigure("K1", "Kaffee", 1_000, 1190, "Stk"),)
)


def add(key: str, value: str) -> Step:
    def work(connection: Connection) -> None:
        connection.execute(meta.insert().values(key=key, value=value))

    return work


async def test_a_commit_is_on_disk_before_it_is_said(database: Database) -> None:
    """WAL with `synchronous=NORMAL` loses acknowledged rows in a power cut; 2 is FULL."""

    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.scalar(text(f"PRAGMA {name}")) for name in names]

    assert await database.read(pragmas) == ["wal", 2, 1]
    assert await database.write(pragmas) == ["wal", 2, 1]


async def test_a_work_that_raises_leaves_nothing(database: Database) -> None:
    def work(connection: Connection) -> None:
        connection.execute(meta.insert().values(key="half", value="done"))
        raise Refused("INVALID_VALUE")

    with pytest.raises(Refused):
        await database.write(work)
    found = select(func.count()).select_from(meta).where(meta.c.key == "half")
    assert await database.read(lambda connection: connection.scalar(found)) == 0


async def test_positions_are_given_once_and_in_order(database: Database) -> None:
    given = await asyncio.gather(
        *(database.write(lambda connection: list(take_positions(connection, 3))) for _ in range(10))
    )
    flat = sorted(position for part in given for position in part)
    assert flat == list(range(1, 31))
    assert await database.read(last_position) == 30


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    count = select(func.count()).select_from(meta)
    begun, written = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def read_twice(connection: Connection) -> tuple[int | None, int | None]:
        first = connection.scalar(count)
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(written.wait(), loop).result()
        return first, connection.scalar(count)

    reading = asyncio.create_task(database.read(read_twice))
    await begun.wait()
    await database.write(add("later", "1"))
    written.set()
    first, second = await reading
    assert first == second


async def test_a_full_disk_says_try_again_and_keeps_what_it_has(database: Database) -> None:
    def limit(connection: Connection) -> None:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count={pages}"))

    def fill(connection: Connection) -> None:
        limit(connection)
        connection.execute(meta.insert().values(key="big", value="x" * 1_000_000))

    with pytest.raises(TryAgain, match="DISK_FULL"):
        await database.write(fill)
    assert await database.read(lambda connection: connection.scalar(select(meta.c.key).limit(1)))


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x/y", "mysql+nodriver://u:secret@h/d", ""])
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Refused) as refused:
        open_engine(url)
    assert refused.value.reason == "STORE_URL_INVALID"
    assert "secret" not in str(refused.value)


def test_an_empty_database_gets_todays_tables(tmp_path: Path) -> None:
    engine = open_engine(default_url(tmp_path))
    with engine.begin() as connection:
        assert migrate(connection) == 1 + len(STEPS)
    with engine.begin() as connection:
        assert migrate(connection) == 1 + len(STEPS)
        assert set(metadata.tables) == set(inspect(connection).get_table_names())
    engine.dispose()


def test_an_older_database_takes_the_missing_steps_once(tmp_path: Path) -> None:
    engine = open_engine(default_url(tmp_path))
    with engine.begin() as connection:
        migrate(connection, ())
    steps = (add("second", "1"), add("third", "1"))
    for _ in range(2):
        with engine.begin() as connection:
            assert migrate(connection, steps) == 3
    engine.dispose()


def test_a_step_that_fails_leaves_the_former_form(tmp_path: Path) -> None:
    def fails(_connection: Connection) -> None:
        raise RuntimeError("no")

    engine = open_engine(default_url(tmp_path))
    with engine.begin() as connection:
        migrate(connection, ())
    with pytest.raises(RuntimeError), engine.begin() as connection:
        migrate(connection, (add("second", "1"), fails))
    with engine.begin() as connection:
        assert migrate(connection, (add("second", "1"),)) == 2
    engine.dispose()


def test_summaries_of_the_first_form_keep_what_they_have_and_take_articles(tmp_path: Path) -> None:
    """The column of today's tables is taken away again, as a file of the first version has it."""
    engine = open_engine(default_url(tmp_path))
    with engine.begin() as connection:
        migrate(connection, ())
        connection.execute(text("ALTER TABLE summaries DROP COLUMN articles"))
        branch = {"branch_id": "mitte", "settings": b"", "position": 1, "assortment": {}, "added_at": 1}
        connection.execute(branches.insert().values(branch))
        connection.execute(
            text(
                "INSERT INTO summaries (branch_id, register_id, business_day, z_number, journal_id, through_sequence, figures, columns, stored_at)"
                " VALUES ('mitte', 'kasse-1', '2026-11-21', 1, x'01', 10, x'', '{}', 1)"
            )
        )
    with engine.begin() as connection:
        assert migrate(connection) == 1 + len(STEPS)
        store_summaries(connection, "mitte", b"\x01", [SUMMARY], 2)
        found = connection.execute(
            select(summaries.c.z_number, summaries.c.articles).order_by(summaries.c.z_number)
        ).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [(1, None), (2, encode_details(SummaryColumns(), SUMMARY.articles))]


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    engine = open_engine(default_url(tmp_path))
    with engine.begin() as connection:
        migrate(connection, (*STEPS, add("second", "1")))
    with pytest.raises(Refused, match="CENTRAL_STORE_TOO_NEW"), engine.begin() as connection:
        migrate(connection)
    engine.dispose()
