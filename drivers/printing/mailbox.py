"""What others want from a printer's task, and how they rouse it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from typing import TypeVar

from drivers.drawer import DrawerCommand, DrawerOutcome
from drivers.errors import Reason
from drivers.printing.kick import not_opened
from drivers.printing.states import JobState

_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class DrawerRequest:
    """A drawer command and who waits for its outcome."""

    command: DrawerCommand
    answer: asyncio.Future[DrawerOutcome]


@dataclass(slots=True, eq=False)
class CancelRequest:
    """A job to be taken back from inside the printer."""

    job_id: bytes
    answer: asyncio.Future[JobState | None]


class Mailbox:
    """Requests in order, and one event for "something happened, look at everything again"."""

    def __init__(self) -> None:
        self._drawers: deque[DrawerRequest] = deque()
        self._cancels: deque[CancelRequest] = deque()
        self._stir = asyncio.Event()

    def stir(self) -> None:
        """Something happened."""
        self._stir.set()

    async def stirred(self, until: float) -> None:
        """Wait for something to happen, at most until then."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._stir.wait()
        self._stir.clear()

    async def open_drawer(self, command: DrawerCommand, seconds: float) -> DrawerOutcome:
        """Post a command and wait; a command not begun in time is withdrawn, so it can never act later."""
        request = DrawerRequest(command, asyncio.get_running_loop().create_future())
        self._drawers.append(request)
        self.stir()
        try:
            await asyncio.wait((request.answer,), timeout=seconds)
        finally:
            if request in self._drawers:
                self._drawers.remove(request)
                request.answer.set_result(not_opened(command, Reason.EXPIRED))
        return await request.answer

    async def cancel(self, job_id: bytes, seconds: float) -> JobState | None:
        """Post a cancellation and wait for the job's state after it; one not begun in time is withdrawn (None)."""
        request = CancelRequest(job_id, asyncio.get_running_loop().create_future())
        self._cancels.append(request)
        self.stir()
        try:
            await asyncio.wait((request.answer,), timeout=seconds)
        finally:
            if request in self._cancels:
                self._cancels.remove(request)
                request.answer.set_result(None)
        return await request.answer

    def next_drawer(self) -> DrawerRequest | None:
        """Take the oldest drawer command."""
        return self._drawers.popleft() if self._drawers else None

    def next_cancel(self) -> CancelRequest | None:
        """Take the oldest cancellation."""
        return self._cancels.popleft() if self._cancels else None

    def turn_away(self, reason: Reason) -> None:
        """The printer cannot be reached: say so at once to everybody who waits."""
        while drawer := self.next_drawer():
            answer(drawer.answer, not_opened(drawer.command, reason))
        while cancel := self.next_cancel():
            answer(cancel.answer, None)


def answer(waiting: asyncio.Future[_T], result: _T) -> None:
    """Answer somebody who may have gone meanwhile."""
    if not waiting.done():
        waiting.set_result(result)
