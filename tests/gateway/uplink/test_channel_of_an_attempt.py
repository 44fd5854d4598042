"""The channel to central that others call over."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc.aio
import pytest

from branchgate.errors import TryAgain
from branchgate.sync.timing import Backoff
from branchgate.v1 import session_pb2
from gateway.uplink.uplink import Uplink

NOBODY = "127.0.0.1:9"


class ObservedBackoff(Backoff):
    """Says when an attempt is over."""

    def __init__(self, over: asyncio.Event) -> None:
        super().__init__(lambda: 0.5)
        self._over = over

    def next_ms(self) -> int:
        self._over.set()
        return 60_000


NEVER_REACHED: Any = None


async def test_no_channel_is_handed_out_between_two_attempts() -> None:
    """The catalogue's follower made a stub on the channel of the attempt that had just failed. grpc.aio takes that from freed memory,
    so the gateway of a branch without WAN died of a segmentation fault within minutes, most readily under load.
    """
    over = asyncio.Event()
    uplink = Uplink(
        lambda: grpc.aio.insecure_channel(NOBODY),
        greeting=session_pb2.SessionGreeting,
        answers=NEVER_REACHED,
        agree=NEVER_REACHED,
        recalled=NEVER_REACHED,
        upload=NEVER_REACHED,
        backoff=ObservedBackoff(over),
        up=lambda: None,
        doubted=NEVER_REACHED,
    )
    running = asyncio.create_task(uplink.run())
    try:
        await over.wait()
        with pytest.raises(TryAgain, match="NOT_REACHABLE"):
            _ = uplink.channel
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
