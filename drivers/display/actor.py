"""The one task that owns a customer display: sole writer on its link, and it only ever shows the latest.

There is no queue: while a slow line or a missing cable holds a price back, the next price takes its place. What should stand on
the display is written again after it was plugged in again, and every half minute, because a display that lost its power says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from drivers.display.contract import DisplayProtocol, Screen
from drivers.display.layout import lines_of
from drivers.errors import Reason
from drivers.line import DeviceState, Line, LineLimits, OpenLine, now
from drivers.transport.contract import OpenTransport

REFRESH_S: Final = 30.0


class DisplayActor:
    """One display. `run` it as a task; cancelling that task closes the link properly and leaves what stands on the display.

    `idle` is shown while nobody is served. A display never answers: with the link open it is unknown whether it is on.
    """

    def __init__(
        self,
        name: str,
        open_transport: OpenTransport,
        protocol: DisplayProtocol,
        *,
        idle: Screen | None = None,
        limits: LineLimits | None = None,
        refresh: float = REFRESH_S,
    ) -> None:
        self.name = name
        self._protocol, self._refresh = protocol, refresh
        self._idle = idle or Screen()
        self._wanted = self._idle
        self._line = Line(open_transport, limits)

    @property
    def state(self) -> DeviceState:
        """How the display stands as far as it is known."""
        return self._line.state

    @property
    def wanted(self) -> Screen:
        """What stands on the display, or will as soon as it can be reached."""
        return self._wanted

    def subscribe(self, callback: Callable[[DeviceState], None]) -> Callable[[], None]:
        """Call back once per change of state, in the event loop; returns what ends the subscription."""
        return self._line.subscribe(callback)

    def show(self, screen: Screen) -> None:
        """Show this from now on. Never waits; what it replaces and was not yet shown never will be."""
        self._wanted = screen
        self._line.stir()

    def clear(self) -> None:
        """Show the idle text."""
        self.show(self._idle)

    def reconnect(self) -> None:
        """The display may have been plugged in: try it at once."""
        self._line.reconnect()

    async def run(self) -> NoReturn:
        """Serve the display until cancelled."""
        await self._line.run(self._serve, _nobody_waits)

    async def _serve(self, line: OpenLine) -> None:
        await line.send(self._protocol.initialise())
        while True:
            shown = self._wanted
            await line.send(self._bytes_of(shown))
            self._line.stands(None)
            refresh_at = now() + self._refresh
            while self._wanted == shown and now() < refresh_at:
                await line.changed(refresh_at)

    def _bytes_of(self, screen: Screen) -> bytes:
        upper, lower = lines_of(screen, self._protocol.characters)
        return self._protocol.show(upper, lower) if (upper + lower).strip() else self._protocol.clear()


def _nobody_waits(_reason: Reason) -> None:
    """Whoever shows something does not wait for it."""
