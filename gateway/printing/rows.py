"""Reading and writing rows of `print_jobs`. Everything here takes a connection and belongs in somebody's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from drivers.escpos.commands import process_id
from drivers.printing.states import JobEvidence, Proof
from gateway.printing.jobs import UNROUTED, DocumentKind, Job, NewJob, PrintState

_COLUMNS = (
    "job_id, event_id, document, template, title, register_id, role, printer, copy_number, replaces_job_id, user_id,"
    " state, reason, proof, bytes_accepted, begun, cutter_before, cutter_after, pid_start, pid_end, created_at, changed_at,"
    " intended_printer, cancelled_by, parted"
)
_UNSENT = "state IN ('QUEUED', 'BLOCKED')"
_UNDECIDED = "state IN ('SENDING', 'AWAITING', 'WAITING_PRINTER', 'UNCERTAIN', 'PARTIAL')"
_UNFINISHED = f"({_UNDECIDED} OR parted = 0)"  # as the index has it


def insert(connection: sqlite3.Connection, job: NewJob, copy_number: int, now_ms: int) -> Job | None:
    """Stores a job; None when the event has a job with this copy number already."""
    state = PrintState.BLOCKED if job.printer == UNROUTED else PrintState.QUEUED
    row = connection.execute(
        f"INSERT INTO print_jobs ({_COLUMNS})"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0, NULL, NULL, NULL, NULL, ?, ?, '', '', 1)"
        f" ON CONFLICT (event_id, copy_number) DO NOTHING RETURNING {_COLUMNS}",
        (
            job.job_id,
            job.event_id,
            job.document,
            job.template,
            job.title,
            job.register_id,
            job.role,
            job.printer,
            copy_number,
            job.replaces_job_id,
            job.user_id,
            state,
            job.reason,
            now_ms,
            now_ms,
        ),
    ).fetchone()
    return None if row is None else _job(row)


def next_copy_number(connection: sqlite3.Connection, event_id: bytes) -> int:
    """0 if nothing was ever made of the event, else the number of its next copy."""
    row = connection.execute("SELECT max(copy_number) FROM print_jobs WHERE event_id = ?", (event_id,)).fetchone()
    return 0 if row[0] is None else int(row[0]) + 1


def set_state(connection: sqlite3.Connection, job_id: bytes, state: PrintState, reason: str, now_ms: int) -> Job:
    """Moves a job without new evidence."""
    return _one(
        connection.execute(
            f"UPDATE print_jobs SET state = ?, reason = ?, changed_at = ? WHERE job_id = ? RETURNING {_COLUMNS}",
            (state, reason, now_ms, job_id),
        )
    )


def set_progress(
    connection: sqlite3.Connection, job_id: bytes, state: PrintState, evidence: JobEvidence, now_ms: int
) -> Job:
    """Moves a job with all that is known about it now."""
    return _one(
        connection.execute(
            "UPDATE print_jobs SET state = ?, reason = ?, proof = ?, bytes_accepted = ?, begun = ?, cutter_before = ?,"
            " cutter_after = ?, pid_start = ?, pid_end = ?, parted = ?, changed_at = ? WHERE job_id = ?"
            f" RETURNING {_COLUMNS}",
            (
                state,
                evidence.reason or "",
                evidence.proof or "",
                evidence.bytes_accepted,
                evidence.begun,
                evidence.cutter_before,
                evidence.cutter_after,
                evidence.pid_start,
                evidence.pid_end,
                evidence.parted,
                now_ms,
                job_id,
            ),
        )
    )


def add_evidence(connection: sqlite3.Connection, job_id: bytes, evidence: JobEvidence, now_ms: int) -> Job:
    """Keeps what the printer still said about a job that has ended; its state and what stood there before stay."""
    return _one(
        connection.execute(
            "UPDATE print_jobs SET proof = CASE proof WHEN '' THEN ? ELSE proof END,"
            " cutter_after = coalesce(cutter_after, ?), parted = parted OR ?, changed_at = ? WHERE job_id = ?"
            f" RETURNING {_COLUMNS}",
            (evidence.proof or "", evidence.cutter_after, evidence.parted, now_ms, job_id),
        )
    )


def set_printer(
    connection: sqlite3.Connection, job_id: bytes, printer: str, reason: str, now_ms: int, *, intended: str = ""
) -> Job:
    """Gives an unsent job to a printer, or to none for a reason. `intended`: the one that the printer stands in for."""
    state = PrintState.BLOCKED if printer == UNROUTED else PrintState.QUEUED
    return _one(
        connection.execute(
            "UPDATE print_jobs SET printer = ?, intended_printer = ?, state = ?, reason = ?, changed_at = ? WHERE job_id = ?"
            f" RETURNING {_COLUMNS}",
            (printer, intended, state, reason, now_ms, job_id),
        )
    )


def set_cancelled_by(connection: sqlite3.Connection, job_id: bytes, user_id: str) -> Job:
    """Notes who wants a job cancelled; its state follows when it is known what came of that."""
    return _one(
        connection.execute(
            f"UPDATE print_jobs SET cancelled_by = ? WHERE job_id = ? RETURNING {_COLUMNS}", (user_id, job_id)
        )
    )


def by_id(connection: sqlite3.Connection, job_id: bytes) -> Job | None:
    """One job."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM print_jobs WHERE job_id = ?", (job_id,)).fetchone()
    return None if row is None else _job(row)


def add_report(connection: sqlite3.Connection, event_id: bytes, body: bytes) -> None:
    """Keeps what a report says."""
    connection.execute("INSERT INTO printed_reports (event_id, body) VALUES (?, ?)", (event_id, body))


def report_of(connection: sqlite3.Connection, event_id: bytes) -> bytes | None:
    """What a report says; None when there is none of that id."""
    row = connection.execute("SELECT body FROM printed_reports WHERE event_id = ?", (event_id,)).fetchone()
    return None if row is None else bytes(row[0])


def replacement_of(connection: sqlite3.Connection, job_id: bytes) -> Job | None:
    """The copy that was made in a job's place."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM print_jobs WHERE replaces_job_id = ?", (job_id,)).fetchone()
    return None if row is None else _job(row)


def next_unsent(connection: sqlite3.Connection, printer: str) -> Job | None:
    """The oldest job of a printer of which nothing was sent."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM print_jobs WHERE printer = ? AND {_UNSENT} ORDER BY place LIMIT 1", (printer,)
    ).fetchone()
    return None if row is None else _job(row)


def unsent(connection: sqlite3.Connection) -> list[Job]:
    """All jobs of which nothing was sent, oldest first."""
    return _jobs(connection.execute(f"SELECT {_COLUMNS} FROM print_jobs WHERE {_UNSENT} ORDER BY place"))


def undecided(connection: sqlite3.Connection) -> list[Job]:
    """Jobs under way or in doubt, oldest first."""
    return _jobs(connection.execute(f"SELECT {_COLUMNS} FROM print_jobs WHERE {_UNDECIDED} ORDER BY place"))


def unfinished(connection: sqlite3.Connection, printer: str) -> list[Job]:
    """Jobs of a printer that are under way or in doubt, or whose paper was never parted, oldest first."""
    return _jobs(
        connection.execute(
            f"SELECT {_COLUMNS} FROM print_jobs WHERE {_UNFINISHED} AND printer = ? ORDER BY place", (printer,)
        )
    )


def newest(connection: sqlite3.Connection, states: Sequence[PrintState], event_id: bytes, limit: int) -> list[Job]:
    """Jobs, newest first; no states and an empty event mean all."""
    conditions, values = ["TRUE"], list[object](states)
    if states:
        conditions.append(f"state IN ({', '.join('?' * len(states))})")
    if event_id:
        conditions.append("event_id = ?")
        values.append(event_id)
    return _jobs(
        connection.execute(
            f"SELECT {_COLUMNS} FROM print_jobs WHERE {' AND '.join(conditions)} ORDER BY place DESC LIMIT ?",
            (*values, limit),
        )
    )


def take_process_ids(connection: sqlite3.Connection, count: int) -> int:
    """Counts on by `count` and returns the first; leaps over what stands, since the characters last repeated, for an unfinished job."""
    first = int(connection.execute("SELECT next FROM process_ids").fetchone()[0])
    awaited = {
        identity
        for row in connection.execute(f"SELECT pid_start, pid_end FROM print_jobs WHERE {_UNFINISHED}")
        for identity in row
    }
    while not awaited.isdisjoint(process_id(number) for number in range(first, first + count)):
        first += count
    connection.execute("UPDATE process_ids SET next = ?", (first + count,))
    return first


def _one(cursor: sqlite3.Cursor) -> Job:
    return _job(cursor.fetchone())


def _jobs(cursor: sqlite3.Cursor) -> list[Job]:
    return [_job(row) for row in cursor.fetchall()]


def _job(row: tuple[Any, ...]) -> Job:
    return Job(
        job_id=row[0],
        event_id=row[1],
        document=DocumentKind(row[2]),
        template=row[3],
        title=row[4],
        register_id=row[5],
        role=row[6],
        printer=row[7],
        copy_number=row[8],
        replaces_job_id=row[9],
        user_id=row[10],
        state=PrintState(row[11]),
        reason=row[12],
        proof=Proof(row[13]) if row[13] else None,
        bytes_accepted=row[14],
        begun=bool(row[15]),
        cutter_before=row[16],
        cutter_after=row[17],
        pid_start=row[18],
        pid_end=row[19],
        created_at_ms=row[20],
        changed_at_ms=row[21],
        intended_printer=row[22],
        cancelled_by=row[23],
        parted=bool(row[24]),
    )
