"""A printer's ledger with somebody in between, for tests to override what they meddle with."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.errors import Reason
from drivers.printing.learnt import Learnt
from drivers.printing.ledger import JobLedger, OpenJob, QueuedJob
from drivers.printing.states import JobEvidence, JobState


class WrappedLedger:
    """Passes everything on."""

    def __init__(self, ledger: JobLedger) -> None:
        self.ledger = ledger

    async def next_job(self, printer: str) -> QueuedJob | None:
        return await self.ledger.next_job(printer)

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        await self.ledger.decline(printer, job_id, state, reason)

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        return await self.ledger.claim(printer, job_id, evidence)

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        await self.ledger.moved(job_id, state, evidence)

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        return await self.ledger.unfinished(printer)

    async def take_process_ids(self, count: int) -> int:
        return await self.ledger.take_process_ids(count)

    async def learnt(self, printer: str) -> Learnt | None:
        return await self.ledger.learnt(printer)

    async def learn(self, printer: str, learnt: Learnt) -> None:
        await self.ledger.learn(printer, learnt)
