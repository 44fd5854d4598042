"""Messages of one stream on their way to the disk: read ahead up to a window, answered in order, together where they settle together."""

from __future__ import annotations

import asyncio
from collections import deque

from gateway.recording.message import Recording
from gateway.recording.model import Recorded

WINDOW = 64
"""Messages of one stream that may be under way: enough to fill the next commit while one is being synced."""


class Pipeline:
    """One end puts what it has begun, the other takes what is settled."""

    def __init__(self, window: int = WINDOW) -> None:
        self._under_way: deque[Recording] = deque()
        self._room = asyncio.Semaphore(window)
        self._news = asyncio.Event()
        self._ended = False

    async def room(self) -> None:
        """Waits until one more message may be begun."""
        await self._room.acquire()

    def put(self, recording: Recording) -> None:
        """Adds what was begun in the room that `room` gave."""
        self._under_way.append(recording)
        self._news.set()

    def end(self) -> None:
        """Nothing more will be put."""
        self._ended = True
        self._news.set()

    async def take(self) -> Recorded | None:
        """Waits for the oldest message and answers it together with those behind it that are settled too; None at the end."""
        while not self._under_way:
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()
        answers = [await self._next()]
        while self._under_way and self._under_way[0].done():
            answers.append(await self._next())
        return merged(answers)

    async def _next(self) -> Recorded:
        answer = await self._under_way[0].settled()
        self._under_way.popleft()
        self._room.release()
        return answer


def merged(answers: list[Recorded]) -> Recorded:
    """One cumulative answer for several in a row; of several reasons to try again the first is the cause of the others."""
    if len(answers) == 1:
        return answers[0]
    return Recorded(
        max(answer.settled_register_sequence for answer in answers),
        tuple(found for answer in answers for found in answer.findings),
        tuple(refused for answer in answers for refused in answer.refused),
        next((answer.try_again for answer in answers if answer.try_again is not None), None),
        any(answer.late for answer in answers),
    )
