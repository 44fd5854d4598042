"""The actor's side of the ledger: what is to be recorded, in order, before anything more is sent."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from typing import Final

from drivers.errors import Reason
from drivers.printing.learnt import Learnt
from drivers.printing.ledger import JobLedger, OpenJob, QueuedJob
from drivers.printing.states import JobEvidence, JobState

log = logging.getLogger(__name__)

PROCESS_ID_RESERVE: Final = 1000  # numbers reserved by one durable write; a restart skips what is left of them


class Records:
    """Collects moves synchronously, writes them when `flush` is awaited."""

    def __init__(self, printer: str, ledger: JobLedger) -> None:
        self._printer, self._ledger = printer, ledger
        self._moves: deque[OpenJob] = deque()
        self._next_id = self._ids_end = 0

    def note(self, moves: Sequence[OpenJob]) -> None:
        """To be recorded with the next `flush`."""
        self._moves.extend(moves)

    async def flush(self) -> None:
        """Everything noted is durable when this returns."""
        while self._moves:
            move = self._moves.popleft()
            await self._ledger.moved(move.job_id, move.state, move.evidence)
            self._tell(move.job_id, move.state)

    async def next_job(self) -> QueuedJob | None:
        """The job to print next."""
        return await self._ledger.next_job(self._printer)

    async def unfinished(self) -> Sequence[OpenJob]:
        """What was under way or in doubt at the last stop."""
        return await self._ledger.unfinished(self._printer)

    async def claim(self, job_id: bytes, evidence: JobEvidence) -> bool:
        """Whether the job is this printer's to send: on record before its first byte."""
        await self.flush()
        claimed = await self._ledger.claim(self._printer, job_id, evidence)
        if claimed:
            self._tell(job_id, JobState.SENDING)
        return claimed

    async def blocked(self, reason: Reason) -> None:
        """The printer cannot print: tell the waiting job, once per reason."""
        queued = await self.next_job()
        if queued is not None:
            await self.block(queued, reason)

    async def block(self, queued: QueuedJob, reason: Reason) -> None:
        """Tell one job, once per reason."""
        await self.flush()
        if queued.waits_for is not reason:
            await self._ledger.decline(self._printer, queued.job_id, JobState.BLOCKED, reason)
            self._tell(queued.job_id, JobState.BLOCKED)

    async def give_up(self, job_id: bytes, reason: Reason) -> None:
        """The job can never be printed."""
        await self.flush()
        await self._ledger.decline(self._printer, job_id, JobState.CANCELLED_CLEAN, reason)
        self._tell(job_id, JobState.CANCELLED_CLEAN)

    async def process_ids(self, count: int) -> int:
        """The first of `count` numbers that no printer has ever had."""
        if self._next_id + count > self._ids_end:
            reserve = max(count, PROCESS_ID_RESERVE)
            self._next_id = await self._ledger.take_process_ids(reserve)
            self._ids_end = self._next_id + reserve
        first = self._next_id
        self._next_id += count
        return first

    async def learnt(self) -> Learnt | None:
        """What the printer showed before it could do."""
        return await self._ledger.learnt(self._printer)

    async def learn(self, learnt: Learnt) -> None:
        """Keep what it showed."""
        await self._ledger.learn(self._printer, learnt)

    def _tell(self, job_id: bytes, state: JobState) -> None:
        log.info("print_job_moved", extra={"printer": self._printer, "job": job_id.hex(), "state": str(state)})
