"""The print jobs of a branch: one owner, durable before anything moves, every outcome in the journal in the same commit.

Writing goes through the group writer. What a transaction changed is told to listeners after its commit, in the event loop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from branchgate.clock import Clock
from branchgate.device_records import PrintOutcome
from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from drivers.errors import Reason
from drivers.printing.job import Fence
from drivers.printing.learnt import Learnt
from drivers.printing.ledger import check_way
from drivers.printing.states import JobEvidence, JobState
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

    def undecided(self) -> list[Job]:
        """Jobs under way or in doubt."""
        return rows.undecided(self._reading)

    def unfinished(self, printer: str) -> list[Job]:
        """Jobs of a printer under way or in doubt, and those whose paper was never parted."""
        return rows.unfinished(self._reading, printer)

    def unsent(self) -> list[Job]:
        """Jobs of which nothing was sent."""
        return rows.unsent(self._reading)

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

    async def make_report(self, job: NewJob, body: bytes) -> Job:
        """Stores a report that is in no journal, and its original; the same job id again gives the same job."""

        def work(connection: sqlite3.Connection) -> Job:
            known = rows.by_id(connection, job.job_id)
            if known is not None:
                return known
            rows.add_report(connection, job.event_id, body)
            return self._next_copy_in(connection, job)

        return await self._writer.submit(work)

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        """Records why a printer does not send an unsent job; nothing when it is no longer that printer's."""

        def work(connection: sqlite3.Connection) -> None:
            job = _required(rows.by_id(connection, job_id), job_id)
            if _may_claim(job, printer):
                after = state_of(state)
                declined = rows.set_state(connection, job_id, after, reason, self._clock.now_ms())
                self._changed_in(connection, declined, journaled=after.is_outcome)

        await self._writer.submit(work)

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        """Takes a job for sending: the one way to SENDING. False when it is another printer's, cancelled or claimed by now.

        Asked and recorded in one transaction of the only writer, so of two printers one gets it.
        """

        def work(connection: sqlite3.Connection) -> bool:
            if not _may_claim(_required(rows.by_id(connection, job_id), job_id), printer):
                return False
            sending = rows.set_progress(connection, job_id, PrintState.SENDING, evidence, self._clock.now_ms())
            self._touched.append(sending)
            return True

        return await self._writer.submit(work)

    async def moved(self, printer: str, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Records a step of a claimed job. One that has ended keeps its state; late evidence is added to it.

        Raises ValueError when the job belongs to another printer by now or there is no way to that state: the actor must not go on.
        """

        def work(connection: sqlite3.Connection) -> None:
            job = _required(rows.by_id(connection, job_id), job_id)
            if job.state.is_final:
                self._touched.append(rows.add_evidence(connection, job_id, evidence, self._clock.now_ms()))
                return
            if job.printer != printer:
                raise ValueError(f"job {job_id.hex()} belongs to printer {job.printer!r}, not to {printer!r}")
            check_way(JobState(job.state.value), state)
            after = state_of(state)
            moved = rows.set_progress(connection, job_id, after, evidence, self._clock.now_ms())
            by = job.cancelled_by if after in (PrintState.CANCELLED, PrintState.PARTIAL) else ""
            self._changed_in(connection, moved, journaled=after is not job.state and after.is_outcome, decided_by=by)

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

    async def cancel(self, job_id: bytes, user_id: str) -> Job:
        """Ends a job of which nothing was sent; of one that waits in its printer, notes who wants its end. Returns it as it stands.

        Raises Refused (PRINT_JOB_NOT_FOUND, PRINT_JOB_PRINTING, PRINT_JOB_NOT_CANCELLABLE).
        """

        def work(connection: sqlite3.Connection) -> Job:
            job = _required(rows.by_id(connection, job_id), job_id)
            if job.state is PrintState.CANCELLED or (job.state is PrintState.PARTIAL and job.cancelled_by):
                return job
            _check_cancellable(job)
            wanted = rows.set_cancelled_by(connection, job_id, user_id)
            if not job.state.is_unsent:
                return wanted
            reason = Reason.CANCELLED if job.printer else ""
            cancelled = rows.set_state(connection, job_id, PrintState.CANCELLED, reason, self._clock.now_ms())
            self._changed_in(connection, cancelled, journaled=True, decided_by=user_id)
            return cancelled

        return await self._writer.submit(work)

    async def hand_over(self, home: str, source: str, target: str) -> list[Job]:
        """Gives what was meant for `home`, stands at `source` and was not sent to `target`; one of the two is `home`."""

        def work(connection: sqlite3.Connection) -> list[Job]:
            intended, now_ms = "" if target == home else home, self._clock.now_ms()
            moved = [
                rows.set_printer(connection, job.job_id, target, "", now_ms, intended=intended)
                for job in rows.unsent(connection)
                if job.printer == source and job.home == home
            ]
            self._touched.extend(moved)
            return moved

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

    async def doubt_orphans(self, printers: Collection[str]) -> None:
        """What was under way at a printer that is not among these becomes UNCERTAIN: no actor will ever say so."""

        def work(connection: sqlite3.Connection) -> None:
            for job in rows.undecided(connection):
                if job.state.is_under_way and job.printer not in printers:
                    evidence = replace(job.evidence, bytes_accepted=None, reason=Reason.RESTARTED)
                    state, now_ms = PrintState.UNCERTAIN, self._clock.now_ms()
                    doubted = rows.set_progress(connection, job.job_id, state, evidence, now_ms)
                    self._changed_in(connection, doubted, journaled=True)

        await self._writer.submit(work, urgent=True)

    async def take_process_ids(self, count: int) -> int:
        """Reserves `count` numbers that no printer of the branch ever had, and returns the first."""

        def work(connection: sqlite3.Connection) -> int:
            return rows.take_process_ids(connection, count)

        return await self._writer.submit(work)

    def learnt(self, printer: str) -> Learnt | None:
        """What a printer once showed it can do."""
        row = self._reading.execute(
            "SELECT address, model, fence FROM learnt_printers WHERE printer = ?", (printer,)
        ).fetchone()
        return None if row is None else Learnt(row[0], row[1], Fence(row[2]))

    async def learn(self, printer: str, learnt: Learnt) -> None:
        """Keeps what a printer showed it can do."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO learnt_printers (printer, address, model, fence) VALUES (?, ?, ?, ?)",
                (printer, learnt.address, learnt.model, learnt.fence),
            )

        await self._writer.submit(work)

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
    answered = job.state in (PrintState.PRINTED_BY_OPERATOR, PrintState.COPY)
    proof = "operator" if answered else job.proof or "none"
    body = PrintOutcome(
        job.job_id, job.event_id, job.copy_number, job.state, proof, decided_by, job.changed_at_ms
    ).encode()
    return NewEntry(new_event_id(job.changed_at_ms), job.register_id, OWN, EventKind.PRINT_OUTCOME, body)


def _required(job: Job | None, job_id: bytes) -> Job:
    if job is None:
        raise Refused("PRINT_JOB_NOT_FOUND", field="job_id", value=job_id.hex(), kind=RefusedKind.NOT_FOUND)
    return job


def _may_claim(job: Job, printer: str) -> bool:
    return job.printer == printer and job.state.is_unsent


def _check_cancellable(job: Job) -> None:
    if job.state.is_unsent or job.state is PrintState.WAITING_PRINTER:
        return
    printing = job.state in (PrintState.SENDING, PrintState.AWAITING)
    raise Refused(
        "PRINT_JOB_PRINTING" if printing else "PRINT_JOB_NOT_CANCELLABLE",
        field="state",
        value=job.state,
        rule="QUEUED, BLOCKED or WAITING_PRINTER",
        kind=RefusedKind.NOT_NOW,
    )


def _check_in_doubt(job: Job) -> None:
    if not job.state.asks_a_person:
        raise Refused(
            "PRINT_JOB_NOT_IN_DOUBT",
            field="state",
            value=job.state,
            rule="only an uncertain or partial job takes an answer",
            kind=RefusedKind.NOT_NOW,
        )
