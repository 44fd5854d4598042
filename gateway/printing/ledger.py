"""The job store as a printer's actor sees it: durable before every step, documents made when they are needed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.errors import DeviceRefused, Reason
from drivers.escpos.document import Document
from drivers.escpos.profile import PrinterProfile
from drivers.printing.learnt import Learnt
from drivers.printing.ledger import OpenJob, QueuedJob
from drivers.printing.states import JobEvidence, JobState
from gateway.printing.documents import Documents
from gateway.printing.job_store import JobStore
from gateway.printing.jobs import Job, PrintState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReferencedJob:
    """A job that holds a reference; its document is read from the journal."""

    job: Job
    documents: Documents

    @property
    def job_id(self) -> bytes:
        """The job."""
        return self.job.job_id

    @property
    def copy_number(self) -> int:
        """0 for the unmarked original."""
        return self.job.copy_number

    @property
    def waits_for(self) -> Reason | None:
        """What its printer told it last."""
        return Reason(self.job.reason) if self.job.reason else None

    async def document_for(self, profile: PrinterProfile) -> Document:
        """The receipt or report as wide as the printer. Raises DeviceRefused when it cannot be read or rendered."""
        try:
            return await self.documents.document(self.job, profile)
        except DeviceRefused:
            raise
        except Exception as failure:
            # Whatever is odd about this one, the receipts behind it must not wait for it.
            log.exception("document_not_rendered", extra={"job": self.job_id.hex()})
            raise DeviceRefused(Reason.DOCUMENT_UNPRINTABLE, self.job.printer, type(failure).__name__) from failure


class StoredLedger:
    """The ledger of one printer: a `drivers.printing.ledger.JobLedger` over the job store."""

    def __init__(self, printer: str, store: JobStore, documents: Documents) -> None:
        self._printer, self._store, self._documents = printer, store, documents

    async def next_job(self, printer: str) -> QueuedJob | None:
        """The oldest unsent job, once the shop's name and address are known."""
        job = self._store.next_unsent(printer) if self._documents.ready else None
        return None if job is None else ReferencedJob(job, self._documents)

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        """Records why an unsent job is not sent, durably."""
        await self._store.decline(printer, job_id, state, reason)

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        """Takes an unsent job for sending, durably; False when it is another's or cancelled by now."""
        return await self._store.claim(printer, job_id, evidence)

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Records a state, durably."""
        await self._store.moved(self._printer, job_id, state, evidence)

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        """Jobs whose bytes may be in the printer, those in doubt, and those of which a piece may hang out of it."""
        jobs = [OpenJob(job.job_id, _driver_state(job.state), job.evidence) for job in self._store.unfinished(printer)]
        return [job for job in jobs if job.is_unfinished]

    async def take_process_ids(self, count: int) -> int:
        """Reserves numbers, durably."""
        return await self._store.take_process_ids(count)

    async def learnt(self, printer: str) -> Learnt | None:
        """What the printer once showed it can do."""
        return self._store.learnt(printer)

    async def learn(self, printer: str, learnt: Learnt) -> None:
        """Keeps it, durably."""
        await self._store.learn(printer, learnt)


def _driver_state(state: PrintState) -> JobState:
    """The state under the driver's name. A job that was replaced by a copy was not complete on paper."""
    match state:
        case PrintState.COPY:
            return JobState.PARTIAL
        case PrintState.CANCELLED:
            return JobState.CANCELLED_CLEAN
        case _:
            return JobState(state.value)
