"""The scale's task: one weighing at a time, never an old answer for a new question, a certified weight or none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from drivers.errors import DeviceUnavailable, Reason
from drivers.line import LineLimits
from drivers.scale.actor import Patience, ScaleActor
from drivers.scale.protocols import SCALES
from drivers.virtual.scale import VirtualScale
from drivers.virtual.small_device import SmallDeviceServer
from tests.drivers.known_state import until_online

QUICK = LineLimits(connect=2, send=0.2, close=0.2, retry_first=0.01, retry_most=0.05)
PATIENCE = Patience(answer=0.08, motion=0.005, silence=0.03, look=30)


@pytest.fixture(params=tuple(SCALES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def served(name: str, grams: int = 0) -> AsyncIterator[tuple[ScaleActor, SmallDeviceServer, VirtualScale]]:
    scale = VirtualScale(name, grams)
    async with SmallDeviceServer(scale) as server:
        actor = ScaleActor("waage", server.in_process(), SCALES[name], limits=QUICK, patience=PATIENCE)
        running = asyncio.create_task(actor.run())
        try:
            yield actor, server, scale
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


class SharedLine:
    """A serial line: what the scale says reaches whoever has the port open then, however late. It answers `takes` seconds after a question."""

    def __init__(self, name: str, grams: int) -> None:
        self.name, self.grams, self.takes, self.answers = name, grams, 0.0, True
        self.late_after_open: list[tuple[float, int]] = []
        self._said: asyncio.Queue[bytes] = asyncio.Queue()

    def say(self, grams: int) -> None:
        self._said.put_nowait(VirtualScale(self.name, grams).receive(SCALES[self.name]().request))

    async def was_read(self) -> None:
        await self._said.join()

    def __call__(self) -> SharedLine:
        return self

    address = "serial:///dev/shared"

    async def open(self, _deadline: float) -> None:
        for delay, grams in self.late_after_open:
            asyncio.get_running_loop().call_later(delay, self.say, grams)
        self.late_after_open = []

    async def send(self, data: bytes, _deadline: float) -> int:
        if self.answers:
            asyncio.get_running_loop().call_later(self.takes, self.say, self.grams)
        return len(data)

    async def read(self, deadline: float) -> bytes:
        try:
            async with asyncio.timeout_at(deadline):
                data = await self._said.get()
        except TimeoutError:
            return b""
        asyncio.get_running_loop().call_soon(self._said.task_done)
        return data

    async def close(self, _deadline: float) -> bytes:
        return b""


@asynccontextmanager
async def at(line: SharedLine, name: str, patience: Patience = PATIENCE) -> AsyncIterator[ScaleActor]:
    actor = ScaleActor("waage", line, SCALES[name], limits=QUICK, patience=patience)
    running = asyncio.create_task(actor.run())
    try:
        yield actor
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def refused(actor: ScaleActor, within: float = 0.3) -> Reason:
    with pytest.raises(DeviceUnavailable) as failure:
        await actor.weigh(within)
    return failure.value.reason


async def test_a_weight_comes_with_its_text(name: str) -> None:
    async with served(name, 486) as (actor, _server, _scale):
        reading = await actor.weigh(2)
        assert reading.grams == 486
        assert "0.486" in reading.text
        assert actor.state.online is True


async def test_a_load_that_moves_is_asked_again_until_it_rests(name: str) -> None:
    async with served(name) as (actor, server, _scale):
        server.order({"weight": 730, "settles_after": 5})
        assert (await actor.weigh(5)).grams == 730


async def test_a_load_that_never_rests_gives_no_weight(name: str) -> None:
    async with served(name, 730) as (actor, server, scale):
        server.switch("in_motion")
        assert await refused(actor) is Reason.SCALE_IN_MOTION
        assert scale.questions > 2


@pytest.mark.parametrize(
    ("grams", "fault", "reason"),
    [
        (15_001, "", Reason.SCALE_OVER_CAPACITY),
        (-10, "", Reason.SCALE_UNDER_ZERO),
        (0, "zero_needed", Reason.SCALE_ZERO_NEEDED),
        (500, "parity_error", Reason.SCALE_ERROR),
        (500, "mute", Reason.NO_ANSWER),
    ],
)
async def test_what_is_no_weight_says_why(name: str, grams: int, fault: str, reason: Reason) -> None:
    async with served(name, grams) as (actor, server, _scale):
        if fault:
            server.switch(fault)
        assert await refused(actor) is reason


async def test_the_answer_to_an_old_question_is_never_taken_for_a_new_one(name: str) -> None:
    """The scale answered 1,000 kg so late that the first customer had gone, and the second paid for the first one's apples."""
    async with served(name, 1000) as (actor, server, _scale):
        await actor.weigh(2)
        server.switch("slow_ms", 150)
        assert await refused(actor, 0.05) is Reason.NO_ANSWER
        server.order({"weight": 2000})
        server.switch("slow_ms", 0)
        assert (await actor.weigh(3)).grams == 2000


async def test_a_scale_that_is_always_one_answer_behind_never_sells_the_load_before(name: str) -> None:
    async with served(name, 1000) as (actor, server, _scale):
        await actor.weigh(2)
        server.switch("stale")
        assert (await actor.weigh(3)).grams == 1000
        server.order({"weight": 2000})
        assert (await actor.weigh(3)).grams == 2000


async def test_what_the_scale_says_unasked_is_no_answer(name: str) -> None:
    """Somebody pressed "print" on the scale, twice: two equal weights lay there before the question."""
    line = SharedLine(name, grams=3000)
    async with at(line, name) as actor:
        await actor.weigh(2)
        for _ in range(2):
            line.say(9000)
            await line.was_read()
        assert (await actor.weigh(2)).grams == 3000


async def test_answers_that_are_still_under_way_when_the_link_is_opened_again_are_dropped(name: str) -> None:
    """Two questions had gone unanswered; both answers came after all, equal to the letter, into the next customer's weighing."""
    line = SharedLine(name, grams=1000)
    patience = Patience(answer=0.2, motion=0.005, silence=0.15, look=30)
    async with at(line, name, patience) as actor:
        await actor.weigh(2)
        line.answers = False
        assert await refused(actor, 0.05) is Reason.NO_ANSWER
        line.answers, line.grams, line.takes = True, 2000, 0.1
        line.late_after_open = [(0.02, 1000), (0.06, 1000)]
        assert (await actor.weigh(3)).grams == 2000
        assert line.late_after_open == []


async def test_weighings_take_turns_and_each_gets_an_answer(name: str) -> None:
    async with served(name, 250) as (actor, _server, _scale):
        readings = await asyncio.gather(*(actor.weigh(5) for _ in range(5)))
        assert [reading.grams for reading in readings] == [250] * 5


async def test_a_weighing_that_was_given_up_does_not_disturb_the_next(name: str) -> None:
    async with served(name, 250) as (actor, server, _scale):
        await actor.weigh(2)
        server.switch("in_motion")
        given_up = asyncio.create_task(actor.weigh(5))
        await server.until(lambda: server.device.state()["questions"] > 4)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        server.switch("in_motion", False)
        assert (await actor.weigh(2)).grams == 250


async def test_an_unplugged_scale_is_told_at_once_and_weighs_again_when_it_is_back(name: str) -> None:
    async with served(name, 250) as (actor, server, _scale):
        await actor.weigh(2)
        server.switch("unplugged")
        assert await refused(actor, 5) in (Reason.LINK_LOST, Reason.DEVICE_ABSENT)
        assert actor.state.online is False
        server.switch("unplugged", False)
        actor.reconnect()
        await until_online(actor, True)
        assert (await actor.weigh(2)).grams == 250


async def test_noise_around_the_answers_does_not_change_the_weight(name: str) -> None:
    async with served(name, 1234) as (actor, server, _scale):
        server.switch("garbage")
        assert (await actor.weigh(2)).grams == 1234
