"""What an operator asks about the journal of a gateway that runs: is it whole, what was ever wrong with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import chain

from branchgate.chain_walk import Damage
from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind, TryAgain
from gateway.branch.damages import note_damages
from gateway.branch.stores import Stores
from gateway.journal.examination import Anchor, Fault, Found, Verdict, examine
from gateway.journal.exporting import exported
from gateway.journal.incidents import Incident, incidents
from gateway.journal.recovery import acknowledge_incidents
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import ChainReport, verify_whole_chain
from gateway.pairing.registers import number_ranges
from gateway.recording.continuing import say_next_z
from gateway.recording.rederiving import differences_in, state_faults
from gateway.recording.states import UNKNOWN_REGISTER, read_state
from gateway.short_texts import short_text

MOST_AT_ONCE = 1_000
PORTION_BYTES = 256 * 1024
"""Of an export: short enough to rest in between."""


class JournalDesk:
    """Answers for one branch; reads in threads, and rests as long as it works, because the sales of the moment come first."""

    def __init__(self, stores: Stores, clock: Clock, branch_id: str) -> None:
        self._stores = stores
        self._branch_id = branch_id
        self._clock = clock

    async def verify(self) -> ChainReport:
        """The chain alone. Damage that was not known is written down."""
        report = await verify_whole_chain(self._stores.path)
        await note_damages(self._stores, self._clock, report.damages)
        return report

    async def examine(self, anchors: Sequence[Anchor]) -> AsyncIterator[Found]:
        """Everything, from the first entry on; the last is the verdict. Damage that was not known is written down."""
        connection = open_for_verification(self._stores.path)
        states = state_faults(await asyncio.to_thread(differences_in, self._stores.path, number_ranges))
        finding = chain(states, examine(connection, [*anchors, *await self._sales_anchor()], faults=len(states)))
        try:
            damages: list[Damage] = []
            began = time.perf_counter()
            while (found := await asyncio.to_thread(next, finding, None)) is not None:
                if isinstance(found, Fault) and found.damage is not None:
                    damages.append(found.damage)
                if isinstance(found, Verdict):
                    await note_damages(self._stores, self._clock, damages)
                yield found
                await asyncio.sleep(time.perf_counter() - began)
                began = time.perf_counter()
        finally:
            connection.close()

    async def export(self, first: int) -> AsyncIterator[bytes]:
        """The journal as lines of a file, in portions, from entry `first` on. Raises Refused (INVALID_VALUE)."""
        connection = open_for_verification(self._stores.path)
        try:
            lines = exported(connection, self._branch_id, first, self._clock.now_ms())
            began = time.perf_counter()
            while portion := await asyncio.to_thread(_portion, lines):
                yield portion
                await asyncio.sleep(time.perf_counter() - began)
                began = time.perf_counter()
        finally:
            connection.close()

    def incidents(self, *, open_only: bool) -> list[Incident]:
        """What has ever been wrong with the journal, oldest first."""
        return incidents(self._stores.reading, open_only=open_only)

    async def acknowledge(self, numbers: Sequence[int], user_id: str) -> int:
        """A person has taken notice; returns how many were open. Raises Refused (INVALID_VALUE)."""
        if len(numbers) > MOST_AT_ONCE:
            raise Refused("INVALID_VALUE", field="numbers", value=len(numbers), rule=f"at most {MOST_AT_ONCE}")
        user = short_text(user_id, "user_id")
        return await acknowledge_incidents(self._stores.journal, numbers, user, self._clock.now_ms())

    async def say_next_z(self, register_id: str, next_z_number: int, user_id: str) -> None:
        """A person has read a register's last Z off its paper, because the journal was lost and no witness is left.

        Raises Refused (REGISTER_UNKNOWN, Z_NUMBERS_NOT_AWAITED, INVALID_VALUE).
        """
        known = read_state(self._stores.reading, register_id) != UNKNOWN_REGISTER
        if not known and self._stores.registers.get(register_id) is None:
            raise Refused("REGISTER_UNKNOWN", field="register_id", value=register_id, kind=RefusedKind.NOT_FOUND)
        user = short_text(user_id, "user_id")
        work = say_next_z(self._stores.journal, register_id, next_z_number, user, self._clock.now_ms())
        await self._stores.writer.submit(work, urgent=True)

    async def _sales_anchor(self) -> list[Anchor]:
        try:
            place = await self._stores.sales.place()
        except TryAgain:
            return []
        return [Anchor(place.through, place.chain_hash.hex(), "sales store")] if place.through else []


def _portion(lines: Iterator[bytes]) -> bytes:
    """The next lines; a line of a large event goes alone. Empty at the end."""
    portion = bytearray()
    for line in lines:
        portion += line
        if len(portion) >= PORTION_BYTES:
            break
    return bytes(portion)
