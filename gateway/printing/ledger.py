"""The job store as a printer's actor sees it: durable before every step, documents made when they are needed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.errors import DeviceRefused, Reason
from drivers.escpos.document import Document
from drivers.escpos.profile import PrinterProfile
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

    def document_for(self, profile: PrinterProfile) -> Document:
        """The receipt or report as wide as the printer. Raises DeviceRefused when it cannot be read or rendered."""
        try:
            return self.documents.document(self.job, profile)
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

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Records a state, durably."""
        await self._store.moved(self._printer, job_id, state, evidence)

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        """Jobs whose bytes may be in the printer, and those in doubt."""
        return [
            OpenJob(job.job_id, JobState(job.state.value), _evidence(job))
            for job in self._store.undecided(printer)
            if job.state is not PrintState.PARTIAL
        ]

    async def take_process_ids(self, printer: str, count: int) -> int:
        """Reserves numbers, durably."""
        return await self._store.take_process_ids(printer, count)


def _evidence(job: Job) -> JobEvidence:
    return JobEvidence(
        bytes_accepted=job.bytes_accepted,
        proof=job.proof,
        begun=job.begun,
        cutter_before=job.cutter_before,
        cutter_after=job.cutter_after,
        pid_start=job.pid_start,
        pid_end=job.pid_end,
        reason=Reason(job.reason) if job.reason else None,
    )
