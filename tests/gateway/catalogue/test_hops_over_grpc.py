"""Both hops for real: central's feed, the gateway's replica and a register, over grpc on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest

from branchgate.clock import SystemClock
from branchgate.errors import BranchgateError
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.sync.client import ReplicaSink, SyncClient
from branchgate.sync.following import Follower
from branchgate.sync.reading import run_here
from branchgate.sync.server import Rejection
from branchgate.sync.service import Context, SyncStubCall, sync_handler
from branchgate.sync.serving import FeedServer, ServerStream
from branchgate.sync.timing import Backoff
from branchgate.v1 import sync_pb2
from gateway.catalogue.replica import FILE_NAME, Replica
from gateway.catalogue.upstream import central_follower
from gateway.rpc.sync import sync_service
from tests.branchgate.sync.link import article
from tests.central.feed.model import ModelFeeds

ARTICLE = 1
BRANCH = "mitte"
OPTIONS = [("grpc.use_local_subchannel_pool", 1), ("grpc.so_reuseport", 0), ("grpc.max_reconnect_backoff_ms", 200)]
CLOCK = SystemClock()


class Counted:
    """A stream that counts what is sent through it."""

    def __init__(self, stream: ServerStream) -> None:
        self._stream = stream
        self.bytes_sent = 0

    async def read(self) -> sync_pb2.SyncRequest | None:
        return await self._stream.read()

    async def write(self, payload: bytes) -> None:
        self.bytes_sent += len(payload)
        await self._stream.write(payload)


class Central:
    """A central that serves one branch from the model."""

    def __init__(self) -> None:
        self.feeds = ModelFeeds()
        self.feeds.settings(BRANCH, b"")
        self.rejections: list[Rejection] = []
        self.streams: list[Counted] = []
        self.port = 0
        self._server: grpc.aio.Server | None = None

    async def start(self) -> None:
        self.served = FeedServer(self.feeds.feed(BRANCH), run_here, CLOCK)
        self._server, self.port = await started(sync_handler(self._serve), self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self.served.close()
            await self._server.stop(0)
            self._server = None

    def put(self, key: str, value: bytes) -> None:
        self.feeds.put(ARTICLE, key, value)
        self.feeds.admit(BRANCH, ARTICLE, key)
        self.served.changed()

    async def _serve(self, stream: ServerStream, _context: Context) -> None:
        self.streams.append(Counted(stream))
        await self.served.serve(self.streams[-1], self.rejections.append)


async def started(handler: grpc.GenericRpcHandler, port: int = 0) -> tuple[grpc.aio.Server, int]:
    server = grpc.aio.server(options=OPTIONS)
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    return server, port


@contextlib.asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def channel_to(port: int) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
        yield channel


class Told:
    """Waits until something holds, looking again whenever a follower tells of a new state."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def __call__(self, _state: object = None) -> None:
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                self._news.clear()
                await self._news.wait()


class TellingClient(SyncClient):
    """A session that tells of every message applied."""

    def __init__(self, sink: ReplicaSink, told: Told) -> None:
        super().__init__(sink)
        self._told = told

    def received(self, response: sync_pb2.SyncResponse) -> list[sync_pb2.SyncRequest]:
        answers = super().received(response)
        self._told()
        return answers


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    central = Central()
    await central.start()
    yield central
    await central.stop()


@pytest.fixture
async def replica(tmp_path: Path) -> AsyncIterator[Replica]:
    replica = await Replica.open(tmp_path / FILE_NAME, CLOCK)
    yield replica
    await replica.close()


@contextlib.asynccontextmanager
async def following(replica: Replica, central: Central, told: Told) -> AsyncIterator[Follower]:
    end = replica.follow(told)
    async with channel_to(central.port) as channel:
        follower = central_follower(replica, lambda: channel, lambda: 0.0, told)
        async with running(follower.run()):
            yield follower
    end()


@contextlib.asynccontextmanager
async def registers_port(replica: Replica) -> AsyncIterator[tuple[FeedServer, int]]:
    feed = FeedServer(replica.feed, replica.reading, CLOCK)
    end = replica.follow(feed.changed)
    server, port = await started(sync_service(feed))
    try:
        yield feed, port
    finally:
        end()
        feed.close()
        await server.stop(0)


@contextlib.asynccontextmanager
async def register(port: int, path: Path, told: Told) -> AsyncIterator[RegisterCatalogue]:
    catalogue = RegisterCatalogue(path)
    async with channel_to(port) as channel:
        follower = Follower(
            lambda: SyncStubCall(channel),
            lambda: TellingClient(catalogue.sink, told),
            run_here,
            Backoff(lambda: 0.0, base_ms=10),
        )
        async with running(follower.run()):
            yield catalogue
    catalogue.close()


async def test_a_price_travels_from_central_to_the_till(central: Central, replica: Replica, tmp_path: Path) -> None:
    for number in range(2_000):
        central.put(f"{number}", article(f"{number}"))
    told = Told()
    async with (
        following(replica, central, told),
        registers_port(replica) as (_, port),
        register(port, tmp_path / "register.db", told) as till,
    ):
        await told.until(lambda: till.article_count() == 2_000)
        sent = central.streams[0].bytes_sent
        value = article("7", price=349_000, name="Tafelapfel Elstar, Klasse I, rot, Kaliber 70 bis 80 mm")
        central.put("7", value)
        await told.until(lambda: (found := till.article("7")) is not None and found.unit_price == 349_000)
        assert till.article("7") == await replica.article("7")
        assert central.streams[0].bytes_sent - sent <= 2 * len(value)


async def test_a_gateway_without_central_sells_and_catches_up_later(central: Central, replica: Replica) -> None:
    told = Told()
    central.put("1", article("1"))
    async with following(replica, central, told) as follower:
        await told.until(lambda: replica.has_article("1") is True and follower.state.current_at_ms is not None)
        await central.stop()
        await told.until(lambda: not follower.state.connected)
        assert replica.has_article("1") is True
        central.feeds.put(ARTICLE, "2", article("2"))
        central.feeds.admit(BRANCH, ARTICLE, "2")
        await central.start()
        follower.hurry()
        await told.until(lambda: replica.has_article("2") is True)
        await told.until(lambda: follower.state.connected)
        assert follower.state.failure is None


async def test_a_register_that_stops_reading_holds_up_nobody(
    central: Central, replica: Replica, tmp_path: Path
) -> None:
    for number in range(4_000):
        central.put(f"{number}", article(f"{number}", name="x" * 300))
    told = Told()
    streams: list[Counted] = []
    feed = FeedServer(replica.feed, replica.reading, CLOCK)

    async def serve(stream: ServerStream, _context: Context) -> None:
        streams.append(Counted(stream))
        await feed.serve(streams[-1], lambda rejection: None)

    async with following(replica, central, told):
        await told.until(lambda: replica.article_count == 4_000)
        server, port = await started(sync_handler(serve))
        async with channel_to(port) as channel:
            stalled = SyncStubCall(channel)
            opening = sync_pb2.SyncOpen(schema_version=1, window_bytes=128 * 1024)
            await stalled.write(sync_pb2.SyncRequest(open=opening))
            assert (await read_one(stalled)).HasField("snapshot_begin")
            async with register(port, tmp_path / "register.db", told) as till:
                await told.until(lambda: till.article_count() == 4_000)
            assert 0 < streams[0].bytes_sent <= 128 * 1024
            assert streams[1].bytes_sent > 1_000_000
            stalled.cancel()
        feed.close()
        await server.stop(0)


async def read_one(call: SyncStubCall) -> sync_pb2.SyncResponse:
    response = await call.read()
    assert response is not None
    return response


async def test_an_unusable_article_is_reported_to_central_by_name(central: Central, replica: Replica) -> None:
    told = Told()
    central.put("good", article("good"))
    central.put("bad", article("bad", vat_key=99))
    async with following(replica, central, told) as follower:
        await told.until(lambda: follower.state.current_at_ms is not None)
        await told.until(lambda: bool(central.rejections))
    assert replica.has_article("good") is True
    assert replica.has_article("bad") is False
    assert [(found.key, found.reason) for found in central.rejections] == [("bad", "UNKNOWN_VAT_KEY")]


async def test_twenty_registers_get_the_very_same_bytes(
    central: Central, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3_000):
        central.put(f"{number}", article(f"{number}"))
    told = Told()
    async with following(replica, central, told):
        await told.until(lambda: replica.article_count == 3_000)
        reads = 0
        page = replica.feed.snapshot_page

        def counted(*arguments: Any) -> Any:
            nonlocal reads
            reads += 1
            return page(*arguments)

        monkeypatch.setattr(replica.feed, "snapshot_page", counted)
        async with registers_port(replica) as (_, port), channel_to(port) as channel:
            received = await asyncio.gather(*(load(channel) for _ in range(20)))
        assert len(set(received)) == 1
        assert reads == 2


async def load(channel: grpc.aio.Channel) -> int:
    """Bytes of a full load, acknowledged without being stored."""
    call = SyncStubCall(channel)
    await call.write(sync_pb2.SyncRequest(open=sync_pb2.SyncOpen(schema_version=1)))
    size = 0
    while True:
        response = await read_one(call)
        size += response.ByteSize()
        if response.HasField("batch"):
            acknowledged = sync_pb2.SyncAcknowledge(cursor=response.batch.cursor_after)
            await call.write(sync_pb2.SyncRequest(acknowledge=acknowledged))
        if response.HasField("snapshot_end"):
            call.cancel()
            return size


async def test_closing_the_feed_ends_open_streams_without_an_error(central: Central, replica: Replica) -> None:
    central.put("1", article("1"))
    told = Told()
    async with following(replica, central, told):
        await told.until(lambda: replica.article_count == 1)
    async with registers_port(replica) as (feed, port), channel_to(port) as channel:
        call = SyncStubCall(channel)
        await call.write(sync_pb2.SyncRequest(open=sync_pb2.SyncOpen(schema_version=1)))
        while not (await read_one(call)).HasField("up_to_date"):
            pass
        feed.close()
        assert await call.read() is None
        assert feed.readers == 0


async def test_a_register_keeps_its_articles_while_its_gateway_has_lost_its_own(
    central: Central, replica: Replica, tmp_path: Path
) -> None:
    central.put("1", article("1"))
    told = Told()
    async with (
        following(replica, central, told),
        registers_port(replica) as (_, port),
        register(port, tmp_path / "register.db", told) as till,
    ):
        await told.until(lambda: till.article_count() == 1)

    lost = await Replica.open(tmp_path / "begun-anew.db", CLOCK)
    central.put("2", article("2"))
    async with registers_port(lost) as (_, port), register(port, tmp_path / "register.db", told) as till:
        async with channel_to(port) as channel, asyncio.timeout(20):
            call = SyncStubCall(channel)
            await call.write(sync_pb2.SyncRequest(open=sync_pb2.SyncOpen(schema_version=1)))
            with pytest.raises(BranchgateError):
                await call.read()
        assert till.article_count() == 1
        async with following(lost, central, told):
            await told.until(lambda: till.article_count() == 2)
    await lost.close()
