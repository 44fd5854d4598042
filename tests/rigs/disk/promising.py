"""Programs that write and promise, until the power goes: each prints a line once what it names is said to be on disk.

    python -m tests.rigs.disk.promising sales|outbox|jobs FOLDER [LEVEL]

LEVEL weakens the store to another `PRAGMA synchronous`, to show that the rig sees what that loses.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from branchgate.numbers import NumberRange
from branchgate.register.outbox import Outbox
from drivers.printing.states import JobEvidence
from gateway.printing.job_store import JobStore
from gateway.printing.jobs import DocumentKind, NewJob
from gateway.printing.tables import PRINTING
from gateway.store import bring_up_to_date, connect_for_writing
from tests.gateway.branch import NOW_MS, open_branch, sale

JOURNAL_ID = bytes(16)
PRINTER = "front"


def promise(what: str) -> None:
    """From here on it must not be lost."""
    os.write(sys.stdout.fileno(), f"{what}\n".encode())


def weaken(connection: sqlite3.Connection | None, level: str) -> None:
    if level:
        assert connection is not None
        connection.execute(f"PRAGMA synchronous = {level}")


async def sales(folder: Path, level: str) -> None:
    """A gateway that records."""
    async with open_branch(folder) as branch:
        weaken(branch.writer._connection, level)
        number = 0
        while True:
            number += 1
            recorded = await branch.recorder.record("k1", [sale(number)])
            promise(str(recorded.settled_register_sequence))


async def outbox(folder: Path, level: str) -> None:
    """A till that sells."""
    book = open_outbox(folder)
    book.greeted(JOURNAL_ID, 1, 1)
    weaken(book._connection, level)
    while True:
        promise(book.add(EventKind.CASH_COUNT, os.urandom(200)).event_id.hex())


def open_outbox(folder: Path) -> Outbox:
    return Outbox(folder / "outbox.db", "mitte/k1", NumberRange("K1-", 6), SystemClock())


async def jobs(folder: Path, level: str) -> None:
    """Print jobs, each claimed at once: a claim that was forgotten would print a second original."""
    connection = connect_for_writing(folder / "branch.db")
    bring_up_to_date(connection, (PRINTING,))
    connection.close()
    async with open_branch(folder) as branch:
        weaken(branch.writer._connection, level)
        store = JobStore(branch.writer, branch.journal, branch.path, branch.clock)
        while True:
            job = NewJob(
                job_id=new_event_id(NOW_MS),
                event_id=new_event_id(NOW_MS),
                document=DocumentKind.RECEIPT,
                template=1,
                title="K1-000001",
                register_id="k1",
                role="receipt",
                printer=PRINTER,
            )
            await store.make_original(job, NOW_MS)
            if await store.claim(PRINTER, job.job_id, JobEvidence()):
                promise(job.job_id.hex())


PROGRAMS: dict[str, Callable[[Path, str], Coroutine[None, None, None]]] = {
    "sales": sales,
    "outbox": outbox,
    "jobs": jobs,
}

if __name__ == "__main__":
    asyncio.run(PROGRAMS[sys.argv[1]](Path(sys.argv[2]), "".join(sys.argv[3:])))
