"""Files of earlier versions are brought up to date with everything in them; files of later ones are left alone.

`old/` holds dumps of stores that earlier versions of this program made: `first-light` before there were drawers' sensors and fallback
printers, `devices` before the day's end.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import inspect, make_url

from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.file_version import file_version
from branchgate.numbers import NumberRange
from branchgate.register.outbox import Outbox
from central.store import Database, default_url, migrate, open_engine
from central.store.schema import metadata
from gateway.branch.cursor import read_cursor
from gateway.branch.stores import SCHEMAS, open_stores
from gateway.catalogue.replica import Replica
from gateway.config import GatewaySettings
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from gateway.recording.states import read_state
from gateway.store import bring_up_to_date, connect_for_writing
from gateway.store.schema import stored_version
from tests.gateway.branch import event_id, open_branch, sale

OLD = Path(__file__).with_name("old")
VERSIONS = ("first-light", "devices")
SETTINGS = GatewaySettings(reserve_bytes=8192)


def restored(path: Path, dump: str) -> Path:
    """The file that a dump was made of."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((OLD / f"{dump}.sql").read_text(encoding="utf-8"))
    return path


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_old_branch_goes_on_with_its_journal_jobs_and_registers(tmp_path: Path, version: str) -> None:
    path = restored(tmp_path / "branch.db", f"branch-{version}")
    with closing(sqlite3.connect(path)) as before:
        (head,) = before.execute("SELECT max(sequence) FROM journal").fetchone()
        (journal_id,) = before.execute("SELECT value FROM meta WHERE key = 'journal_id'").fetchone()
    async with open_stores(tmp_path, SETTINGS, "mitte", SystemClock()) as stores:
        assert (stores.journal.head, stores.journal.journal_id) == (head, journal_id)
        assert read_cursor(stores.reading) == 2
        assert read_state(stores.reading, "k1").register_sequence == 4
        (job,) = stores.jobs.undecided()
        assert (job.printer, job.intended_printer, job.parted) == ("theke", "", version == "devices")
        assert stores.reader.by_event_id(event_id(1)) is not None
        assert all(stored_version(stores.reading, one.package) == one.version for one in SCHEMAS)
    async with open_branch(tmp_path) as branch:
        assert (await branch.recorder.record("k1", [sale(5)])).settled_register_sequence == 5
    with closing(open_for_verification(path)) as connection:
        report = verify(connection)
    assert report.whole
    assert report.entries > head


@pytest.mark.parametrize("version", VERSIONS)
def test_an_old_branch_has_in_the_end_the_tables_of_a_new_one(tmp_path: Path, version: str) -> None:
    shapes = []
    for path in (restored(tmp_path / "old.db", f"branch-{version}"), tmp_path / "new.db"):
        with closing(connect_for_writing(path)) as connection:
            bring_up_to_date(connection, SCHEMAS)
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            shapes.append({name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in tables})
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("package", [schema.package for schema in SCHEMAS])
async def test_a_branch_of_a_newer_program_is_left_alone(tmp_path: Path, package: str) -> None:
    path = restored(tmp_path / "branch.db", "branch-devices")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, 99)", (f"schema_version.{package}",))
        connection.commit()
    with pytest.raises(Refused, match="STORE_TOO_NEW") as refused:
        async with open_stores(tmp_path, SETTINGS, "mitte", SystemClock()):
            pytest.fail("an older program must not guess")
    assert refused.value.field == package


@pytest.mark.parametrize("version", VERSIONS)
def test_an_old_outbox_still_holds_its_receipts_and_goes_on(tmp_path: Path, version: str) -> None:
    path = restored(tmp_path / "outbox.db", f"outbox-{version}")
    outbox = Outbox(path, "mitte/k1", NumberRange("K1-", 6), SystemClock())
    assert [waiting.event.register_sequence for waiting in outbox.waiting(0, 9)] == [1, 2]
    assert [happened.receipt.receipt_number for happened in outbox.receipts(9)] == ["K1-000001", "K1-000002"]
    assert outbox.told_last() == (bytes(16), 0)  # what it was told then is not known; nothing is claimed
    outbox.greeted(bytes(16), 3, 3)
    assert outbox.told_last() == (bytes(16), 2)
    assert outbox.add(EventKind.CASH_COUNT, b"x").register_sequence == 3
    outbox.close()


def test_an_outbox_of_a_newer_program_is_left_alone_and_an_old_one_gets_its_number(tmp_path: Path) -> None:
    path = restored(tmp_path / "outbox.db", "outbox-devices")
    assert numbered(path) == 0
    Outbox(path, "mitte/k1", NumberRange("K1-", 6), SystemClock()).close()
    assert numbered(path) == 1
    before = number(path, 99)
    with pytest.raises(Refused, match="STORE_TOO_NEW") as refused:
        Outbox(path, "mitte/k1", NumberRange("K1-", 6), SystemClock())
    assert (refused.value.field, refused.value.value) == ("outbox.db", "99")
    assert path.read_bytes() == before


async def test_a_catalogue_of_a_newer_program_is_left_alone_and_an_old_one_gets_its_number(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    await (await Replica.open(path, SystemClock())).close()
    number(path, 0)  # as files were before there was a number
    with closing(sqlite3.connect(path)) as connection:
        (epoch,) = connection.execute("SELECT epoch FROM feed").fetchone()
    await (await Replica.open(path, SystemClock())).close()
    assert numbered(path) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT epoch FROM feed").fetchone() == (epoch,)
    before = number(path, 99)
    with pytest.raises(Refused, match="STORE_TOO_NEW") as refused:
        await Replica.open(path, SystemClock())
    assert (refused.value.field, refused.value.value) == ("catalogue.db", "99")
    assert path.read_bytes() == before


def numbered(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return file_version(connection)


def number(path: Path, version: int) -> bytes:
    """Writes a version into a file; returns what is in it then."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_old_central_keeps_its_events_and_has_the_tables_of_a_new_one(tmp_path: Path, version: str) -> None:
    url = default_url(tmp_path)
    restored(Path(make_url(url).database or ""), f"central-{version}")
    engine = open_engine(url)
    with engine.begin() as connection:
        migrate(connection)
        found = inspect(connection)
        columns = {name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()}
        assert columns == {name: {column.name for column in table.columns} for name, table in metadata.tables.items()}
        assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 4
    await Database(engine).close()


async def test_a_sales_store_of_another_version_is_set_aside_and_built_anew(tmp_path: Path) -> None:
    restored(tmp_path / "branch.db", "branch-devices")
    for _ in range(2):
        async with open_stores(tmp_path, SETTINGS, "mitte", SystemClock()) as stores:
            opened = await stores.sales.start()
            assert (await stores.sales.figures(None, stores.journal.head)).figures.receipt_count > 0
        with duckdb.connect(str(tmp_path / "sales.duckdb")) as connection:
            connection.execute("UPDATE watermark SET schema_version = schema_version - 1")
    assert (opened.reason, bool(opened.set_aside), opened.ahead) == ("OTHER_VERSION", True, False)
