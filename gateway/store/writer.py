"""The one writer of `branch.db`: a thread that owns the connection and commits in groups.

Whatever queued while the disk was busy with the last sync shares the next one, without waiting to gather; so one sale costs one sync
when the shop is quiet, and a thousand registers' worth of sales cost few when it is not.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

from branchgate.errors import OutcomeUnknown, TryAgain
from gateway.store.connection import connect_for_writing, connect_read_only
from gateway.store.reserve import NoReserve, Reserve

T = TypeVar("T")

DISK_FULL_RETRY_MS = 10_000
"""How long a caller should leave a full disk alone before it tries again."""

STORE_FAILED_RETRY_MS = 1_000
"""How long a caller should wait after the disk failed."""

_PRIMARY_CODE = 0xFF
_NOTHING_WRITTEN = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT})
"""Failures before anything was written: registers keep what they have and come again."""


class Participant(Protocol):
    """Keeps in the writer's thread what the open transaction is about to make true, and is told how the transaction ended."""

    def committed(self) -> Callable[[], None] | None:
        """In the writer's thread, after the sync. Returns what the event loop shall do about it, before any caller goes on."""

    def rolled_back(self) -> None:
        """In the writer's thread: forget what was not committed."""


class Reply(Protocol):
    """Is told in the event loop how its work ended: a future, or something lighter where there are thousands of them."""

    def done(self) -> bool:
        """True for one that nobody waits for any more; it is told nothing."""

    def set_result(self, result: Any, /) -> None:
        """The work is on disk."""

    def set_exception(self, failure: Exception, /) -> None:
        """The work failed, or its outcome is not known."""


R = TypeVar("R", bound=Reply)

_Work = Callable[[sqlite3.Connection, list[Any]], Sequence[Any]]


# Tuples: one of each is made per message of every register.
class _Job(NamedTuple):
    work: _Work
    reply: Reply
    urgent: bool


class _Outcome(NamedTuple):
    reply: Reply
    result: Any = None
    failure: Exception | None = None

    def deliver(self) -> None:
        # A caller that went away cancelled its future; what it asked for is committed all the same.
        if self.reply.done():
            return
        if self.failure is None:
            self.reply.set_result(self.result)
        else:
            self.reply.set_exception(self.failure)


class GroupWriter:
    """Takes works from the event loop, runs them in its thread, answers after the commit that has reached the disk.

    A work touches nothing but the connection it is given: when one work of a group raises, the group is rolled back and each work is
    run again alone, so that only the guilty one fails.
    """

    def __init__(self, path: Path, *, reserve: Reserve | None = None) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._reserve = reserve or NoReserve()
        self._participants: list[Participant] = []
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._closing = False
        self._damaged: Callable[[], None] | None = None
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._connection: sqlite3.Connection | None = connect_for_writing(path)
        # SQLite opens the log's shared memory once for a whole process, as the file system is at that moment: if the writer's were the
        # only connection, one opened on a disk that has turned read-only would leave the store read-only for all, until the last is closed.
        self._keeps_open = connect_read_only(path)
        self._keeps_open.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        self._reserve.hold()
        self._thread = threading.Thread(target=self._run, name="branch.db writer", daemon=True)
        self._thread.start()

    def attach(self, participant: Participant) -> None:
        """Tells `participant` how every later transaction ends. Attach before submitting works that concern it."""
        self._participants.append(participant)

    def tell_damage(self, callback: Callable[[], None]) -> None:
        """Calls back in the event loop whenever SQLite says that the file's pages are damaged."""
        self._damaged = callback

    def submit(self, work: Callable[[sqlite3.Connection], T], *, urgent: bool = False) -> asyncio.Future[T]:
        """Queues `work`; the future is resolved with its result after the commit. Call it from the event loop.

        Urgent works may use the disk's reserve; they are what closing a day needs. The future fails with whatever the work raised,
        with TryAgain (DISK_FULL, CLOSING_DOWN, STORE_FAILED), or with OutcomeUnknown (STORE_FAILED) when the disk failed in the middle.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self.submit_with_others(lambda connection, _: [work(connection)], future, urgent=urgent)
        return future

    def submit_with_others(
        self, work: Callable[[sqlite3.Connection, list[R]], Sequence[Any]], reply: R, *, urgent: bool = False
    ) -> None:
        """Queues a part of a work that is cheaper done for many at once.

        Parts of the same `work` that stand in the queue behind each other are handed to it together, as the list of their replies; it
        returns their results in the same order. When it raises, it is called for each part alone.
        """
        if self._closing:
            reply.set_exception(TryAgain("CLOSING_DOWN"))
        else:
            self._queue.put(_Job(work, reply, urgent))

    async def close(self) -> None:
        """Commits what is queued, refuses what comes later, and closes the file."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    def _run(self) -> None:
        going_on = True
        while going_on:
            jobs, going_on = self._next_group()
            if jobs:
                self._settle(jobs)
        # First, so that the last one to close is one that may copy the log home.
        self._keeps_open.close()
        if self._connection is not None:
            self._connection.close()
        self._loop.call_soon_threadsafe(self._ended.set_result, None)

    def _next_group(self) -> tuple[list[_Job], bool]:
        """Waits for the first job and takes along whatever else has queued; False with it when the writer shall end."""
        jobs: list[_Job] = []
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            try:
                job = self._queue.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False

    def _settle(self, jobs: list[_Job]) -> None:
        """Commits the jobs together or, if that fails, one by one; then wakes the event loop once for all of them."""
        outcomes: list[_Outcome] = []
        if not self._reserve.hold():
            outcomes = [_Outcome(job.reply, failure=_disk_full()) for job in jobs if not job.urgent]
            jobs = [job for job in jobs if job.urgent]
        if jobs:
            try:
                outcomes += self._commit(jobs)
            except Exception as failure:  # noqa: BLE001 - it belongs to a caller, who gets it below
                outcomes += [self._alone(job) for job in jobs] if len(jobs) > 1 else [self._failed(jobs[0], failure)]
        announcements = [call for participant in self._participants if (call := participant.committed())]
        self._loop.call_soon_threadsafe(_deliver, outcomes, announcements)

    def _alone(self, job: _Job) -> _Outcome:
        try:
            return self._commit([job])[0]
        except Exception as failure:  # noqa: BLE001 - it belongs to the caller, who gets it
            return self._failed(job, failure)

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        connection = self._open_connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
            results = _run(connection, jobs)
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back(connection)
            raise
        return [_Outcome(job.reply, result) for job, result in zip(jobs, results, strict=True)]

    def _failed(self, job: _Job, failure: Exception) -> _Outcome:
        """What the caller of a job that failed alone is told; an urgent one gets the reserve first."""
        code = _sqlite_code(failure)
        if code == sqlite3.SQLITE_FULL:
            if job.urgent and self._reserve.release():
                return self._alone(job)
            return _Outcome(job.reply, failure=_disk_full())
        if code == sqlite3.SQLITE_IOERR:
            # Nobody knows what reached the disk; the file, opened again, tells.
            self._drop_connection()
            return _Outcome(job.reply, failure=OutcomeUnknown("STORE_FAILED", rule=str(failure)))
        if code == sqlite3.SQLITE_CORRUPT and self._damaged is not None:
            self._loop.call_soon_threadsafe(self._damaged)
        if code in _NOTHING_WRITTEN:
            # Opened again, the file tells whether it can be written by now.
            self._drop_connection()
            return _Outcome(
                job.reply,
                failure=TryAgain("STORE_FAILED", rule=str(failure), retry_after_ms=STORE_FAILED_RETRY_MS),
            )
        return _Outcome(job.reply, failure=failure)

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        # A full disk makes SQLite roll back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for participant in self._participants:
            participant.rolled_back()

    def _open_connection(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect_for_writing(self._path)
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _run(connection: sqlite3.Connection, jobs: list[_Job]) -> list[Any]:
    """The results of the jobs in order; neighbours with the same work are one call of it."""
    results: list[Any] = []
    for work, run in groupby(jobs, attrgetter("work")):
        results += work(connection, [job.reply for job in run])
    return results


def _deliver(outcomes: list[_Outcome], announcements: list[Callable[[], None]]) -> None:
    for outcome in outcomes:
        outcome.deliver()
    for announce in announcements:
        announce()


def _disk_full() -> TryAgain:
    return TryAgain("DISK_FULL", retry_after_ms=DISK_FULL_RETRY_MS)


def _sqlite_code(failure: Exception) -> int | None:
    code = getattr(failure, "sqlite_errorcode", None) if isinstance(failure, sqlite3.Error) else None
    return None if code is None else code & _PRIMARY_CODE
