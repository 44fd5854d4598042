"""The print jobs of a branch: one owner, durable before anything moves, every outcome in the journal in the same commit.

Writing goes through the group writer. What a transaction changed is told to listeners after its commit, in the event loop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from branchgate.clock import Clock
from branchgate.device_records import PrintOutcome
from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from drivers.printing.states import TRANSITIONS, JobEvidence, JobState
from gateway.journal import OWN, Journal, NewEntry
from gateway.printing import rows
from gateway.printing.jobs import Job, NewJob, PrintState, state_of
from gateway.store.connection import connect_read_only
from gateway.store.writer import GroupWriter

Listener = Callable[[Sequence[Job]], None]
Route = Callable[[Job], tuple[str, str]]
"""Printer and reason for a job; the printer is `UNROUTED` when the reason says why there is none."""


class JobStore:
    """Jobs and process ids. Methods ending in `_in` run in a work of the group writer; the others on the event loop."""

    def __init__(self, writer: GroupWriter, journal: Journal, path: Path, clock: Clock) -> None:
        self._writer, self._journal, self._clock = writer, journal, clock
        self._reading = connect_read_only(path)
        self._listeners: list[Listener] = []
        self._touched: list[Job] = []  # only the writer's thread looks at it
        writer.attach(self)

    def close(self) -> None:
        """Closes the reading connection; the writer belongs to somebody else."""
        self._reading.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def job(self, job_id: bytes) -> Job:
        """One job. Raises Refused (PRINT_JOB_NOT_FOUND)."""
        return _required(rows.by_id(self._reading, job_id), job_id)

    def next_unsent(self, printer: str) -> Job | None:
        """The oldest job of a printer of which nothing was sent."""
        return rows.next_unsent(self._reading, printer)

    def undecided(self, printer: str | None = None) -> list[Job]:
        """Jobs under way or in doubt, of one printer or of all."""
        return rows.undecided(self._reading, printer)

    def open_jobs(self) -> list[Job]:
        """Everything that is not at its end or waits for a person."""
        return [*rows.undecided(self._reading), *rows.unsent(self._reading)]

    def newest(self, states: Sequence[PrintState], event_id: bytes, limit: int) -> list[Job]:
        """Jobs, newest first; no states and an empty event mean all."""
        return rows.newest(self._reading, states, event_id, limit)

    # -- writing ---------------------------------------------------------------------------------------------------

    def original_in(self, connection: sqlite3.Connection, job: NewJob, now_ms: int) -> Job | None:
        """Stores the unmarked original of an event; None when there is one already, in whatever state."""
        made = rows.insert(connection, job, 0, now_ms)
        if made is not None:
            self._touched.append(made)
        return made

    async def make_original(self, job: NewJob, now_ms: int) -> Job | None:
        """Stores the unmarked original of an event, in a transaction of its own; None when there is one already."""
        return await self._writer.submit(lambda connection: self.original_in(connection, job, now_ms))

    async def make(self, job: NewJob) -> Job:
        """Stores the original of an event or, if it ever had one, its next copy; the same job id again gives the same job.

        Raises Refused (REQUEST_ID_REUSED) when the id belongs to a job for another event.
        """

        def work(connection: sqlite3.Connection) -> Job:
            known = rows.by_id(connection, job.job_id)
            if known is None:
                return self._next_copy_in(connection, job)
            if known.event_id != job.event_id:
                raise Refused(
                    "REQUEST_ID_REUSED",
                    field="request_id",
                    value=job.job_id.hex(),
                    rule="an id of its own for every request",
                    kind=RefusedKind.EXISTS,
                )
            return known

        return await self._writer.submit(work)

    async def moved(self, printer: str, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Records a step of a printer's actor. A job that has ended keeps its state; late evidence is added to it.

        Raises ValueError when the job belongs to another printer by now or there is no way to that state: the actor must not go on.
        """

        def work(connection: sqlite3.Connection) -> None:
            job = _required(rows.by_id(connection, job_id), job_id)
            if job.state.is_final:
                self._touched.append(rows.add_evidence(connection, job_id, evidence, self._clock.now_ms()))
                return
            if job.printer != printer:
                raise ValueError(f"job {job_id.hex()} belongs to printer {job.printer!r}, not to {printer!r}")
            before, after = JobState(job.state.value), state_of(state)
            if state is not before and state not in TRANSITIONS[before]:
                raise ValueError(f"no way from {before} to {state}")
            moved = rows.set_progress(connection, job_id, after, evidence, self._clock.now_ms())
            self._changed_in(connection, moved, journaled=after is not job.state and after.is_outcome)

        await self._writer.submit(work)

    async def confirm(self, job_id: bytes, user_id: str) -> Job:
        """A person saw it complete on paper. Raises Refused (PRINT_JOB_NOT_FOUND, PRINT_JOB_NOT_IN_DOUBT)."""

        def work(connection: sqlite3.Connection) -> Job:
            job = _required(rows.by_id(connection, job_id), job_id)
            if job.state in (PrintState.PRINTED, PrintState.PRINTED_BY_OPERATOR):
                return job
            _check_in_doubt(job)
            return self._decided_in(connection, job, PrintState.PRINTED_BY_OPERATOR, user_id)

        return await self._writer.submit(work)

    async def replace(self, job_id: bytes, user_id: str, route: Route) -> tuple[Job, Job]:
        """A person did not see it complete: the job ends as COPY, and a copy is made in its place, once.

        Raises Refused (PRINT_JOB_NOT_FOUND, PRINT_JOB_NOT_IN_DOUBT).
        """

        def work(connection: sqlite3.Connection) -> tuple[Job, Job]:
            job = _required(rows.by_id(connection, job_id), job_id)
            known = rows.replacement_of(connection, job_id)
            if known is not None:
                return job, known
            _check_in_doubt(job)
            decided = self._decided_in(connection, job, PrintState.COPY, user_id)
            printer, reason = route(job)
            copy = NewJob(
                job_id=new_event_id(self._clock.now_ms()),
                event_id=job.event_id,
                document=job.document,
                template=job.template,
                title=job.title,
                register_id=job.register_id,
                role=job.role,
                printer=printer,
                reason=reason,
                user_id=user_id,
                replaces_job_id=job_id,
            )
            return decided, self._next_copy_in(connection, copy)

        return await self._writer.submit(work)

    async def reroute(self, route: Route) -> None:
        """Gives every job of which nothing was sent to the printer that serves it now."""

        def work(connection: sqlite3.Connection) -> None:
            for job in rows.unsent(connection):
                printer, reason = route(job)
                if printer != job.printer or (not printer and reason != job.reason):
                    self._touched.append(
                        rows.set_printer(connection, job.job_id, printer, reason, self._clock.now_ms())
                    )

        # Urgent: part of the start, and a gateway must start on a full disk too.
        await self._writer.submit(work, urgent=True)

    async def take_process_ids(self, printer: str, count: int) -> int:
        """Reserves `count` numbers that this printer never had, and returns the first."""

        def work(connection: sqlite3.Connection) -> int:
            row = connection.execute(
                "INSERT INTO process_ids (printer, next) VALUES (?, ?)"
                " ON CONFLICT (printer) DO UPDATE SET next = next + excluded.next RETURNING next",
                (printer, count),
            ).fetchone()
            return int(row[0]) - count

        return await self._writer.submit(work)

    def _next_copy_in(self, connection: sqlite3.Connection, job: NewJob) -> Job:
        number = rows.next_copy_number(connection, job.event_id)
        made = rows.insert(connection, job, number, self._clock.now_ms())
        if made is None:
            raise RuntimeError(f"copy {number} of {job.event_id.hex()} appeared inside the transaction that counted")
        self._touched.append(made)
        return made

    def _decided_in(self, connection: sqlite3.Connection, job: Job, state: PrintState, user_id: str) -> Job:
        decided = rows.set_state(connection, job.job_id, state, "", self._clock.now_ms())
        self._changed_in(connection, decided, journaled=True, decided_by=user_id)
        return decided

    def _changed_in(self, connection: sqlite3.Connection, job: Job, *, journaled: bool, decided_by: str = "") -> None:
        self._touched.append(job)
        if journaled:
            self._journal.append_in(connection, [_outcome(job, decided_by)])

    # -- telling ---------------------------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls back in the event loop with the jobs that a commit changed, as they stand then. Returns what ends it."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    def committed(self) -> Callable[[], None] | None:
        """Part of being the writer's participant."""
        if not self._touched:
            return None
        touched, self._touched = self._touched, []
        return partial(self._announce, touched)

    def rolled_back(self) -> None:
        """Part of being the writer's participant."""
        self._touched = []

    def _announce(self, jobs: Sequence[Job]) -> None:
        for listener in tuple(self._listeners):
            listener(jobs)


def _outcome(job: Job, decided_by: str) -> NewEntry:
    proof = "operator" if decided_by else job.proof or "none"
    body = PrintOutcome(
        job.job_id, job.event_id, job.copy_number, job.state, proof, decided_by, job.changed_at_ms
    ).encode()
    return NewEntry(new_event_id(job.changed_at_ms), job.register_id, OWN, EventKind.PRINT_OUTCOME, body)


def _required(job: Job | None, job_id: bytes) -> Job:
    if job is None:
        raise Refused("PRINT_JOB_NOT_FOUND", field="job_id", value=job_id.hex(), kind=RefusedKind.NOT_FOUND)
    return job


def _check_in_doubt(job: Job) -> None:
    if not job.state.asks_a_person:
        raise Refused(
            "PRINT_JOB_NOT_IN_DOUBT",
            field="state",
            value=job.state,
            rule="only an uncertain or partial job takes an answer",
            kind=RefusedKind.NOT_NOW,
        )
