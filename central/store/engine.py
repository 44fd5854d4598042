"""Which database stands behind central: the one place where SQLite and PostgreSQL differ.

The default is a SQLite file in the data folder, with every acknowledged commit on disk (WAL, `synchronous=FULL`: with NORMAL a power cut
loses acknowledged rows). A URL names another, for example `postgresql+pg8000://user@host/branchgate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from branchgate.errors import Refused, TryAgain

FILE_NAME = "central.db"

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
)
_CONNECTIONS = 5
"""Kept open: one writes, the others read."""

_BURST = 32
"""Connections beyond those, for readers on threads of their own; closed again after use."""

# SQLSTATE 53100 disk_full, 40001 serialization_failure, 40P01 deadlock_detected (PostgreSQL manual, appendix A).
_TRANSIENT_STATES = {"53100": "DISK_FULL", "40001": "STORE_BUSY", "40P01": "STORE_BUSY"}


def default_url(folder: Path) -> str:
    """The SQLite file of a data folder."""
    return f"sqlite:///{folder / FILE_NAME}"


def open_engine(url: str) -> Engine:
    """An engine for a URL. Connects only when it is first used.

    Raises Refused (STORE_URL_INVALID) when the URL cannot be read or its driver is not installed.
    """
    try:
        engine = create_engine(make_url(url), pool_size=_CONNECTIONS, max_overflow=_BURST)
    except (ArgumentError, NoSuchModuleError, ImportError) as failure:
        raise Refused(
            "STORE_URL_INVALID", field="store.url", value=_without_password(url), rule=str(failure)
        ) from failure
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The engine for works that only read: all statements of one see the same state, as SQLite's do anyway."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows; where the primary key is there already, the row's other columns take the new values.

    Both dialects spell it alike, but SQLAlchemy has a class for each.
    """
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    others = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=others), rows)


def passing(failure: DBAPIError) -> TryAgain | None:
    """The passing reason behind a failure of the database, or None when it is a defect."""
    state = getattr(failure.orig, "sqlstate", None) or getattr(failure.orig, "pgcode", None)
    if state in _TRANSIENT_STATES:
        return TryAgain(_TRANSIENT_STATES[state], rule=str(failure.orig))
    if not isinstance(failure, OperationalError):
        return None
    said = str(failure.orig)
    if "disk is full" in said:
        return TryAgain("DISK_FULL", rule=said)
    if "locked" in said or failure.connection_invalidated:
        return TryAgain("STORE_BUSY", rule=said)
    return None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late, before the first write instead of before the first read.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.rpartition("@")[2]
