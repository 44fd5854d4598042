"""Registers: counted over all branches, each with a number range of its own and an id that is never reused."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from branchgate.identity.names import BranchName, RegisterName
from branchgate.numbers import NumberRange
from central.branch_settings import checked_text, settings_of
from central.store import Database
from central.store.schema import former_ranges, registers


@dataclass(frozen=True, slots=True)
class Register:
    """A register as central knows it."""

    branch_id: str
    register_id: str
    name: str
    number_range: NumberRange
    paired: bool


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers of all branches: what a licence counts."""

    database: Database
    clock: Clock
    central_id: str

    async def add(self, branch_id: str, register_id: str, name: str, number_range: NumberRange) -> int:
        """Adds a register and returns how many there are now.

        Raises Refused: INVALID_ID, NOT_FOUND for the branch, REGISTER_EXISTS, NUMBER_RANGE_TAKEN when the two ranges could ever print
        the same number.
        """
        RegisterName(BranchName(self.central_id, branch_id), register_id)
        printed = checked_text(name or register_id, "name")
        now = self.clock.now_ms()

        def work(connection: Connection) -> int:
            settings_of(connection, branch_id)
            known = [_register(row) for row in connection.execute(select(registers))]
            _check_new(known, register_id)
            _check_range(connection, known, register_id, number_range)
            connection.execute(
                registers.insert().values(
                    register_id=register_id,
                    branch_id=branch_id,
                    name=printed,
                    added_at=now,
                    **_columns(number_range),
                )
            )
            return len(known) + 1

        return await self.database.write(work)

    async def set_range(self, register_id: str, number_range: NumberRange) -> str:
        """Gives a register another number range and returns its branch; the register uses it once it is paired anew.

        Raises Refused: NOT_FOUND, NUMBER_RANGE_TAKEN, NUMBER_RANGE_INVALID unless it has more digits. Running numbers count on, for a
        closing must not hold one twice, and only more digits give them room.
        """
        now = self.clock.now_ms()

        def work(connection: Connection) -> str:
            known = [_register(row) for row in connection.execute(select(registers))]
            mine = next((register for register in known if register.register_id == register_id), None)
            if mine is None:
                raise Refused("NOT_FOUND", field="register_id", value=register_id, kind=RefusedKind.NOT_FOUND)
            former = mine.number_range
            if number_range.digits <= former.digits:
                rule = f"more than {former.digits} digits, for the numbers count on"
                raise Refused("NUMBER_RANGE_INVALID", field="digits", value=number_range.digits, rule=rule)
            _check_range(connection, known, register_id, number_range)
            connection.execute(former_ranges.insert().values(register_id=register_id, ended_at=now, **_columns(former)))
            connection.execute(
                registers.update().where(registers.c.register_id == register_id).values(_columns(number_range))
            )
            return mine.branch_id

        return await self.database.write(work)

    async def get(self, branch_id: str, register_id: str) -> Register:
        """A register of a branch. Raises Refused (NOT_FOUND), also when it is another branch's."""

        def work(connection: Connection) -> Register:
            settings_of(connection, branch_id)
            row = connection.execute(
                select(registers).where(registers.c.register_id == register_id, registers.c.branch_id == branch_id)
            ).one_or_none()
            if row is None:
                raise Refused(
                    "NOT_FOUND",
                    field="register_id",
                    value=register_id,
                    rule=f"add it to {branch_id} first",
                    kind=RefusedKind.NOT_FOUND,
                )
            return _register(row)

        return await self.database.read(work)

    async def all(self) -> tuple[Register, ...]:
        """Every register, by branch and id."""

        def work(connection: Connection) -> tuple[Register, ...]:
            rows = connection.execute(select(registers).order_by(registers.c.branch_id, registers.c.register_id))
            return tuple(_register(row) for row in rows)

        return await self.database.read(work)

    async def paired(self, branch_id: str, register_id: str) -> None:
        """Notes that a register holds a certificate now."""
        now = self.clock.now_ms()
        await self.database.write(lambda connection: note_paired(connection, branch_id, register_id, now))


def note_paired(connection: Connection, branch_id: str, register_id: str, now: int) -> None:
    """Notes when a register was paired last; a register that central does not know is nobody's to note."""
    connection.execute(
        registers.update()
        .where(registers.c.branch_id == branch_id, registers.c.register_id == register_id)
        .values(paired_at=now)
    )


def _check_new(known: list[Register], register_id: str) -> None:
    for register in known:
        if register.register_id == register_id:
            raise Refused(
                "REGISTER_EXISTS",
                field="register_id",
                value=register_id,
                rule=register.branch_id,
                kind=RefusedKind.EXISTS,
            )


def _check_range(connection: Connection, known: list[Register], register_id: str, number_range: NumberRange) -> None:
    """No number of the range may be one that another register prints or has ever printed, or that this one printed before."""
    branches = {register.register_id: register.branch_id for register in known}
    taken = [(each.register_id, each.number_range) for each in known if each.register_id != register_id]
    former = connection.execute(select(former_ranges))
    taken += [(row.register_id, NumberRange(row.prefix, row.digits, row.suffix)) for row in former]
    for name, other in taken:
        if other.collides_with(number_range):
            raise Refused(
                "NUMBER_RANGE_TAKEN",
                field="number_range",
                value=number_range.number(1),
                rule=f"{name} ({branches[name]}), {other.number(1)} …",
                kind=RefusedKind.EXISTS,
            )


def _columns(number_range: NumberRange) -> dict[str, str | int]:
    return {"prefix": number_range.prefix, "digits": number_range.digits, "suffix": number_range.suffix}


def _register(row: Row[tuple[object, ...]]) -> Register:
    return Register(
        branch_id=row.branch_id,
        register_id=row.register_id,
        name=row.name,
        number_range=NumberRange(row.prefix, row.digits, row.suffix),
        paired=row.paired_at is not None,
    )
