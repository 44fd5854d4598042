"""The print desk: takes wishes and requests for paper, finds the printer, wakes its actor, and asks people when paper is in doubt."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from branchgate.catalogue import BranchSettings
from branchgate.chain import EVENT_ID_BYTES
from branchgate.errors import Refused, TryAgain
from branchgate.figures import Closing, encode_closing
from branchgate.ids import new_event_id
from branchgate.receipts.model import Receipt
from gateway.devices import Devices
from gateway.printing.documents import Documents, job_for, receipt_job, x_job
from gateway.printing.job_store import JobStore
from gateway.printing.jobs import UNROUTED, Job, NewJob, PrintState
from gateway.printing.watching import JobWatch
from gateway.routing import RECEIPT, Routes
from gateway.short_texts import role_kept, role_name, short_text

SETTINGS_MISSING = "BRANCH_SETTINGS_MISSING"
NO_DEVICE = "NO_DEVICE_FOR_ROLE"

CANCEL_AGAIN_MS = 5_000
"""How long to leave a printer that hears no commands alone."""

MOST_JOBS = 1000
USUAL_JOBS = 100


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an answer led to: the job as it ended, and the copy made in its place when it was not on paper."""

    job: Job
    copy: Job | None = None


class PrintDesk:
    """Everything about print jobs that others may ask for. Call it from the event loop, `wish` excepted."""

    def __init__(self, store: JobStore, documents: Documents, devices: Devices) -> None:
        self._store, self._documents, self._devices = store, documents, devices
        self.routes = Routes(devices.configured)
        store.subscribe(self._wake)

    async def use_settings(self, settings: BranchSettings | None) -> None:
        """Takes the branch's settings, at start and whenever central changes them; jobs not sent yet follow their roles."""
        self.routes = Routes(self._devices.configured, settings)
        self._documents.settings = settings
        await self._store.doubt_orphans([device.name for device in self._devices.configured])
        await self._store.reroute(self._route_again)
        for device in self._devices.configured:
            self._devices.wake(device.name)

    def wish(
        self,
        connection: sqlite3.Connection,
        register_id: str,
        event_id: bytes,
        receipt: Receipt,
        role: str,
        now_ms: int,
    ) -> None:
        """Notes, in the receipt's own commit, that its original is wanted on paper; again and again changes nothing.

        Runs in the writer's thread. Never refuses: a receipt is not lost for want of a printer, its job waits and says why. So does
        one for a role that cannot be: it is kept under a name that no device serves.
        """
        job = receipt_job(new_event_id(now_ms), event_id, receipt, register_id, role_kept(role or RECEIPT))
        self._store.original_in(connection, self._routed(job), now_ms)

    async def print_receipt(
        self, request_id: bytes, event_id: bytes, role: str = "", user_id: str = "", register_id: str = ""
    ) -> Job:
        """Prints a recorded receipt or closing: its original if none was ever made, else a copy marked KOPIE.

        `register_id` is the register that asks, whose printer is used; empty: the one that made the event. The same request id gives
        the same job. Raises Refused (INVALID_VALUE, RECEIPT_NOT_RECORDED, EVENT_NOT_PRINTABLE, REQUEST_ID_REUSED).
        """
        if len(request_id) != EVENT_ID_BYTES:
            raise Refused("INVALID_VALUE", field="request_id", value=request_id.hex(), rule="16 bytes")
        role, user_id = role_name(role or RECEIPT), short_text(user_id, "user_id")
        entry = self._documents.entry(event_id)
        # In a thread: reading a receipt of thousands of lines would keep all others from an answer.
        job = await asyncio.to_thread(job_for, request_id, entry, register_id or entry.register_id, role)
        return await self._store.make(replace(self._routed(job), user_id=user_id))

    async def print_closing(self, event_id: bytes, register_id: str) -> None:
        """Prints a closing's original on its register's receipt printer, once, however often it is asked for.

        Raises Refused (RECEIPT_NOT_RECORDED, EVENT_NOT_PRINTABLE).
        """
        entry = self._documents.entry(event_id)
        job = job_for(new_event_id(entry.recorded_at_ms), entry, register_id, RECEIPT)
        await self._store.make_original(self._routed(job), entry.recorded_at_ms)

    async def print_x(self, request_id: bytes, report: Closing) -> Job:
        """Prints an X report on its register's receipt printer. It is kept as a closing without a number; nothing is journaled of it.

        The same request id gives the same job. Raises Refused (INVALID_VALUE).
        """
        if len(request_id) != EVENT_ID_BYTES:
            raise Refused("INVALID_VALUE", field="request_id", value=request_id.hex(), rule="16 bytes")
        job = replace(x_job(request_id, report), user_id=short_text(report.user_id, "user_id"))
        return await self._store.make_report(self._routed(job), encode_closing(report))

    async def resolve(self, job_id: bytes, complete_on_paper: bool, user_id: str) -> Resolved:
        """Takes a person's answer to "Liegt der Bon vollständig vor?". The same answer again gives the same result.

        Raises Refused (INVALID_VALUE, PRINT_JOB_NOT_FOUND, PRINT_JOB_NOT_IN_DOUBT).
        """
        user_id = short_text(user_id, "user_id")
        if complete_on_paper:
            return Resolved(await self._store.confirm(job_id, user_id))
        return Resolved(*await self._store.replace(job_id, user_id, self._route))

    async def cancel(self, job_id: bytes, user_id: str) -> Job:
        """Takes back a job of which nothing was sent (CANCELLED), or one that waits in its printer (CANCELLED or PARTIAL).

        Returns the job as it stands then; it is UNCERTAIN when the printer did not confirm that it forgot it. The same again changes
        nothing. Raises Refused (INVALID_VALUE, PRINT_JOB_NOT_FOUND, PRINT_JOB_PRINTING, PRINT_JOB_NOT_CANCELLABLE), TryAgain
        (PRINTER_NOT_LISTENING).
        """
        job = await self._store.cancel(job_id, short_text(user_id, "user_id"))
        if job.state is PrintState.WAITING_PRINTER:
            await self._devices.cancel(job.printer, job_id)
            job = self._store.job(job_id)
        if job.state.is_under_way:
            raise TryAgain("PRINTER_NOT_LISTENING", field="printer", value=job.printer, retry_after_ms=CANCEL_AGAIN_MS)
        return job

    def jobs(self, states: Sequence[PrintState] = (), event_id: bytes = b"", limit: int = 0) -> list[Job]:
        """Jobs, newest first; 0 means a hundred. Raises Refused (INVALID_VALUE)."""
        if not 0 <= limit <= MOST_JOBS:
            raise Refused("INVALID_VALUE", field="limit", value=limit, rule=f"1 to {MOST_JOBS}, or 0 for {USUAL_JOBS}")
        return self._store.newest(states, event_id, limit or USUAL_JOBS)

    def waiting_for_people(self) -> int:
        """How many jobs somebody must look at."""
        return sum(job.state.asks_a_person for job in self._store.undecided())

    def watch(self, register_id: str = "") -> JobWatch:
        """The open jobs, then every change; the caller closes it."""
        return JobWatch(self._store, register_id)

    def _routed(self, job: NewJob) -> NewJob:
        printer, reason = self._choose(job.register_id, job.role)
        return replace(job, printer=printer, reason=reason)

    def _route(self, job: Job) -> tuple[str, str]:
        return self._choose(job.register_id, job.role)

    def _route_again(self, job: Job) -> tuple[str, str]:
        """A job that its printer's fallback has got stays there, as long as it is that printer's fallback."""
        printer, reason = self._route(job)
        diverted = printer and job.intended_printer == printer and self.routes.fallback_of(printer) == job.printer
        return (job.printer, job.reason) if diverted else (printer, reason)

    def _choose(self, register_id: str, role: str) -> tuple[str, str]:
        routes = self.routes  # one snapshot: this also runs in the writer's thread
        printer = routes.printer_for(register_id, role)
        if printer is not None:
            return printer, ""
        return UNROUTED, SETTINGS_MISSING if routes.settings is None else NO_DEVICE

    def _wake(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.state is PrintState.QUEUED:
                self._devices.wake(job.printer)
