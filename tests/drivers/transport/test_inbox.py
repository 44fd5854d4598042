"""What a listening thread hears arrives whole, in order, and before the news that the link is lost."""

from __future__ import annotations

import asyncio
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import LinkLost
from drivers.transport.inbox import MOST_UNREAD, Inbox
from tests.drivers.transport.peers import soon


async def taken_to_the_end(said: list[bytes]) -> bytes:
    inbox = Inbox()

    def listen() -> None:
        for part in said:
            inbox.put(part)
        inbox.end(LinkLost("usb://04b8:0202", "unplugged"))

    thread = Thread(target=listen)
    thread.start()
    heard = b""
    with pytest.raises(LinkLost):
        while True:
            heard += await inbox.take(soon())
    thread.join()
    return heard


@given(st.lists(st.binary(min_size=1, max_size=64)))
def test_nothing_is_lost_or_turned_round_between_the_threads(said: list[bytes]) -> None:
    assert asyncio.run(taken_to_the_end(said)) == b"".join(said)


async def test_silence_is_no_bytes_at_the_deadline() -> None:
    assert await Inbox().take(soon(0.01)) == b""


async def test_what_nobody_takes_stops_the_thread_and_not_the_memory() -> None:
    inbox = Inbox()
    inbox.put(bytes(MOST_UNREAD))
    assert len(await inbox.take(soon())) == MOST_UNREAD
    assert not inbox.full
    inbox.put(bytes(MOST_UNREAD))
    await asyncio.sleep(0)  # lets the loop take note
    assert inbox.full


async def test_a_cancelled_reader_leaves_what_was_heard_to_the_next() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.take(soon()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    inbox.put(b"\x12")
    assert await inbox.take(soon()) == b"\x12"
