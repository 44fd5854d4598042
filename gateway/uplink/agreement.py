"""What central holds of the journal decides where the upload goes on, and whether this journal has lost its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from branchgate.clock import Clock
from branchgate.v1 import session_pb2
from gateway.journal import Journal, JournalReader
from gateway.journal.incidents import damages
from gateway.journal.recovery import Shortened, go_on_if_shortened, go_on_shortened
from gateway.journal.stored import hash_at
from gateway.uplink.standing import Standing

_log = structlog.get_logger(__name__)


class Agreement:
    """Compares central's place with the journal, each time a session is accepted.

    `doubted` looks for damage: an entry that central has and that is another one here may be damaged, and need not be somebody else's.
    """

    def __init__(
        self,
        journal: Journal,
        reader: JournalReader,
        standing: Standing,
        clock: Clock,
        doubted: Callable[[], Awaitable[None]],
    ) -> None:
        self._journal = journal
        self._reader = reader
        self._standing = standing
        self._clock = clock
        self._doubted = doubted

    async def reach(self, state: session_pb2.IntakeState) -> None:
        """Takes central's place. A journal that central has seen more of goes on under a new id, and is uploaded from its start."""
        registers = {register.register_id: register.register_sequence for register in state.registers}
        if state.journal_id != self._journal.journal_id:
            self._standing.told(0, registers)
            return
        shortened = await self._shortened(state)
        if shortened is not None:
            _log.error("journal_shortened", witness=shortened.witness, seen=shortened.seen, head=shortened.head)
        renewed = state.journal_id != self._journal.journal_id
        self._standing.told(0 if renewed else state.journal_sequence, registers)

    async def _shortened(self, state: session_pb2.IntakeState) -> Shortened | None:
        place, now_ms = state.journal_sequence, self._clock.now_ms()
        if place > self._journal.head:
            return await go_on_if_shortened(self._journal, {"central": place}, now_ms)
        if self._agrees(place, state.chain_hash):
            return None
        await self._doubted()
        if self._agrees(place, state.chain_hash):
            return None
        return await go_on_shortened(self._journal, {"central": place}, f"entry {place} here is another one", now_ms)

    def _agrees(self, place: int, chain_hash: bytes) -> bool:
        """Whether the entry there is the one that central has, or damaged: then nobody can tell, and the one before it did agree."""
        if not place or any(damage.sequence <= place <= damage.through for damage in damages(self._reader.connection)):
            return True
        return hash_at(self._reader.connection, place) == chain_hash
