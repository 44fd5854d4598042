"""Making indexes anew from their tables.

REINDEX walks through the old index to give its pages back, so it fails at exactly the pages that it is to replace. Then indexes get other
roots; what the old ones leave behind are pages that nobody uses (sqlite.org/pragma.html#pragma_writable_schema, fileformat2.html).
"""

from __future__ import annotations

import sqlite3

_STAND_IN = "index_with_a_new_root"


def reindex(connection: sqlite3.Connection) -> None:
    """Makes every index anew in its place; belongs in a transaction. Raises sqlite3.DatabaseError when pages of one or of a table are damaged."""
    connection.execute("REINDEX")


def reindex_elsewhere(connection: sqlite3.Connection) -> None:
    """Makes every index anew without a look at the old ones; belongs in a transaction in which nothing has failed yet.

    Raises sqlite3.DatabaseError when a table is damaged.
    """
    names = connection.execute("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' ORDER BY name").fetchall()
    connection.execute("PRAGMA writable_schema = ON")
    try:
        for name, table in names:
            _give_new_root(connection, name, table)
        connection.execute("REINDEX")
    finally:
        connection.execute("PRAGMA writable_schema = OFF")


def _give_new_root(connection: sqlite3.Connection, name: str, table: str) -> None:
    """The index begins at an empty page, which another, empty index has allocated."""
    ((column,),) = connection.execute("SELECT name FROM pragma_table_info(?) WHERE cid = 0", (table,)).fetchall()
    never = f'"{column}" IS NULL AND "{column}" IS NOT NULL'
    connection.execute(f'CREATE INDEX {_STAND_IN} ON "{table}" ("{column}") WHERE {never}')
    connection.execute(
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = ?) WHERE name = ?",
        (_STAND_IN, name),
    )
    # Its page belongs to the other one now: DROP INDEX would give it back.
    connection.execute("DELETE FROM sqlite_schema WHERE name = ?", (_STAND_IN,))
    # So that this connection and every other one reads the schema again.
    (version,) = connection.execute("PRAGMA schema_version").fetchone()
    connection.execute(f"PRAGMA schema_version = {version + 1}")
