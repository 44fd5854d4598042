"""What is at a printer's address and never stops talking is hung up on, before it takes the time of everybody else."""

from __future__ import annotations

import asyncio

import pytest

from drivers.errors import LinkLost
from drivers.escpos.replies import Reply
from drivers.printing.wire import MOST_SAID, Wire


class Talker:
    """A transport that always has more to say. It blocks nobody, so only a bound ends it."""

    address = "tcp://talker"

    def __init__(self) -> None:
        self.said = 0

    async def open(self, deadline: float) -> None: ...

    async def send(self, data: bytes, deadline: float) -> int:
        return len(data)

    async def read(self, deadline: float) -> bytes:
        await asyncio.sleep(0)
        self.said += 4096
        return b"\x12" * 4096

    async def close(self, deadline: float) -> bytes:
        return b"\x12" * (MOST_SAID + 1)


async def test_who_talks_without_end_is_hung_up_on() -> None:
    talker, heard = Talker(), list[Reply]()
    stirred = asyncio.Event()
    wire = Wire(talker, heard.append, stirred.set)
    async with asyncio.timeout(20):
        await stirred.wait()
    with pytest.raises(LinkLost, match="more than a printer"):
        wire.check()
    before = len(heard)
    await wire.close(0.0)
    assert talker.said <= MOST_SAID + 4096
    assert len(heard) == before
