"""The register's line to its gateway: one Record stream after the other, for as long as the register runs. Selling never waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import grpc.aio
import structlog

from branchgate.clock import Clock
from branchgate.errors import BranchgateError
from branchgate.errors.status import error_from
from branchgate.register.stream import RecordStream, Store
from branchgate.sync.timing import Backoff

_log = structlog.get_logger(__name__)


class RecordLink:
    """Keeps one Record stream open. `changed` is called after everything that changes what the register may show."""

    def __init__(
        self,
        store: Store,
        open_channel: Callable[[], grpc.aio.Channel],
        clock: Clock,
        *,
        redialling: Backoff,
        asking: Backoff,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._open_channel = open_channel
        self._clock = clock
        self._redialling = redialling
        self._asking = asking
        self._changed = changed
        self._stream: RecordStream | None = None
        self._was_greeted = False
        self.failure: BranchgateError | None = None
        """Why the line is down; None while it is up or was never tried."""
        self.settled_sequence = 0
        self.central_sequence = 0

    @property
    def connected(self) -> bool:
        """True once the gateway has greeted on the stream that is open."""
        return self._stream is not None and self._stream.greeted

    def wake(self) -> None:
        """There is something new in the outbox."""
        if self._stream is not None:
            self._stream.wake()

    def dial_again(self) -> None:
        """Ends the present stream, so that the next one uses a new channel."""
        if self._stream is not None:
            self._stream.leave()

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            try:
                await self._one_stream()
            except grpc.aio.AioRpcError as failure:
                self._lost(error_from(failure))
            except BranchgateError as failure:
                self._lost(failure)
            self._changed()
            await asyncio.sleep(self._redialling.next_ms() / 1000)

    async def _one_stream(self) -> None:
        channel = self._open_channel()
        self._was_greeted = False
        self._stream = RecordStream(channel, self._store, self._clock, self._asking, self._stream_changed)
        try:
            await self._stream.run()
        finally:
            self._stream = None
            await channel.close()

    def _stream_changed(self) -> None:
        stream = self._stream
        if stream is None:
            return
        self.settled_sequence = max(self.settled_sequence, stream.settled_sequence)
        self.central_sequence = max(self.central_sequence, stream.central_sequence)
        if stream.greeted and not self._was_greeted:
            self._was_greeted = True
            self.failure = None
            self._redialling.reset()
            _log.info("gateway_connected")
        self._changed()

    def _lost(self, failure: BranchgateError) -> None:
        if self.failure is None or self.failure.reason != failure.reason:
            _log.warning("gateway_not_connected", reason=failure.reason, rule=failure.rule)
        self.failure = failure
