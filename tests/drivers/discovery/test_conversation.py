"""One question at a time: what was said before it is no answer to it."""

from __future__ import annotations

import pytest

from drivers.discovery.conversation import MOST_SAID, Conversation, conversation
from drivers.discovery.introduction import Verdict, drawer_level, introduce
from drivers.drawer import Level
from drivers.errors import LinkLost
from drivers.escpos.replies import Block

NAME = b"\x1dI\x43"


class Peer:
    """A transport whose other side has said `stale` already and then answers each request by `answers`."""

    address = "peer"

    def __init__(
        self, stale: bytes = b"", answers: dict[bytes, bytes] | None = None, *, takes: int | None = None
    ) -> None:
        self._said, self._answers, self._takes = stale, answers or {}, takes
        self.closed = False

    async def open(self, deadline: float) -> None:
        """Always there."""

    async def send(self, data: bytes, deadline: float) -> int:
        self._said += self._answers.get(data, b"")
        return len(data) if self._takes is None else min(self._takes, len(data))

    async def read(self, deadline: float) -> bytes:
        said, self._said = self._said, b""
        return said

    async def close(self, deadline: float) -> bytes:
        self.closed = True
        return b""


class Endless(Peer):
    """Talks and never pauses."""

    async def read(self, deadline: float) -> bytes:
        return b"x" * 1000


async def test_a_late_answer_to_somebody_else_is_not_taken_for_ours() -> None:
    talk = Conversation(Peer(b"_OLD\0", {NAME: b"_NEW\0"}))
    assert await talk.ask(NAME, lambda reply: isinstance(reply, Block), 1.0) == Block(0x5F, b"NEW")


async def test_a_late_status_is_not_taken_for_the_drawers_level_now() -> None:
    talk = Conversation(Peer(b"\x12", {b"\x10\x04\x01": b"\x16"}))
    assert await drawer_level(talk) is Level.HIGH


async def test_a_device_that_takes_half_a_question_is_left_alone() -> None:
    with pytest.raises(LinkLost):
        await Conversation(Peer(takes=1)).tell(NAME)


async def test_whoever_talks_without_end_is_not_heard_to_the_end() -> None:
    talk = Conversation(Endless())
    assert len(await talk.listen(1.0)) < MOST_SAID + 1000
    assert (await introduce(talk)).verdict is Verdict.SOMETHING_ELSE


async def test_the_link_is_closed_also_when_the_talk_fails() -> None:
    peer = Peer(takes=0)
    with pytest.raises(LinkLost):
        async with conversation(lambda: peer) as talk:
            await talk.tell(NAME)
    assert peer.closed
