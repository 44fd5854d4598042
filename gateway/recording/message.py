"""A message of a register on its way to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from branchgate.errors import BranchgateError, OutcomeUnknown, TryAgain
from branchgate.numbers import NumberRange
from gateway.recording.judging import Judged
from gateway.recording.model import Recorded


class Taker(Protocol):
    """Who took the message."""

    def settled(self, recording: Recording) -> None:
        """The message waits no longer, whatever became of it."""

    def nothing_taken(self, register_id: str, failure: BranchgateError) -> Recorded:
        """The answer when a message was not taken for a passing reason."""


class Recording:
    """A message with its judged events, and the writer's reply to it.

    Not a future: there is one for every sale of a backlog, and nearly all are settled before somebody looks. `register_range` is the
    form of the register's numbers, None if unknown; `size` counts the bytes of the bodies; `now_ms` is when it came, UTC.
    """

    __slots__ = (
        "_failure",
        "_news",
        "_recorded",
        "_taker",
        "judged",
        "now_ms",
        "register_id",
        "register_range",
        "size",
    )

    def __init__(
        self,
        taker: Taker,
        register_id: str,
        register_range: NumberRange | None = None,
        judged: Sequence[Judged] = (),
        size: int = 0,
        now_ms: int = 0,
    ) -> None:
        self.register_id = register_id
        self.register_range = register_range
        self.judged = judged
        self.size = size
        self.now_ms = now_ms
        self._taker = taker
        self._recorded: Recorded | None = None
        self._failure: Exception | None = None
        self._news: asyncio.Event | None = None

    def done(self) -> bool:
        """True once `settled` answers without waiting."""
        return self._recorded is not None or self._failure is not None

    async def settled(self) -> Recorded:
        """Waits for the disk. Passing reasons are part of the answer, never raised."""
        if not self.done():
            self._news = self._news or asyncio.Event()
            await self._news.wait()
        if self._recorded is not None:
            return self._recorded
        assert self._failure is not None
        if isinstance(self._failure, TryAgain | OutcomeUnknown):
            # Events carry their id, so an outcome that is not known is found out by sending again.
            return self._taker.nothing_taken(self.register_id, self._failure)
        raise self._failure

    def set_result(self, recorded: Recorded) -> None:
        """Part of being the writer's reply."""
        self._recorded = recorded
        self._tell()

    def set_exception(self, failure: Exception) -> None:
        """Part of being the writer's reply."""
        self._failure = failure
        self._tell()

    def _tell(self) -> None:
        self._taker.settled(self)
        if self._news is not None:
            self._news.set()
