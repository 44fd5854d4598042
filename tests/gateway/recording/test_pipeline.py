"""Messages of one stream under way: bounded, in order, answered together when they settle together."""

from __future__ import annotations

import asyncio

from branchgate.errors import TryAgain
from branchgate.events import Finding
from gateway.recording import EventFindings, Recorded
from gateway.recording.pipeline import Pipeline, merged


class Under:
    """A recording whose end the test decides."""

    def __init__(self) -> None:
        self.result: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()

    def done(self) -> bool:
        return self.result.done()

    async def settled(self) -> Recorded:
        return await self.result


async def put(pipeline: Pipeline) -> Under:
    recording = Under()
    await pipeline.room()
    pipeline.put(recording)  # type: ignore[arg-type]  # of a recording it needs `settled` alone
    return recording


async def test_what_settled_together_is_answered_together() -> None:
    pipeline = Pipeline()
    first, second, third = [await put(pipeline) for _ in range(3)]
    second.result.set_result(Recorded(2))
    taking = asyncio.create_task(pipeline.take())
    await asyncio.sleep(0)
    assert not taking.done()  # the first decides
    first.result.set_result(Recorded(1))
    assert await taking == Recorded(2)
    third.result.set_result(Recorded(3))
    assert await pipeline.take() == Recorded(3)
    pipeline.end()
    assert await pipeline.take() is None


async def test_a_full_window_waits_for_an_answer() -> None:
    pipeline = Pipeline(window=1)
    first = await put(pipeline)
    waiting = asyncio.create_task(pipeline.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    first.result.set_result(Recorded(1))
    await pipeline.take()
    await waiting


async def test_the_end_is_told_to_one_who_waits() -> None:
    pipeline = Pipeline()
    taking = asyncio.create_task(pipeline.take())
    await asyncio.sleep(0)
    pipeline.end()
    assert await taking is None


async def test_a_merged_answer_names_the_cause_and_keeps_every_finding() -> None:
    one = EventFindings(b"1" * 16, (Finding("A", "", "", ""),))
    two = EventFindings(b"2" * 16, (Finding("B", "", "", ""),))
    full, gap = TryAgain("DISK_FULL"), TryAgain("SEQUENCE_GAP")
    answer = merged([Recorded(4, (one,)), Recorded(4, (), (), full), Recorded(4, (two,), (), gap, late=True)])
    assert answer == Recorded(4, (one, two), (), full, late=True)
