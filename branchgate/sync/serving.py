"""The shell around serving sessions: one `FeedServer` per source, one running `serve` per reader."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from branchgate.clock import Clock
from branchgate.sync.reading import SHELF_BYTES, PageReader, Runner
from branchgate.sync.server import HEARTBEAT_MS, Rejection, SyncServer
from branchgate.sync.source import FeedSource
from branchgate.sync.timing import Instant
from branchgate.v1 import sync_pb2

_REQUESTS_AHEAD = 64


class ServerStream(Protocol):
    """The serving end of a stream of the wire."""

    async def read(self) -> sync_pb2.SyncRequest | None:
        """The next message, None when the reader has closed its side."""

    async def write(self, payload: bytes) -> None:
        """Sends one encoded SyncResponse."""


def unhurried(_size: int) -> int:
    """No pause before any page."""
    return 0


class FeedServer:
    """Serves one source to all its readers, in one event loop.

    `run` is where the source may block. `pause_ms` is asked before each page with its size in bytes and answers how long others go
    first. `shelf_bytes` bounds the encoded pages kept.
    """

    def __init__(
        self,
        source: FeedSource,
        run: Runner,
        clock: Clock,
        *,
        pause_ms: Callable[[int], int] = unhurried,
        heartbeat_ms: int = HEARTBEAT_MS,
        shelf_bytes: int = SHELF_BYTES,
    ) -> None:
        self._source = source
        self._clock = clock
        self._pause_ms = pause_ms
        self._heartbeat_ms = heartbeat_ms
        self._pages = PageReader(source, run, clock, shelf_bytes=shelf_bytes)
        self._readers: set[_Reader] = set()
        self._closing = False

    @property
    def readers(self) -> int:
        """Streams open now."""
        return len(self._readers)

    def changed(self) -> None:
        """The source has something new; wakes the streams that wait."""
        self._pages.changed()
        for reader in self._readers:
            reader.session.changed()
            reader.attention.set()

    def close(self) -> None:
        """Ends all streams, now and from now on."""
        self._closing = True
        for reader in self._readers:
            reader.attention.set()

    async def serve(self, stream: ServerStream, rejected: Callable[[Rejection], None]) -> None:
        """Serves one reader until either end closes. Raises Refused when the reader breaks the protocol."""
        session = SyncServer(self._source.filter_hash, rejected, heartbeat_ms=self._heartbeat_ms)
        reader = _Reader(stream, session)
        self._readers.add(reader)
        listening = asyncio.create_task(reader.listen())
        try:
            while not (session.finished or self._closing or reader.has_gone):
                reader.take_in()
                await self._advance(reader)
        finally:
            self._readers.discard(reader)
            listening.cancel()
            await asyncio.wait({listening})

    async def _advance(self, reader: _Reader) -> None:
        wanted = reader.session.next_read()
        if wanted is None:
            await reader.wait(self._clock)
            reader.session.tick(Instant.of(self._clock))
            return
        page = await self._pages.read(wanted)
        pause_ms = self._pause_ms(page.size)
        if pause_ms:
            await asyncio.sleep(pause_ms / 1000)
        for payload in reader.session.page(page, Instant.of(self._clock)):
            await reader.stream.write(payload)


class _Reader:
    """One open stream: its session, and what has come in and is not looked at yet."""

    def __init__(self, stream: ServerStream, session: SyncServer) -> None:
        self.stream = stream
        self.session = session
        self.attention = asyncio.Event()
        self.has_gone = False
        self._inbox: asyncio.Queue[sync_pb2.SyncRequest] = asyncio.Queue(_REQUESTS_AHEAD)
        self._failure: Exception | None = None

    async def listen(self) -> None:
        """The one task that reads the stream."""
        try:
            while (request := await self.stream.read()) is not None:
                await self._inbox.put(request)
                self.attention.set()
        except Exception as failure:  # noqa: BLE001 - handed to the task that serves, which raises it
            self._failure = failure
        finally:
            self.has_gone = True
            self.attention.set()

    def take_in(self) -> None:
        """Gives the session what has come in. Raises what the session refuses and what broke the reading."""
        self.attention.clear()
        with contextlib.suppress(asyncio.QueueEmpty):
            while True:
                self.session.received(self._inbox.get_nowait())
        if self._failure is not None:
            raise self._failure

    async def wait(self, clock: Clock) -> None:
        """Until something comes in, the source changes or the session's time has come."""
        wake_at_ms = self.session.wake_at_ms
        seconds = None if wake_at_ms is None else max(0, wake_at_ms - clock.monotonic_ms()) / 1000
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.attention.wait()
