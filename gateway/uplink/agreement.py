"""What central holds of the journal decides where the upload goes on, and whether this journal has lost its end."""

from __future__ import annotations

import structlog

from branchgate.clock import Clock
from branchgate.v1 import session_pb2
from gateway.journal import Journal, JournalReader
from gateway.journal.recovery import go_on_if_shortened
from gateway.uplink.standing import Standing

_log = structlog.get_logger(__name__)


class Agreement:
    """Compares central's place with the journal, each time a session is accepted."""

    def __init__(self, journal: Journal, reader: JournalReader, standing: Standing, clock: Clock) -> None:
        self._journal = journal
        self._reader = reader
        self._standing = standing
        self._clock = clock

    async def reach(self, state: session_pb2.IntakeState) -> None:
        """Takes central's place. A journal that central has seen more of goes on under a new id, and is uploaded from its start."""
        registers = {register.register_id: register.register_sequence for register in state.registers}
        if state.journal_id != self._journal.journal_id:
            self._standing.told(0, registers)
            return
        shortened = await go_on_if_shortened(self._journal, self._seen(state), self._clock.now_ms())
        if shortened is None:
            self._standing.told(state.journal_sequence, registers)
            return
        _log.error("journal_shortened", witness=shortened.witness, seen=shortened.seen, head=shortened.head)
        self._standing.told(0, registers)

    def _seen(self, state: session_pb2.IntakeState) -> dict[str, int]:
        """Central's place counts as beyond the end when the entry there is another one than central has."""
        if state.journal_sequence and state.journal_sequence <= self._journal.head:
            entries = self._reader.read(state.journal_sequence - 1, 1)
            if entries and entries[0].chain_hash != state.chain_hash:
                return {"central": self._journal.head + 1}
        return {"central": state.journal_sequence}
