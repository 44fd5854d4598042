from __future__ import annotations

import asyncio

import pytest

from branchgate.errors import BranchgateError, Refused, TryAgain
from branchgate.sync.client import SyncClient
from branchgate.sync.following import Follower, FollowState, follow
from branchgate.sync.reading import run_here
from branchgate.sync.timing import Backoff
from branchgate.v1 import sync_pb2
from tests.branchgate.sync.memory import MemorySink


class ScriptedCall:
    """A call whose responses are put into a queue; a BranchgateError is raised, None ends the stream."""

    def __init__(self) -> None:
        self.responses: asyncio.Queue[sync_pb2.SyncResponse | BranchgateError | None] = asyncio.Queue()
        self.written: list[sync_pb2.SyncRequest] = []
        self.cancelled = False

    async def read(self) -> sync_pb2.SyncResponse | None:
        response = await self.responses.get()
        if isinstance(response, BranchgateError):
            raise response
        return response

    async def write(self, request: sync_pb2.SyncRequest) -> None:
        self.written.append(request)

    def cancel(self) -> None:
        self.cancelled = True


def up_to_date() -> sync_pb2.SyncResponse:
    return sync_pb2.SyncResponse(up_to_date=sync_pb2.SyncUpToDate(cursor=b"c", server_time_ms=5))


async def test_a_cancellation_that_comes_with_a_response_is_not_lost() -> None:
    """asyncio.wait_for of Python 3.11 returned the response and forgot the cancellation: the follower ran on for ever."""
    call = ScriptedCall()
    task = asyncio.ensure_future(follow(call, SyncClient(MemorySink()), run_here, lambda: None))
    for _ in range(5):
        await asyncio.sleep(0)
    for _ in range(5):
        call.responses.put_nowait(up_to_date())
        await asyncio.sleep(0)
        task.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait({task})
    assert task.cancelled()
    assert call.cancelled


async def test_a_silent_server_is_left_and_the_call_is_cancelled() -> None:
    call = ScriptedCall()
    with pytest.raises(TryAgain, match="SYNC_SILENT"):
        await follow(call, SyncClient(MemorySink()), run_here, lambda: None, silence_ms=1)
    assert call.cancelled


async def test_what_broke_the_stream_is_raised_after_what_came_before_it() -> None:
    call = ScriptedCall()
    applied: list[int] = []
    call.responses.put_nowait(up_to_date())
    call.responses.put_nowait(Refused("CALLER_NOT_ALLOWED"))
    with pytest.raises(Refused, match="CALLER_NOT_ALLOWED"):
        await follow(call, SyncClient(MemorySink()), run_here, lambda: applied.append(1))
    assert applied == [1]
    assert call.cancelled


async def test_an_order_to_fetch_anew_is_followed_once_at_once_and_then_with_pauses() -> None:
    calls = 0
    paused = asyncio.Event()

    def connect() -> ScriptedCall:
        nonlocal calls
        calls += 1
        call = ScriptedCall()
        order = sync_pb2.SyncMustRefetch(reason="EPOCH_CHANGED")
        call.responses.put_nowait(sync_pb2.SyncResponse(must_refetch=order))
        return call

    def drawn() -> float:
        paused.set()
        return 0.0

    sink = MemorySink()
    follower = Follower(connect, lambda: SyncClient(sink), run_here, Backoff(drawn, base_ms=3_600_000))
    task = asyncio.ensure_future(follower.run())
    async with asyncio.timeout(10):
        await paused.wait()
    assert calls == 2
    task.cancel()
    await asyncio.wait({task})


async def test_a_follower_tells_when_it_is_current_and_why_it_is_not() -> None:
    told: asyncio.Queue[FollowState] = asyncio.Queue()
    call = ScriptedCall()
    sink = MemorySink()
    follower = Follower(lambda: call, lambda: SyncClient(sink), run_here, Backoff(lambda: 0.0), changed=told.put_nowait)
    task = asyncio.ensure_future(follower.run())
    call.responses.put_nowait(up_to_date())
    call.responses.put_nowait(TryAgain("NOT_REACHABLE"))
    async with asyncio.timeout(10):
        current, lost = await told.get(), await told.get()
    assert (current.connected, current.current_at_ms, current.failure) == (True, 5, None)
    assert (lost.connected, lost.current_at_ms) == (False, 5)
    assert lost.failure is not None
    assert lost.failure.reason == "NOT_REACHABLE"
    task.cancel()
    await asyncio.wait({task})
