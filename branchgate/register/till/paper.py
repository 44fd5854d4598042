"""What becomes of this register's prints, kept up to date while the till runs: which wait and why, and which only a person can settle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

import structlog

from branchgate.errors import BranchgateError
from branchgate.register.client import RegisterClient
from branchgate.v1 import printing_pb2

_log = structlog.get_logger(__name__)

PAUSE_S = 5

_STUCK: Final = (printing_pb2.PRINT_JOB_STATE_BLOCKED, printing_pb2.PRINT_JOB_STATE_WAITING_PRINTER)
_IN_DOUBT: Final = (printing_pb2.PRINT_JOB_STATE_UNCERTAIN, printing_pb2.PRINT_JOB_STATE_PARTIAL)
_SETTLED: Final = (*_IN_DOUBT, printing_pb2.PRINT_JOB_STATE_CANCELLED, printing_pb2.PRINT_JOB_STATE_COPY)
_ON_PAPER: Final = (
    printing_pb2.PRINT_JOB_STATE_PRINTED,
    printing_pb2.PRINT_JOB_STATE_SENT_UNVERIFIED,
    printing_pb2.PRINT_JOB_STATE_PRINTED_BY_OPERATOR,
)

Told = Callable[[printing_pb2.PrintJob], None]


class Prints:
    """Tells a cashier what becomes of paper: each cause once, however often the printer is tried again.

    `asked` is called with each print in doubt, `stuck` when one does not come out, or why has changed, `came_out` when a stuck one is on
    paper after all, or one lies at another printer than its own.
    """

    def __init__(self, register: RegisterClient, *, asked: Told, stuck: Told, came_out: Told) -> None:
        self._register = register
        self._asked, self._tell_stuck, self._tell_came_out = asked, stuck, came_out
        self._in_doubt: dict[bytes, printing_pb2.PrintJob] = {}
        self._stuck: dict[bytes, printing_pb2.PrintJob] = {}

    @property
    def oldest_in_doubt(self) -> printing_pb2.PrintJob | None:
        """The one to ask about."""
        return next(iter(self._in_doubt.values()), None)

    @property
    def stuck(self) -> list[printing_pb2.PrintJob]:
        """Those that were told to be stuck and are not known to have come out."""
        return list(self._stuck.values())

    async def run(self) -> None:
        """Watches until it is cancelled."""
        while True:
            await self._register.until(lambda state: state.connected)
            known = [*self._in_doubt, *self._stuck]
            try:
                async with aclosing(self._register.gateway.watch_print_jobs(known=known)) as jobs:
                    async for job in jobs:
                        self.noted(job)
            except BranchgateError as failure:
                _log.info("print_jobs_not_watched", reason=failure.reason)
            await asyncio.sleep(PAUSE_S)

    def noted(self, job: printing_pb2.PrintJob) -> None:
        """A job as it stands now. On its way to the printer again it is still stuck: most tries end like the one before."""
        if job.state in _STUCK:
            known = self._stuck.get(job.job_id)
            self._stuck[job.job_id] = job
            if known is None or _cause(known) != _cause(job):
                self._tell_stuck(job)
        elif job.state in _ON_PAPER:
            was_stuck = self._stuck.pop(job.job_id, None) is not None
            if was_stuck or (job.intended_printer and job.job_id not in self._in_doubt):
                self._tell_came_out(job)
        elif job.state in _SETTLED:
            self._stuck.pop(job.job_id, None)
            if job.state == printing_pb2.PRINT_JOB_STATE_CANCELLED:
                self._tell_stuck(job)
        self._note_doubt(job)

    def _note_doubt(self, job: printing_pb2.PrintJob) -> None:
        if job.state not in _IN_DOUBT:
            self._in_doubt.pop(job.job_id, None)
        elif job.job_id not in self._in_doubt:
            self._in_doubt[job.job_id] = job
            self._asked(job)


def _cause(job: printing_pb2.PrintJob) -> tuple[str, str]:
    return job.reason, job.printer
