"""The gateway's line to central. The gateway always dials; when the line breaks, everything on it ends and begins again together.

Selling, printing and closing never wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import grpc.aio
import structlog

from branchgate.errors import BranchgateError, TryAgain
from branchgate.errors.status import error_from
from branchgate.sync.timing import Backoff
from branchgate.v1 import session_pb2
from gateway.uplink.events import EventUpload
from gateway.uplink.session import Answers, Session

_log = structlog.get_logger(__name__)

DOUBTS = frozenset({"CHAIN_BROKEN", "JOURNAL_GAP", "JOURNAL_UNREADABLE"})
"""What may mean that an entry here is damaged."""

Failure = TypeVar("Failure", bound=Exception)
Agree = Callable[[session_pb2.IntakeState], Awaitable[None]]


class Uplink:
    """Keeps one session to central open, with the event upload beside it.

    A new channel for every attempt: one that has failed keeps its own, longer pauses. `agree` takes what central holds before anything
    is uploaded, `recalled` what it knows of the registers, when the greeting asked; `up` is called whenever central has accepted; `doubted` looks for damage in the journal when central cannot take it.
    """

    def __init__(
        self,
        open_channel: Callable[[], grpc.aio.Channel],
        *,
        greeting: Callable[[], session_pb2.SessionGreeting],
        answers: Answers,
        agree: Agree,
        recalled: Callable[[session_pb2.BranchRecall], Awaitable[None]],
        upload: EventUpload,
        backoff: Backoff,
        up: Callable[[], None],
        doubted: Callable[[], Awaitable[None]],
    ) -> None:
        self._open_channel = open_channel
        self._greeting = greeting
        self._answers = answers
        self._agree = agree
        self._recalled = recalled
        self._upload = upload
        self._backoff = backoff
        self._up = up
        self._doubted = doubted
        self._last_doubt: tuple[str, str] = ("", "")
        self._channel: grpc.aio.Channel | None = None
        self._connected = False
        self._last_reason = ""

    @property
    def connected(self) -> bool:
        """True while central has accepted the session."""
        return self._connected

    @property
    def channel(self) -> grpc.aio.Channel:
        """The channel of the present attempt, for others to call over. Raises TryAgain (NOT_REACHABLE) between two attempts.

        A closed channel must never be handed out: grpc.aio makes a stub on one from freed memory, and the process dies.
        """
        if self._channel is None:
            raise TryAgain("NOT_REACHABLE", rule="between two attempts to reach central")
        return self._channel

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            try:
                await self._one_line()
            except* grpc.aio.AioRpcError as failures:
                await self._lost(error_from(_first(failures)))
            except* BranchgateError as failures:
                await self._lost(_first(failures))
            await asyncio.sleep(self._backoff.next_ms() / 1000)

    async def _one_line(self) -> None:
        channel = self._channel = self._open_channel()
        accepted = asyncio.Event()

        async def on_accepted(state: session_pb2.IntakeState) -> None:
            await self._agree(state)
            accepted.set()

        session = asyncio.create_task(Session(self._greeting, self._answers, on_accepted, self._recalled).run(channel))
        uploading = asyncio.create_task(self._upload_once(accepted, channel))
        try:
            done, _ = await asyncio.wait({session, uploading}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._connected = False
            session.cancel()
            uploading.cancel()
            self._channel = None
            await asyncio.wait({session, uploading})
            await channel.close()

    async def _upload_once(self, accepted: asyncio.Event, channel: grpc.aio.Channel) -> None:
        await accepted.wait()
        self._connected = True
        self._last_reason = ""
        self._backoff.reset()
        _log.info("central_connected")
        self._up()
        await self._upload.run(channel)

    async def _lost(self, failure: BranchgateError) -> None:
        # Once per change of state, not once per attempt: a branch may be offline for weeks.
        if failure.reason != self._last_reason:
            _log.warning("central_not_connected", reason=failure.reason, rule=failure.rule)
        self._last_reason = failure.reason
        doubt = (failure.reason, failure.value)
        if failure.reason in DOUBTS and doubt != self._last_doubt:
            # Once for a place: a chain that is whole here and does not fit there is for people.
            self._last_doubt = doubt
            await self._doubted()


def _first(failures: BaseExceptionGroup[Failure]) -> Failure:
    found: BaseException = failures
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    # A group of failures holds failures and groups of them, and the groups are left behind.
    return cast(Failure, found)
