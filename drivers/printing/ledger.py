"""What an actor needs somebody to keep: the jobs of a printer and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from drivers.errors import Reason
from drivers.escpos.document import Document
from drivers.escpos.profile import PrinterProfile
from drivers.printing.learnt import Learnt
from drivers.printing.states import TRANSITIONS, JobEvidence, JobState


class QueuedJob(Protocol):
    """A job that has not been sent. `copy_number` 0 is the original; a copy's document says that it is one."""

    @property
    def job_id(self) -> bytes:
        """Unique for ever."""
        ...

    @property
    def copy_number(self) -> int:
        """0 for the original."""
        ...

    @property
    def waits_for(self) -> Reason | None:
        """What it was last told to wait for at this printer; None: nothing yet."""
        ...

    async def document_for(self, profile: PrinterProfile) -> Document:
        """What to print. A long one is made in a thread: the event loop has others to serve. DeviceRefused cancels it as unprintable."""
        ...


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A claimed job as the ledger has it."""

    job_id: bytes
    state: JobState
    evidence: JobEvidence

    @property
    def is_unfinished(self) -> bool:
        """Under way, in doubt, or ended with a piece of it still hanging out of the printer."""
        return self.state.is_open or self.state is JobState.UNCERTAIN or not self.evidence.parted


class JobLedger(Protocol):
    """Kept durably: when a coroutine returns, its effect survives a power cut. The actor sends nothing before that.

    Others may give unsent jobs to another printer or cancel them at any moment; only `claim` decides that race.
    An exception from here ends the actor's `run`: whoever started it decides when to start it again.
    """

    async def next_job(self, printer: str) -> QueuedJob | None:
        """The oldest job in QUEUED or BLOCKED. It stays the oldest until it moves or is taken away."""
        ...

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        """Record why an unsent job is not sent: BLOCKED for now, or CANCELLED_CLEAN because it can never be printed.

        Nothing happens when it is no longer this printer's to say: given to another, cancelled, claimed.
        """
        ...

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        """Move an unsent job to SENDING: the only way there, and never twice for one job.

        False, and nothing recorded: it was given to another printer or cancelled meanwhile. Not one byte of it may be sent.
        """
        ...

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Record what becomes of a claimed job; also called with an unchanged state and new evidence.

        A settled job keeps its state: what is learnt after a person's word is recorded as evidence only.
        """
        ...

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        """This printer's jobs in SENDING, AWAITING, WAITING_PRINTER or UNCERTAIN, oldest first.

        Also those a person has ended since, in any settled state, as long as their paper was not parted (`JobEvidence.parted`).
        """
        ...

    async def take_process_ids(self, count: int) -> int:
        """Reserve `count` numbers that were never given before to any printer, and return the first.

        One count for all: printers change places, and then one's late answer is heard under another's name. The characters that stand
        for a number repeat after `PROCESS_IDS`; those of a job that is unfinished are left out.
        """
        ...

    async def learnt(self, printer: str) -> Learnt | None:
        """What `learn` was last told of this printer."""
        ...

    async def learn(self, printer: str, learnt: Learnt) -> None:
        """Keep what the printer has shown it can do."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryJob:
    """A job of a `MemoryLedger`. `printer` None: whichever takes it."""

    job_id: bytes
    document: Document
    copy_number: int = 0
    printer: str | None = None

    waits_for: Reason | None = None

    async def document_for(self, profile: PrinterProfile) -> Document:
        """The document, the same for every printer."""
        return self.document


@dataclass(slots=True)
class _Entry:
    job: MemoryJob
    printer: str | None
    state: JobState = JobState.QUEUED
    evidence: JobEvidence = field(default_factory=JobEvidence)
    history: list[JobState] = field(default_factory=list)

    def belongs_to(self, printer: str) -> bool:
        return self.printer in (None, printer)

    def goes(self, state: JobState, evidence: JobEvidence) -> None:
        self.state, self.evidence = state, evidence
        self.history.append(state)


class MemoryLedger:
    """A ledger for one process: for the command line, and to test actors against."""

    def __init__(self, first_process_id: int = 0) -> None:
        self._entries: dict[bytes, _Entry] = {}
        self._next_process_id = first_process_id
        self._learnt: dict[str, Learnt] = {}

    def add(self, job: MemoryJob) -> None:
        """Queue a job; the same id again is the same job."""
        self._entries.setdefault(job.job_id, _Entry(job, job.printer))

    def reroute(self, job_id: bytes, printer: str) -> bool:
        """Give an unsent job to another printer. False: too late."""
        entry = self._entries[job_id]
        if not entry.state.may_be_sent:
            return False
        entry.printer = printer
        entry.goes(JobState.QUEUED, JobEvidence())
        return True

    def cancel(self, job_id: bytes) -> bool:
        """Cancel an unsent job. False: too late."""
        entry = self._entries[job_id]
        if not entry.state.may_be_sent:
            return False
        entry.goes(JobState.CANCELLED_CLEAN, JobEvidence(reason=Reason.CANCELLED))
        return True

    def state(self, job_id: bytes) -> JobState:
        """Where a job stands."""
        return self._entries[job_id].state

    def evidence(self, job_id: bytes) -> JobEvidence:
        """What is known about a job."""
        return self._entries[job_id].evidence

    def history(self, job_id: bytes) -> tuple[JobState, ...]:
        """Every state recorded for a job, in order."""
        return tuple(self._entries[job_id].history)

    async def next_job(self, printer: str) -> QueuedJob | None:
        """The oldest job that may be sent."""
        for entry in self._entries.values():
            if entry.state.may_be_sent and entry.belongs_to(printer):
                return replace(entry.job, waits_for=entry.evidence.reason)
        return None

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        """Record why an unsent job is not sent."""
        entry = self._entries[job_id]
        if entry.state.may_be_sent and entry.belongs_to(printer):
            entry.goes(state, JobEvidence(reason=reason))

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        """Move an unsent job of this printer to SENDING."""
        entry = self._entries[job_id]
        if not (entry.state.may_be_sent and entry.belongs_to(printer)):
            return False
        entry.printer = printer
        entry.goes(JobState.SENDING, evidence)
        return True

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Record a state. Raises ValueError on a way that does not exist."""
        entry = self._entries[job_id]
        if entry.state.is_settled:
            proof = entry.evidence.proof or evidence.proof
            entry.evidence = replace(entry.evidence, proof=proof, parted=entry.evidence.parted or evidence.parted)
            return
        check_way(entry.state, state)
        entry.goes(state, evidence)

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        """Jobs under way or uncertain, and what hangs out of the printer."""
        jobs = [
            OpenJob(key, entry.state, entry.evidence)
            for key, entry in self._entries.items()
            if entry.printer == printer
        ]
        return [job for job in jobs if job.is_unfinished]

    async def take_process_ids(self, count: int) -> int:
        """Count up; no process lives long enough to see them repeat."""
        first = self._next_process_id
        self._next_process_id += count
        return first

    async def learnt(self, printer: str) -> Learnt | None:
        """What is known."""
        return self._learnt.get(printer)

    async def learn(self, printer: str, learnt: Learnt) -> None:
        """Keep it."""
        self._learnt[printer] = learnt


def check_way(before: JobState, after: JobState) -> None:
    """Raise ValueError on a move that `JobLedger.moved` must not record."""
    if before.may_be_sent or (after is not before and after not in TRANSITIONS[before]):
        raise ValueError(f"no way from {before} to {after}")
