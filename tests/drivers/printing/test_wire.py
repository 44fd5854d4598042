"""What is at a printer's address and never stops talking is hung up on, before it takes the time of everybody else."""

from __future__ import annotations

import asyncio
import socket

import pytest

from drivers.errors import LinkLost
from drivers.escpos.replies import Reply
from drivers.printing.wire import MOST_SAID, Wire
from drivers.transport.descriptor import MOST_AT_THE_END, read_to_end


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


async def test_an_end_that_never_comes_is_not_waited_for() -> None:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    talking = asyncio.create_task(_talk(far))
    async with asyncio.timeout(20):
        heard = await read_to_end(near.fileno(), asyncio.get_running_loop().time() + 60, "talker")
    assert MOST_AT_THE_END <= len(heard) < 2 * MOST_AT_THE_END
    talking.cancel()
    near.close()
    far.close()


async def _talk(far: socket.socket) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(far, bytes(4096))
