"""Who prints in tests of whole receipts over a cable: an actor, and a ledger that tells when a job has moved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from drivers.errors import Reason
from drivers.escpos.document import Columns, Document, Text
from drivers.escpos.profile import PROFILES
from drivers.printing.actor import PrinterActor
from drivers.printing.job import JobLimits
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobEvidence, JobState
from drivers.transport.contract import OpenTransport

PATIENCE_S: Final = 60.0
"""No test takes so long; it ends one that would wait for ever."""
QUICK: Final = ActorLimits(job=JobLimits(progress=1.0), close=0.3, retry_first=0.02, retry_most=0.1, look_blocked=0.1)
RECEIPT: Final = Document((Text("Bäckerei €", bold=True), *(Columns(f"Artikel {n}", "1,00 €") for n in range(150))))


class WatchedLedger(MemoryLedger):
    """Wakes who waits whenever a job has moved."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = asyncio.Condition()

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        await super().decline(printer, job_id, state, reason)
        await self._tell()

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        await super().moved(job_id, state, evidence)
        await self._tell()

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()

    async def reaches(self, job_id: bytes, state: JobState) -> JobEvidence:
        """Wait until a job stands there; what is known of it then."""
        async with asyncio.timeout(PATIENCE_S), self._moved:
            await self._moved.wait_for(lambda: self.state(job_id) is state)
        return self.evidence(job_id)


@dataclass
class Till:
    """Submits receipts and looks at what the ledger says."""

    actor: PrinterActor
    ledger: WatchedLedger

    def submit(self, job_id: bytes) -> None:
        self.ledger.add(MemoryJob(job_id, RECEIPT))
        self.actor.wake()

    async def prints(self, job_id: bytes, state: JobState = JobState.PRINTED) -> JobEvidence:
        """Submit a receipt and wait until it stands there."""
        self.submit(job_id)
        return await self.ledger.reaches(job_id, state)


@asynccontextmanager
async def till(open_transport: OpenTransport, limits: ActorLimits = QUICK) -> AsyncIterator[Till]:
    """A printer's actor at work."""
    ledger = WatchedLedger()
    actor = PrinterActor("bon", open_transport, ledger, PROFILES["generic-80"], _utc_now, limits=limits)
    task = asyncio.create_task(actor.run())
    try:
        yield Till(actor, ledger)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _utc_now() -> int:
    return time.time_ns() // 1_000_000
