"""Bringing a store up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from branchgate.errors import Refused
from gateway.store import Schema, bring_up_to_date, connect_for_writing, connect_read_only
from gateway.store.schema import stored_version

FIRST = "CREATE TABLE things (name TEXT);"
SECOND = "ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 3; CREATE TABLE more (a INTEGER);"


@pytest.fixture
def connection(tmp_path: Path) -> sqlite3.Connection:
    return connect_for_writing(tmp_path / "branch.db")


def test_a_store_of_an_older_version_is_carried_over_with_what_is_in_it(connection: sqlite3.Connection) -> None:
    bring_up_to_date(connection, [Schema("things", (FIRST,))])
    connection.execute("INSERT INTO things VALUES ('old')")
    bring_up_to_date(connection, [Schema("things", (FIRST, SECOND))])
    assert connection.execute("SELECT name, size FROM things").fetchall() == [("old", 3)]
    assert stored_version(connection, "things") == 2
    bring_up_to_date(connection, [Schema("things", (FIRST, SECOND))])


def test_a_store_of_a_newer_version_is_left_alone(connection: sqlite3.Connection) -> None:
    bring_up_to_date(connection, [Schema("things", (FIRST, SECOND))])
    with pytest.raises(Refused, match="STORE_TOO_NEW"):
        bring_up_to_date(connection, [Schema("things", (FIRST,))])


def test_a_script_that_fails_half_way_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    broken = Schema("things", ("CREATE TABLE things (name TEXT); CREATE TABLE things (name TEXT);",))
    with pytest.raises(sqlite3.OperationalError):
        bring_up_to_date(connection, [broken])
    assert stored_version(connection, "things") == 0
    bring_up_to_date(connection, [Schema("things", (FIRST,))])


def test_a_reader_cannot_write(connection: sqlite3.Connection, tmp_path: Path) -> None:
    bring_up_to_date(connection, [])
    reader = connect_read_only(tmp_path / "branch.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("INSERT INTO meta VALUES ('a', 'b')")
    reader.close()


def test_a_damaged_store_is_told_about_and_left_as_it_is(tmp_path: Path) -> None:
    store = tmp_path / "branch.db"
    store.write_bytes(b"no database at all" * 400)
    with pytest.raises(Refused, match="STORE_DAMAGED"):
        connect_for_writing(store)
    assert store.read_bytes().startswith(b"no database")
