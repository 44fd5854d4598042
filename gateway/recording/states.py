"""What the gateway knows of each register, changed in the same commit as the event that changes it.

It is read from the store in every transaction that needs it, never from memory, so that a closing and a sale cannot disagree.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from gateway.store.schema import Schema
from gateway.store.slices import marks, slices

RECORDING = Schema(
    "recording",
    (
        """
        CREATE TABLE register_state (
            register_id TEXT PRIMARY KEY,
            register_sequence INTEGER NOT NULL,
            running_number INTEGER NOT NULL,
            z_number INTEGER NOT NULL,
            period_first_sequence INTEGER NOT NULL,
            receipts INTEGER NOT NULL,
            findings INTEGER NOT NULL
        ) WITHOUT ROWID;
        """,
        """
        ALTER TABLE register_state ADD COLUMN reserved_number INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE register_state ADD COLUMN carried_cents INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE register_state ADD COLUMN carried_by TEXT NOT NULL DEFAULT '';
        ALTER TABLE register_state ADD COLUMN floats INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE register_state ADD COLUMN closed_until_ms INTEGER NOT NULL DEFAULT 0;
        """,
        """
        CREATE TABLE receipt_references (
            named BLOB NOT NULL,
            event_id BLOB NOT NULL,
            PRIMARY KEY (named, event_id)
        ) WITHOUT ROWID;
        """,
        "ALTER TABLE register_state ADD COLUMN has_tse INTEGER NOT NULL DEFAULT 0;",
    ),
)
"""One row per register that has ever sent an event or been paired.

`receipt_references`: which receipts (`event_id`) named which (`named`): returns, voids, settlements.
"""


@dataclass(frozen=True, slots=True)
class RegisterState:
    """Where a register stands.

    `register_sequence`: its highest settled event. `running_number`: the highest receipt number used. `z_number`: its last closing,
    0 before the first. Of the open period: `period_first_sequence` (journal sequence of its first receipt, 0 while it has none),
    `receipts` and `findings` (entries that broke rules, conflicts, refusals), `floats` (opening floats less those voided).
    `reserved_number`: the last running number that the gateway used of the reserved part. `carried_cents` stayed in the drawer at the
    last closing, by the user `carried_by`, and is not yet the opening float of a period. `closed_until_ms`: a receipt that ended before
    it (UTC, by the register's clock) belongs to a day that is closed. `has_tse`: its last receipt was signed by a TSE, or should have been.
    """

    register_sequence: int = 0
    running_number: int = 0
    z_number: int = 0
    period_first_sequence: int = 0
    receipts: int = 0
    findings: int = 0
    reserved_number: int = 0
    carried_cents: int = 0
    carried_by: str = ""
    floats: int = 0
    closed_until_ms: int = 0
    has_tse: bool = False


UNKNOWN_REGISTER = RegisterState()
"""A register that has not sent anything yet."""


def read_state(connection: sqlite3.Connection, register_id: str) -> RegisterState:
    """Where the register stands, as `connection` sees it."""
    return read_states(connection, [register_id])[register_id]


def read_states(connection: sqlite3.Connection, register_ids: Sequence[str]) -> dict[str, RegisterState]:
    """Where each of the registers stands, as `connection` sees it."""
    states = dict.fromkeys(register_ids, UNKNOWN_REGISTER)
    for some in slices(register_ids):
        for register_id, *values in connection.execute(_select(len(some)), some):
            states[register_id] = RegisterState(*values)
    return states


def write_state(connection: sqlite3.Connection, register_id: str, state: RegisterState) -> None:
    """Replaces where the register stands; belongs in the transaction that read it."""
    write_states(connection, {register_id: state})


def write_states(connection: sqlite3.Connection, states: Mapping[str, RegisterState]) -> None:
    """Replaces where the registers stand; belongs in the transaction that read it."""
    for some in slices(list(states.items())):
        connection.execute(_upsert(len(some)), [value for state in some for value in _values(*state)])


def registers_with_open_period(connection: sqlite3.Connection) -> list[str]:
    """The registers that have receipts behind their last closing."""
    rows = connection.execute(
        "SELECT register_id FROM register_state WHERE period_first_sequence > 0 ORDER BY register_id"
    )
    return [row[0] for row in rows]


def close_period(
    connection: sqlite3.Connection,
    register_id: str,
    *,
    carried_cents: int = 0,
    carried_by: str = "",
    closed_until_ms: int = 0,
) -> RegisterState:
    """Ends the open period in the transaction that appends its CLOSING: counts the Z number up, empties the period's figures."""
    closed = read_state(connection, register_id)
    state = replace(
        closed,
        z_number=closed.z_number + 1,
        period_first_sequence=0,
        receipts=0,
        findings=0,
        carried_cents=carried_cents,
        carried_by=carried_by,
        floats=0,
        closed_until_ms=max(closed.closed_until_ms, closed_until_ms),
    )
    write_state(connection, register_id, state)
    return state


def numbers_start_at(connection: sqlite3.Connection, register_id: str, next_running_number: int) -> None:
    """Says at pairing where the register's receipt numbers go on; never back."""
    state = read_state(connection, register_id)
    if next_running_number - 1 > state.running_number:
        state = replace(state, running_number=next_running_number - 1)
    write_state(connection, register_id, state)


_COLUMNS = (
    "register_id",
    "register_sequence",
    "running_number",
    "z_number",
    "period_first_sequence",
    "receipts",
    "findings",
    "reserved_number",
    "carried_cents",
    "carried_by",
    "floats",
    "closed_until_ms",
    "has_tse",
)


def _values(register_id: str, state: RegisterState) -> tuple[str | int, ...]:
    """The row of a register; `dataclasses.astuple` copies in depth, which costs more than the statement."""
    return (
        register_id,
        state.register_sequence,
        state.running_number,
        state.z_number,
        state.period_first_sequence,
        state.receipts,
        state.findings,
        state.reserved_number,
        state.carried_cents,
        state.carried_by,
        state.floats,
        state.closed_until_ms,
        state.has_tse,
    )


@cache
def _select(rows: int) -> str:
    return f"SELECT {', '.join(_COLUMNS)} FROM register_state WHERE register_id IN ({marks(rows)})"


@cache
def _upsert(rows: int) -> str:
    changes = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
    return (
        f"INSERT INTO register_state ({', '.join(_COLUMNS)}) VALUES {marks(rows, len(_COLUMNS))}"
        f" ON CONFLICT (register_id) DO UPDATE SET {changes}"
    )
