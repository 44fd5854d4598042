"""What an actor needs somebody to keep: the jobs of a printer and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from drivers.escpos.document import Document
from drivers.escpos.profile import PrinterProfile
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

    def document_for(self, profile: PrinterProfile) -> Document:
        """What to print. Called in the actor, so it must be quick; DeviceRefused cancels the job as unprintable."""
        ...


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that was under way or uncertain when the ledger was last written."""

    job_id: bytes
    state: JobState
    evidence: JobEvidence


class JobLedger(Protocol):
    """Kept durably: when a coroutine returns, its effect survives a power cut. The actor sends nothing before that.

    An exception from here ends the actor's `run`: whoever started it decides when to start it again.
    """

    async def next_job(self, printer: str) -> QueuedJob | None:
        """The oldest job in QUEUED or BLOCKED. It stays the oldest until it moves."""
        ...

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Record a state; also called with an unchanged state and new evidence.

        A settled job keeps its state: proof that comes after a person's word is recorded as evidence only.
        PREFLIGHT is never recorded, since nothing has happened in it.
        """
        ...

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        """Jobs in SENDING, AWAITING, WAITING_PRINTER or UNCERTAIN, oldest first."""
        ...

    async def take_process_ids(self, printer: str, count: int) -> int:
        """Reserve `count` numbers that were never given before for this printer, and return the first."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryJob:
    """A job of a `MemoryLedger`."""

    job_id: bytes
    document: Document
    copy_number: int = 0

    def document_for(self, profile: PrinterProfile) -> Document:
        """The document, the same for every printer."""
        return self.document


@dataclass(slots=True)
class _Entry:
    job: MemoryJob
    state: JobState = JobState.QUEUED
    evidence: JobEvidence = field(default_factory=JobEvidence)
    history: list[JobState] = field(default_factory=list)


class MemoryLedger:
    """A ledger for one printer and one process: for the command line, and to test actors against."""

    def __init__(self, first_process_id: int = 0) -> None:
        self._entries: dict[bytes, _Entry] = {}
        self._next_process_id = first_process_id

    def add(self, job: MemoryJob) -> None:
        """Queue a job; the same id again is the same job."""
        self._entries.setdefault(job.job_id, _Entry(job))

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
        return next((entry.job for entry in self._entries.values() if entry.state.may_be_sent), None)

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Record a state. Raises ValueError on a way that does not exist."""
        entry = self._entries[job_id]
        if entry.state.is_settled:
            entry.evidence = replace(entry.evidence, proof=entry.evidence.proof or evidence.proof)
            return
        if state is not entry.state and state not in TRANSITIONS[entry.state]:
            raise ValueError(f"no way from {entry.state} to {state}")
        entry.state, entry.evidence = state, evidence
        entry.history.append(state)

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        """Jobs under way or uncertain."""
        return [
            OpenJob(job_id, entry.state, entry.evidence)
            for job_id, entry in self._entries.items()
            if entry.state.is_open or entry.state is JobState.UNCERTAIN
        ]

    async def take_process_ids(self, printer: str, count: int) -> int:
        """Count up."""
        first = self._next_process_id
        self._next_process_id += count
        return first
