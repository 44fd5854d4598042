"""How far the journals of a branch have arrived: what a gateway is told, so that it goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from central.store.engine import upsert
from central.store.schema import journal_registers, journals


@dataclass(frozen=True, slots=True)
class IntakeState:
    """How far one journal (16 bytes; empty: nothing ever arrived) has come: its highest sequence without a gap and the hash there.

    `registers` tells per register the highest register_sequence that arrived in any journal of the branch.
    """

    journal_id: bytes
    sequence: int
    chain_hash: bytes
    registers: Mapping[str, int]

    def advanced(self, sequence: int, chain_hash: bytes, registers: Mapping[str, int]) -> IntakeState:
        """The state after further entries; a register's number only rises."""
        raised = {name: max(number, self.registers.get(name, 0)) for name, number in registers.items()}
        return IntakeState(self.journal_id, sequence, chain_hash, {**self.registers, **raised})


def read_state(connection: Connection, branch_id: str, journal_id: bytes, *, for_update: bool = False) -> IntakeState:
    """Where a journal stands; if nothing of it has arrived, where the branch's latest one does.

    `for_update` locks it until the end of the transaction, for a database with several writers.
    """
    of_branch = select(journals).where(journals.c.branch_id == branch_id)
    if for_update:
        of_branch = of_branch.with_for_update()
    rows = connection.execute(of_branch).all()
    registers = {
        row.register_id: row.register_sequence
        for row in connection.execute(select(journal_registers).where(journal_registers.c.branch_id == branch_id))
    }
    if not rows:
        return IntakeState(b"", 0, b"", registers)
    asked = [row for row in rows if row.journal_id == journal_id]
    row = asked[0] if asked else max(rows, key=lambda row: row.first_received_at)
    return IntakeState(row.journal_id, row.sequence, row.chain_hash, registers)


def read_sequences(connection: Connection) -> dict[str, int]:
    """Highest sequence of each branch's latest journal."""
    rows = connection.execute(select(journals).order_by(journals.c.first_received_at))
    return {row.branch_id: row.sequence for row in rows}


def write_state(connection: Connection, branch_id: str, state: IntakeState, now: int) -> None:
    """Stores how far a journal has arrived."""
    place = (journals.c.branch_id == branch_id, journals.c.journal_id == state.journal_id)
    moved = (
        journals.update()
        .where(*place)
        .values(sequence=state.sequence, chain_hash=state.chain_hash, last_received_at=now)
    )
    if connection.execute(moved).rowcount == 0:
        connection.execute(
            journals.insert().values(
                branch_id=branch_id,
                journal_id=state.journal_id,
                sequence=state.sequence,
                chain_hash=state.chain_hash,
                first_received_at=now,
                last_received_at=now,
            )
        )
    rows = [
        {"branch_id": branch_id, "register_id": register_id, "register_sequence": number}
        for register_id, number in state.registers.items()
    ]
    upsert(connection, journal_registers, rows)
