"""The state of central on one page: for people who want to know whether everything is well."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.catalogue import BranchSettings
from central.articles import Articles
from central.assortment import Assortments
from central.branches import Branches
from central.gateways import Gateways
from central.intake import Fault, Intake
from central.registers import Register, Registers
from central.sessions import Sessions


@dataclass(frozen=True, slots=True)
class BranchState:
    """A branch, its registers, whether its gateway is enrolled and online, articles in its assortment, journal received."""

    settings: BranchSettings
    registers: tuple[Register, ...]
    enrolled: bool
    connected: bool
    articles: int
    journal_sequence: int


@dataclass(frozen=True, slots=True)
class CentralState:
    """Counts over all branches; `registers` is what a licence counts."""

    central_id: str
    branches: int
    registers: int
    connected_gateways: int
    events: int
    receipts: int
    articles: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Puts together what the parts of central know."""

    central_id: str
    branch_list: Branches
    registers: Registers
    gateways: Gateways
    assortments: Assortments
    articles: Articles
    intake: Intake
    sessions: Sessions

    async def branches(self) -> tuple[BranchState, ...]:
        """Every branch, by id."""
        registers = await self.registers.all()
        sizes = await self.assortments.sizes()
        sequences = await self.intake.sequences()
        return tuple(
            BranchState(
                settings,
                tuple(register for register in registers if register.branch_id == settings.branch_id),
                settings.branch_id in self.gateways.enrolled,
                settings.branch_id in self.sessions.connected,
                sizes.get(settings.branch_id, 0),
                sequences.get(settings.branch_id, 0),
            )
            for settings in await self.branch_list.all()
        )

    async def central(self) -> CentralState:
        """Central itself."""
        counts = await self.intake.counts()
        return CentralState(
            self.central_id,
            len(await self.branch_list.all()),
            len(await self.registers.all()),
            len(self.sessions.connected),
            counts.events,
            counts.receipts,
            await self.articles.count(),
            await self.intake.faults(),
        )
