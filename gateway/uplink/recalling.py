"""What central tells of the registers to a gateway that has lost its journal: numbers go on behind it, and paired registers come in again.

A certificate of the branch CA alone lets nobody in: one that was replaced, because a register was stolen or paired anew, is as valid by its
dates. Only the key of the last pairing that central heard of is taken back.
"""

from __future__ import annotations

import sqlite3

import structlog

from branchgate.clock import Clock
from branchgate.numbers import NumberRange
from branchgate.v1 import session_pb2
from gateway.journal import Journal
from gateway.journal.awaited import numbers_known, recall_wanted, recalled
from gateway.pairing.registers import PairedRegister, PairedRegisters
from gateway.recording.continuing import LastNumbers, continue_behind
from gateway.store.writer import GroupWriter

CENTRAL = "central"

_log = structlog.get_logger(__name__)


class Recalling:
    """Asks for it in the greeting until it was answered. `reading` is a read-only connection to the store, for the event loop."""

    def __init__(
        self,
        writer: GroupWriter,
        journal: Journal,
        reading: sqlite3.Connection,
        registers: PairedRegisters,
        clock: Clock,
    ) -> None:
        self._writer = writer
        self._journal = journal
        self._reading = reading
        self._registers = registers
        self._clock = clock

    def wanted(self) -> bool:
        """Whether central is to be asked."""
        return recall_wanted(self._reading)

    async def take(self, recall: session_pb2.BranchRecall) -> None:
        """Takes central's answer. Raises TryAgain (DISK_FULL); the next session asks again."""
        numbers = [
            LastNumbers(told.register_id, told.z_number, told.running_number, told.reserved_number)
            for told in recall.registers
        ]
        continuing = continue_behind(self._journal, CENTRAL, numbers, self._clock.now_ms())

        def work(connection: sqlite3.Connection) -> list[str]:
            raised = continuing(connection)
            numbers_known(connection)
            recalled(connection)
            return raised

        # Registers first: what fails behind it is asked for again, and a register that is in the table already stays as it is.
        restored = await self._registers.restore([_register(told) for told in recall.registers if told.key_sha256])
        raised = await self._writer.submit(work, urgent=True)
        _log.warning("central_recalled", z_numbers=raised, registers=restored)


def _register(told: session_pb2.RecalledRegister) -> PairedRegister:
    numbers = told.number_range
    return PairedRegister(
        told.register_id,
        told.register_name,
        NumberRange(numbers.prefix, numbers.digits, numbers.suffix),
        told.key_sha256,
        told.paired_at_ms,
        told.former_key_sha256,
    )
