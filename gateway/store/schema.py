"""Tables of `branch.db`: every package brings its own as numbered SQL scripts; this brings a file up to date.

A script that has been released is never edited; a change is a further script at the end of its package's list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from branchgate.errors import Refused


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one package: `scripts[n]` leads from version n to version n + 1."""

    package: str
    scripts: tuple[str, ...]

    @property
    def version(self) -> int:
        """The version this program knows."""
        return len(self.scripts)


STORE = Schema(
    "store",
    (
        """
        CREATE TABLE cursors (
            name TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL
        ) WITHOUT ROWID;
        """,
    ),
)
"""How far each reader of the journal has come, for example 'central'."""

META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
"""The store's own facts: versions of its tables, the journal's id."""


def bring_up_to_date(connection: sqlite3.Connection, schemas: Sequence[Schema]) -> None:
    """Runs the scripts that the file has not seen, each in a transaction of its own together with its version number.

    Raises Refused (STORE_TOO_NEW) when a newer program has written the file: an older one must not guess.
    """
    connection.execute(META)
    for schema in (STORE, *schemas):
        present = stored_version(connection, schema.package)
        if present > schema.version:
            raise Refused(
                "STORE_TOO_NEW",
                field=schema.package,
                value=present,
                rule=f"this program knows version {schema.version}",
            )
        for version in range(present, schema.version):
            _advance(connection, schema, version)


def stored_version(connection: sqlite3.Connection, package: str) -> int:
    """The version of a package's tables in the file; 0 if it has none."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_key(package),)).fetchone()
    return int(row[0]) if row else 0


def _advance(connection: sqlite3.Connection, schema: Schema, version: int) -> None:
    note = f"INSERT OR REPLACE INTO meta (key, value) VALUES ('{_key(schema.package)}', {version + 1});"
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{schema.scripts[version]}\n{note}\nCOMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _key(package: str) -> str:
    return f"schema_version.{package}"
