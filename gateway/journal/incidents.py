"""What has ever been wrong with the journal: damaged entries, and ends that were lost. Kept until somebody acknowledges it, and beyond."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from branchgate.chain_walk import Damage, DamageKind
from gateway.journal.awaited import await_numbers, want_recall
from gateway.store.schema import META

SHORTENED = "JOURNAL_SHORTENED"
LOST = "JOURNAL_LOST"
"""The whole file was missing or empty where a gateway had worked before."""

INDEX_REPAIRED = "JOURNAL_INDEX_REPAIRED"
"""An index was damaged and is made anew; no entry was."""

STATE_REPAIRED = "REGISTER_STATE_REPAIRED"
"""What the gateway knew of a register was not what the journal tells, and was derived from it anew."""

_LOST_WITNESS = "lost_witness"

_COLUMNS = "number, reason, first_sequence, last_sequence, goes_on_from, witness, detail, found_at, acknowledged_at"


@dataclass(frozen=True, slots=True)
class Incident:
    """One of them. `reason` is a DamageKind, JOURNAL_SHORTENED, JOURNAL_LOST, JOURNAL_INDEX_REPAIRED or REGISTER_STATE_REPAIRED; times are UTC milliseconds, `acknowledged_at_ms` 0 while nobody has.

    Damage: `sequence` to `through` are the entries, `goes_on_from` the hash that the entry behind them is chained to (None: unknown).
    Otherwise: `sequence` is the first entry that is not here, `through` what `witness` has seen: a journal sequence, or for a register
    the number of one of its events.
    """

    number: int
    reason: str
    sequence: int
    through: int
    goes_on_from: bytes | None
    witness: str
    detail: str
    found_at_ms: int
    acknowledged_at_ms: int

    @property
    def damage(self) -> Damage | None:
        """The damage; None for an end that was lost, for an index, and for a register's state."""
        if self.reason in {SHORTENED, LOST, INDEX_REPAIRED, STATE_REPAIRED}:
            return None
        return Damage(self.sequence, DamageKind(self.reason), self.through, self.goes_on_from, self.detail)


def write_damage(connection: sqlite3.Connection, damage: Damage, now_ms: int) -> bool:
    """Notes damage; False when it is known already."""
    written = connection.execute(
        "INSERT OR IGNORE INTO journal_incidents"
        " (reason, first_sequence, last_sequence, goes_on_from, witness, detail, found_at) VALUES (?, ?, ?, ?, '', ?, ?)",
        (damage.kind.value, damage.sequence, damage.through, damage.goes_on_from, damage.detail, now_ms),
    )
    return written.rowcount > 0


def write_shortened(
    connection: sqlite3.Connection, reason: str, witness: str, seen: int, head: int, detail: str, now_ms: int
) -> None:
    """Notes that `witness` has seen more than is here: SHORTENED, or LOST. Central is to be asked what it knows of the registers."""
    want_recall(connection)
    connection.execute("DELETE FROM meta WHERE key = ?", (_LOST_WITNESS,))
    connection.execute(
        "INSERT INTO journal_incidents (reason, first_sequence, last_sequence, witness, detail, found_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (reason, head + 1, seen, witness, detail, now_ms),
    )


def write_index_repaired(connection: sqlite3.Connection, head: int, now_ms: int) -> None:
    """Notes that the indexes were made anew when entry `head` was the newest."""
    connection.execute(
        "INSERT INTO journal_incidents (reason, first_sequence, last_sequence, witness, detail, found_at)"
        " VALUES (?, ?, ?, 'index', '', ?)",
        (INDEX_REPAIRED, head, head, now_ms),
    )


def write_state_repaired(connection: sqlite3.Connection, register_id: str, told: str, head: int, now_ms: int) -> None:
    """Notes what of a register's state differed when entry `head` was the newest."""
    connection.execute(
        "INSERT INTO journal_incidents (reason, first_sequence, last_sequence, witness, detail, found_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (STATE_REPAIRED, head, head, register_id, told, now_ms),
    )


def mark_lost(connection: sqlite3.Connection, witness: str) -> None:
    """Notes in a store that is about to be made anew that `witness`, a file, tells of an earlier one; before anything else is in it."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(META)
    connection.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", (_LOST_WITNESS, witness))
    want_recall(connection)
    await_numbers(connection)
    connection.execute("COMMIT")


def lost_witness(connection: sqlite3.Connection) -> str:
    """What `mark_lost` noted and nobody has written an incident about; else empty."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_LOST_WITNESS,)).fetchone()
    return str(row[0]) if row else ""


def incidents(connection: sqlite3.Connection, *, open_only: bool = False) -> list[Incident]:
    """In the order in which they were found; `open_only`: those that nobody has acknowledged."""
    which = "WHERE acknowledged_at = 0" if open_only else ""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM journal_incidents {which} ORDER BY number")
    return [Incident(*row) for row in rows]


def acknowledge(connection: sqlite3.Connection, numbers: Sequence[int], user_id: str, now_ms: int) -> int:
    """Notes who has taken notice; returns how many were open until now."""
    done = connection.executemany(
        "UPDATE journal_incidents SET acknowledged_at = ?, acknowledged_by = ? WHERE number = ? AND acknowledged_at = 0",
        [(now_ms, user_id, number) for number in numbers],
    )
    return max(done.rowcount, 0)


def damages(connection: sqlite3.Connection) -> list[Damage]:
    """All known damage, in the journal's order."""
    found = [incident.damage for incident in incidents(connection)]
    return sorted((damage for damage in found if damage is not None), key=lambda damage: damage.sequence)
