"""The one task that owns a scale: one weighing at a time, and never an old answer for a new question.

Neither protocol numbers its answers, so three rules keep a late one from being taken for the next: what the scale says unasked is
dropped; after a question that was not answered in time the link is closed, and the next one listens before it asks; and a weight counts
only when two answers in a row agree to the letter, which also catches the digit that no checksum protects.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from drivers.errors import DeviceUnavailable, Reason
from drivers.line import DeviceState, Line, LineLimits, OpenLine, now
from drivers.scale.contract import Reading, ScaleProtocol, ScaleStatus
from drivers.transport.contract import OpenTransport

REASONS: Final = {
    ScaleStatus.IN_MOTION: Reason.SCALE_IN_MOTION,
    ScaleStatus.UNDER_ZERO: Reason.SCALE_UNDER_ZERO,
    ScaleStatus.OVER_CAPACITY: Reason.SCALE_OVER_CAPACITY,
    ScaleStatus.ZERO_NEEDED: Reason.SCALE_ZERO_NEEDED,
    ScaleStatus.ERROR: Reason.SCALE_ERROR,
}
_PASSING: Final = (ScaleStatus.IN_MOTION, ScaleStatus.ERROR)
"""Asked again until the deadline; the others need somebody's hand."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for one answer, between two questions while the load moves, of silence after an unanswered question, and
    between two looks whether the scale is there.
    """

    answer: float = 1.0
    motion: float = 0.1
    silence: float = 0.5
    look: float = 30.0


@dataclass(slots=True, eq=False)
class _Weighing:
    until: float
    answer: asyncio.Future[Reading]
    why: Reason = Reason.NO_ANSWER

    def fail(self, device: str, reason: Reason) -> None:
        if not self.answer.done():
            self.answer.set_exception(DeviceUnavailable(reason, device))


class ScaleActor:
    """One scale. `run` it as a task; cancelling that task turns away who waits and closes the link."""

    def __init__(
        self,
        name: str,
        open_transport: OpenTransport,
        make_protocol: Callable[[], ScaleProtocol],
        *,
        limits: LineLimits | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._make_protocol, self._patience = make_protocol, patience or Patience()
        self._line = Line(open_transport, limits)
        self._waiting: deque[_Weighing] = deque()
        self._heard: deque[Reading] = deque()
        self._owed = False  # an answer that did not come in time may still come

    @property
    def state(self) -> DeviceState:
        """How the scale stands as far as it is known."""
        return self._line.state

    def subscribe(self, callback: Callable[[DeviceState], None]) -> Callable[[], None]:
        """Call back once per change of state, in the event loop; returns what ends the subscription."""
        return self._line.subscribe(callback)

    def reconnect(self) -> None:
        """The scale may have been plugged in: try it at once."""
        self._line.reconnect()

    async def weigh(self, within: float) -> Reading:
        """The stable weight of what lies on the scale now, in its turn and within so many seconds.

        Raises DeviceUnavailable: SCALE_IN_MOTION, SCALE_UNDER_ZERO, SCALE_OVER_CAPACITY, SCALE_ZERO_NEEDED, SCALE_ERROR, NO_ANSWER, or why
        the scale cannot be reached. Then there is no weight, and nothing has happened.
        """
        if self._line.resting:
            raise DeviceUnavailable(self.state.reason or Reason.NOT_CONNECTED, self.name)
        weighing = _Weighing(now() + within, asyncio.get_running_loop().create_future())
        self._waiting.append(weighing)
        self._line.stir()
        try:
            await asyncio.wait((weighing.answer,), timeout=within)
        except asyncio.CancelledError:
            weighing.answer.cancel()
            raise
        finally:
            if weighing in self._waiting:
                self._waiting.remove(weighing)
        weighing.fail(self.name, weighing.why)
        return weighing.answer.result()

    async def run(self) -> NoReturn:
        """Serve the scale until cancelled."""
        try:
            await self._line.run(self._serve, self._turn_away)
        finally:
            self._turn_away(Reason.NOT_CONNECTED)

    def _turn_away(self, reason: Reason) -> None:
        while self._waiting:
            self._waiting.popleft().fail(self.name, reason)

    async def _serve(self, line: OpenLine) -> None:
        """One link; ends when a question was not answered, for a fresh link that owes nothing."""
        protocol = self._make_protocol()
        line.heard = lambda data: self._take(protocol.feed(data, now()))
        if self._owed:
            await line.pause(now() + self._patience.silence)
            self._owed = False
        look_at = now()
        while True:
            if self._waiting:
                answered = await self._weigh(line, protocol, self._waiting[0])
            elif now() >= look_at:
                answered = await self._ask(line, protocol, now() + self._patience.answer) is not None
                look_at = now() + self._patience.look
            else:
                await line.changed(look_at)
                continue
            if not answered:
                self._line.stands(None, Reason.NO_ANSWER)
                if not self._waiting:
                    await line.changed(now() + self._patience.look)
                return

    def _take(self, readings: list[Reading]) -> None:
        self._heard.extend(readings)
        self._line.stir()

    async def _weigh(self, line: OpenLine, protocol: ScaleProtocol, weighing: _Weighing) -> bool:
        """Ask until two answers agree, the scale needs a hand, or time is up. False: an answer is owed."""
        before: Reading | None = None
        while now() < weighing.until and weighing in self._waiting:
            reading = await self._ask(line, protocol, min(weighing.until, now() + self._patience.answer))
            if reading is None:
                return False
            if weighing not in self._waiting:
                break  # whoever asked has gone
            if reading.status is ScaleStatus.STABLE and reading == before:
                weighing.answer.set_result(reading)
                break
            before = reading if reading.status is ScaleStatus.STABLE else None
            weighing.why = REASONS.get(reading.status, Reason.SCALE_IN_MOTION)
            if reading.status in _PASSING:
                await line.pause(min(weighing.until, now() + self._patience.motion))
            elif before is None:
                break
        if weighing in self._waiting:
            self._waiting.remove(weighing)
        weighing.fail(self.name, weighing.why)
        return True

    async def _ask(self, line: OpenLine, protocol: ScaleProtocol, until: float) -> Reading | None:
        self._heard.clear()
        self._owed = True
        await line.send(protocol.request)
        while not self._heard and now() < until:
            await line.changed(until)
        if not self._heard:
            return None
        self._owed = False
        self._line.stands(True)
        return self._heard.popleft()
