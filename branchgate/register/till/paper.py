"""Prints of this register that only a person can settle, kept up to date while the till runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import structlog

from branchgate.errors import BranchgateError
from branchgate.register.client import RegisterClient
from branchgate.v1 import printing_pb2

_log = structlog.get_logger(__name__)

PAUSE_S = 5


class UncertainPrints:
    """The prints in doubt, oldest first. `asked` is called with each new one."""

    def __init__(self, register: RegisterClient, asked: Callable[[printing_pb2.PrintJob], None]) -> None:
        self._register = register
        self._asked = asked
        self._jobs: dict[bytes, printing_pb2.PrintJob] = {}

    @property
    def oldest(self) -> printing_pb2.PrintJob | None:
        """The one to ask about."""
        return next(iter(self._jobs.values()), None)

    async def run(self) -> None:
        """Watches until it is cancelled."""
        while True:
            await self._register.until(lambda state: state.connected)
            try:
                async with aclosing(self._register.gateway.watch_print_jobs()) as jobs:
                    async for job in jobs:
                        self.noted(job)
            except BranchgateError as failure:
                _log.info("print_jobs_not_watched", reason=failure.reason)
            await asyncio.sleep(PAUSE_S)

    def noted(self, job: printing_pb2.PrintJob) -> None:
        """A job as it stands now."""
        if job.state != printing_pb2.PRINT_JOB_STATE_UNCERTAIN:
            self._jobs.pop(job.job_id, None)
        elif job.job_id not in self._jobs:
            self._jobs[job.job_id] = job
            self._asked(job)
