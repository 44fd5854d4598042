"""What closing and counting know of the branch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

import branchgate
from branchgate.catalogue import BranchSettings
from branchgate.errors import Refused, RefusedKind
from branchgate.figures import ClosingMasterData
from branchgate.numbers import NumberRange
from gateway.closing.model import REGISTER_UNKNOWN
from gateway.closing.parked import NothingParked, ParkedReceipts
from gateway.recording.states import UNKNOWN_REGISTER, read_state

SOFTWARE = "branchgate"
"""KASSE_SW_BRAND."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Everything is asked anew each time.

    `settings` gives what central decided, None before the first sync. `registers` names those that are paired, `number_range` gives the
    form of a register's receipt numbers, None if it is not known. `parked` is what waits at them to be paid.
    """

    settings: Callable[[], BranchSettings | None]
    registers: Callable[[], list[str]]
    number_range: Callable[[str], NumberRange | None]
    parked: ParkedReceipts = field(default_factory=NothingParked)

    def decided(self) -> BranchSettings:
        """The settings; empty ones before there are any."""
        return self.settings() or BranchSettings(branch_id="", name="")

    def knows(self, connection: sqlite3.Connection, register_id: str) -> bool:
        """Whether the branch has the register, or had it: what it sold before it was taken away must still be closed."""
        return register_id in self.registers() or read_state(connection, register_id) != UNKNOWN_REGISTER

    def require(self, connection: sqlite3.Connection, register_id: str) -> None:
        """Raises Refused (REGISTER_UNKNOWN) for a register that the branch does not have."""
        if not self.knows(connection, register_id):
            raise Refused(REGISTER_UNKNOWN, field="register_id", value=register_id, kind=RefusedKind.NOT_FOUND)

    def master_data(self, register_id: str) -> ClosingMasterData:
        """What a closing fixes of business, branch and register."""
        settings = self.decided()
        return ClosingMasterData(
            company=settings.company,
            branch_id=settings.branch_id,
            branch_name=settings.name,
            street=settings.street,
            postcode=settings.postcode,
            town=settings.town,
            country=settings.country,
            tax_id=settings.tax_id,
            time_zone=settings.time_zone,
            register_serial=register_id.upper(),
            software=SOFTWARE,
            software_version=branchgate.__version__,
        )
