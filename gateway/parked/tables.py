"""Tables of parked receipts: what the PARKED events come to, written in the transactions that append these."""

from __future__ import annotations

import sqlite3
from typing import Final

from branchgate.receipts.parked import ParkedStep, decode_parked, encode_parked
from gateway.parked.model import Ended, Listed, Parked, Standing
from gateway.store.schema import Schema

PARKED: Final = Schema(
    "parked",
    (
        """
        CREATE TABLE parked (
            parked_id BLOB PRIMARY KEY,
            owner TEXT NOT NULL,
            parked_at_register TEXT NOT NULL,
            parked_at INTEGER NOT NULL,
            resumed_at INTEGER NOT NULL,
            carried_over INTEGER NOT NULL,
            title TEXT NOT NULL,
            total_cents INTEGER NOT NULL,
            line_count INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            user_id TEXT NOT NULL,
            receipt BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE parked_ended (
            parked_id BLOB PRIMARY KEY,
            step INTEGER NOT NULL,
            receipt_event_id BLOB NOT NULL
        ) WITHOUT ROWID;
        """,
    ),
)
"""`owner` '' waits. What lists show stands beside `receipt`, which holds all of it. `parked_ended` remembers ids for ever: a late receipt that names one must not open it again."""

_COLUMNS: Final = "owner, parked_at_register, parked_at, resumed_at, carried_over"
_SHOWN: Final = "title, total_cents, line_count, started_at, user_id"


def standing_of(connection: sqlite3.Connection, parked_id: bytes) -> Standing | None:
    """Where a parked receipt stands as `connection` sees it; None for one that never was."""
    row = connection.execute(f"SELECT receipt, {_COLUMNS} FROM parked WHERE parked_id = ?", (parked_id,)).fetchone()
    if row is not None:
        return Parked(decode_parked(row[0]), *row[1:])
    row = connection.execute(
        "SELECT step, receipt_event_id FROM parked_ended WHERE parked_id = ?", (parked_id,)
    ).fetchone()
    return None if row is None else Ended(parked_id, ParkedStep(row[0]), row[1])


def write_standing(connection: sqlite3.Connection, standing: Standing) -> None:
    """Replaces where a parked receipt stands; belongs in the transaction that appends the step's event."""
    if isinstance(standing, Ended):
        connection.execute("DELETE FROM parked WHERE parked_id = ?", (standing.parked_id,))
        connection.execute(
            "INSERT INTO parked_ended (parked_id, step, receipt_event_id) VALUES (?, ?, ?)",
            (standing.parked_id, int(standing.step), standing.receipt_event_id),
        )
        return
    receipt = standing.receipt
    connection.execute(
        f"INSERT OR REPLACE INTO parked (parked_id, {_COLUMNS}, {_SHOWN}, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            standing.parked_id,
            standing.owner,
            standing.parked_at_register,
            standing.parked_at_ms,
            standing.resumed_at_ms,
            standing.carried_over,
            receipt.title,
            receipt.total_cents,
            len(receipt.lines),
            receipt.started_at_ms,
            receipt.user_id,
            encode_parked(receipt),
        ),
    )


def count_parked(connection: sqlite3.Connection) -> int:
    """How many receipts are parked in the branch, those being worked on included."""
    (count,) = connection.execute("SELECT count(*) FROM parked").fetchone()
    return int(count)


def all_parked(connection: sqlite3.Connection, register_id: str | None = None) -> list[Listed]:
    """The parked receipts of the branch, oldest first; of one register: those that its closing has to account for."""
    where = ""
    values: tuple[str, ...] = ()
    if register_id is not None:
        where = "WHERE owner = ?1 OR (owner = '' AND parked_at_register = ?1)"
        values = (register_id,)
    rows = connection.execute(
        f"SELECT parked_id, {_SHOWN}, {_COLUMNS} FROM parked {where} ORDER BY parked_at, parked_id", values
    )
    return [Listed(*row) for row in rows]
