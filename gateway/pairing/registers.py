"""The paired registers: kept in `branch.db`, held in memory for the check at every call."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from branchgate.errors import Refused, RefusedKind
from branchgate.numbers import NumberRange
from branchgate.wire.callers import Caller, CallerKind
from gateway.recording.states import numbers_start_at, read_state
from gateway.store.writer import GroupWriter


@dataclass(frozen=True, slots=True)
class PairedRegister:
    """One paired register. Keys are SHA-256 of the DER SubjectPublicKeyInfo; `former_key_sha256` is empty after a pairing."""

    register_id: str
    name: str
    number_range: NumberRange
    key_sha256: bytes
    paired_at_ms: int
    former_key_sha256: bytes = b""

    def holds(self, key_sha256: bytes) -> bool:
        """True for the key of its certificate and, after a renewal, for the one it renewed with."""
        return key_sha256 != b"" and key_sha256 in (self.key_sha256, self.former_key_sha256)


def write_register(connection: sqlite3.Connection, register: PairedRegister) -> None:
    """Inserts or replaces a register's row."""
    numbers = register.number_range
    connection.execute(
        "INSERT OR REPLACE INTO registers"
        " (register_id, name, prefix, digits, suffix, public_key_sha256, former_key_sha256, paired_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            register.register_id,
            register.name,
            numbers.prefix,
            numbers.digits,
            numbers.suffix,
            register.key_sha256,
            register.former_key_sha256,
            register.paired_at_ms,
        ),
    )


def read_registers(connection: sqlite3.Connection) -> list[PairedRegister]:
    """All paired registers, by id."""
    rows = connection.execute(
        "SELECT register_id, name, prefix, digits, suffix, public_key_sha256, paired_at, former_key_sha256"
        " FROM registers ORDER BY register_id"
    )
    return [
        PairedRegister(register_id, name, NumberRange(prefix, digits, suffix), key, paired_at, former)
        for register_id, name, prefix, digits, suffix, key, paired_at, former in rows
    ]


def number_ranges(connection: sqlite3.Connection) -> dict[str, NumberRange]:
    """The ranges of all paired registers, by id."""
    return {register.register_id: register.number_range for register in read_registers(connection)}


class PairedRegisters:
    """Knows which register may come in with which key. Load it before the service port opens."""

    def __init__(self, writer: GroupWriter, branch_id: str) -> None:
        self._writer = writer
        self._branch_id = branch_id
        self._registers: dict[str, PairedRegister] = {}

    async def load(self) -> None:
        """Reads what is stored."""
        # It writes nothing, but with the disk full only what is urgent gets through, and a gateway must start to close the day.
        self._registers = {one.register_id: one for one in await self._writer.submit(read_registers, urgent=True)}

    def all(self) -> list[PairedRegister]:
        """All paired registers, by id."""
        return [self._registers[register_id] for register_id in sorted(self._registers)]

    def get(self, register_id: str) -> PairedRegister | None:
        """One of them."""
        return self._registers.get(register_id)

    @property
    def newest_ms(self) -> int:
        """When the last one was paired, UTC milliseconds: the clock cannot be earlier; 0 without any."""
        return max((register.paired_at_ms for register in self._registers.values()), default=0)

    def admit(self, caller: Caller) -> None:
        """For the guard of the service port: refuses registers of other branches, unknown ones and keys that were replaced.

        Raises Refused (REGISTER_NOT_PAIRED).
        """
        if caller.kind is not CallerKind.REGISTER:
            return
        register = self._registers.get(caller.register_id)
        if register is None or caller.branch_id != self._branch_id or not register.holds(caller.key_sha256):
            raise Refused(
                "REGISTER_NOT_PAIRED",
                field="register",
                value=caller.label,
                rule="the certificate is that of the register's last pairing",
                kind=RefusedKind.NOT_ALLOWED,
            )

    async def paired(self, register: PairedRegister, *, numbers_from: int) -> int:
        """Takes in a register and returns its next running number: `numbers_from`, or later if it has already used numbers.

        A key that the register had before is refused from now on.
        """

        def store(connection: sqlite3.Connection) -> int:
            write_register(connection, register)
            numbers_start_at(connection, register.register_id, numbers_from)
            return read_state(connection, register.register_id).running_number + 1

        next_running_number = await self._writer.submit(store)
        self._registers[register.register_id] = register
        return next_running_number

    async def restore(self, registers: Sequence[PairedRegister]) -> list[str]:
        """Takes back registers whose rows were lost; one that is there is newer and stays. Answers with those taken back.

        What closing the day needs may use the disk's reserve, and a register that cannot come in cannot close.
        """
        missing = [register for register in registers if register.register_id not in self._registers]

        def store(connection: sqlite3.Connection) -> None:
            for register in missing:
                write_register(connection, register)

        if missing:
            await self._writer.submit(store, urgent=True)
        self._registers |= {register.register_id: register for register in missing}
        return [register.register_id for register in missing]

    async def renewed(self, register_id: str, *, presented_sha256: bytes, new_sha256: bytes) -> None:
        """Takes the new key beside the presented one: the answer may be lost, and open calls go on under the old one."""
        register = replace(self._registers[register_id], key_sha256=new_sha256, former_key_sha256=presented_sha256)
        await self._writer.submit(lambda connection: write_register(connection, register))
        self._registers[register_id] = register
