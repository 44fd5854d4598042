"""The shell around reading sessions: `follow` runs one stream, `Follower` dials again for as long as it is wanted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import grpc.aio

from branchgate.errors import BranchgateError, TryAgain
from branchgate.sync.client import Progress, SyncClient
from branchgate.sync.reading import Runner
from branchgate.sync.timing import Backoff
from branchgate.v1 import sync_pb2

SILENCE_MS = 60_000
"""After so long without a word the server is taken for hung; keepalive only notices dead links."""

_RESPONSES_AHEAD = 2


class SyncCall(Protocol):
    """The reading end of a stream of the wire."""

    async def read(self) -> sync_pb2.SyncResponse | None:
        """The next message, None when the server has ended the stream. Raises BranchgateError when it broke."""

    async def write(self, request: sync_pb2.SyncRequest) -> None:
        """Sends a message. Raises BranchgateError when the stream broke."""

    def cancel(self) -> None:
        """Ends the call; an abandoned one lives for ever."""


@dataclass(frozen=True, slots=True)
class FollowState:
    """What people may be shown of a follower.

    `current_at_ms` is the server's clock (UTC) when the store last had everything, None if never in this process.
    """

    connected: bool = False
    current_at_ms: int | None = None
    progress: Progress | None = None
    failure: BranchgateError | None = None


async def follow(
    call: SyncCall, session: SyncClient, run: Runner, applied: Callable[[], None], *, silence_ms: int = SILENCE_MS
) -> None:
    """Runs one stream to its end. `run` is where the session's store may block; `applied` is called after each message.

    Raises BranchgateError when the stream breaks, the server stays silent, or the session finds it inconsistent.
    """
    responses: asyncio.Queue[sync_pb2.SyncResponse | BranchgateError | None] = asyncio.Queue(_RESPONSES_AHEAD)
    reading = asyncio.create_task(_read_all(call, responses))
    try:
        await call.write(await run(session.open))
        while not session.finished:
            response = await _next(responses, silence_ms)
            if response is None:
                return
            for answer in await run(partial(session.received, response)):
                await call.write(answer)
            applied()
    finally:
        call.cancel()
        reading.cancel()
        await asyncio.wait({reading})


async def _read_all(call: SyncCall, responses: asyncio.Queue[sync_pb2.SyncResponse | BranchgateError | None]) -> None:
    """The one task that reads a call; a deadline around a pending read would leak."""
    try:
        while (response := await call.read()) is not None:
            await responses.put(response)
        await responses.put(None)
    except BranchgateError as broken:
        await responses.put(broken)


async def _next(
    responses: asyncio.Queue[sync_pb2.SyncResponse | BranchgateError | None], silence_ms: int
) -> sync_pb2.SyncResponse | None:
    try:
        # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the result.
        async with asyncio.timeout(silence_ms / 1000):
            response = await responses.get()
    except TimeoutError as silent:
        raise TryAgain("SYNC_SILENT", field="silence_ms", value=silence_ms) from silent
    if isinstance(response, BranchgateError):
        raise response
    return response


class Follower:
    """Keeps a store in step with a server: one stream after the other, with pauses that grow while it cannot be reached.

    `connect` opens a call, `new_session` makes the session of each stream; `changed` is told of every new state.
    """

    def __init__(
        self,
        connect: Callable[[], SyncCall],
        new_session: Callable[[], SyncClient],
        run: Runner,
        backoff: Backoff,
        *,
        changed: Callable[[FollowState], None] = lambda _: None,
        silence_ms: int = SILENCE_MS,
    ) -> None:
        self._connect = connect
        self._new_session = new_session
        self._run = run
        self._backoff = backoff
        self._changed = changed
        self._silence_ms = silence_ms
        self._hurry = asyncio.Event()
        self._refetched = False
        self.state = FollowState()

    def hurry(self) -> None:
        """The way is open again: ends the present pause."""
        self._hurry.set()

    async def run(self) -> None:
        """Follows until cancelled."""
        while True:
            session = self._new_session()
            failure: BranchgateError | None = None
            try:
                applied = partial(self._applied, session)
                await follow(self._connect(), session, self._run, applied, silence_ms=self._silence_ms)
            except grpc.aio.UsageError as closed:
                failure = TryAgain("NOT_REACHABLE", rule=str(closed))
            except BranchgateError as broken:
                failure = broken
            finally:
                self._tell(replace(self.state, connected=False, failure=failure, progress=None))
            # The first order to fetch anew is followed at once; a server that gives it again and again waits like a broken one.
            if session.refetch_reason and not self._refetched:
                self._refetched = True
                continue
            await self._pause()

    def _applied(self, session: SyncClient) -> None:
        if not session.refetch_reason:
            self._backoff.reset()
        current_at_ms = self.state.current_at_ms
        if session.up_to_date_at_ms is not None:
            self._refetched = False
            current_at_ms = session.up_to_date_at_ms
        self._tell(FollowState(True, current_at_ms, session.progress))

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._backoff.next_ms() / 1000):
                await self._hurry.wait()
        self._hurry.clear()

    def _tell(self, state: FollowState) -> None:
        if state != self.state:
            self.state = state
            self._changed(state)
