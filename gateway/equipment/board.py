"""The board: the last known state of every device, and one notice per change. A slow watcher skips steps, never devices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from branchgate.clock import Clock
from gateway.equipment.state import DeviceState

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A device as it stands now; `gone`: it was pulled out and is on the board no longer."""

    state: DeviceState
    gone: bool = False


class Board:
    """Keeps the states, in the order in which devices were first told of. Lives in the event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._states: dict[Key, DeviceState] = {}
        self._listeners: list[Callable[[Notice], None]] = []

    @property
    def states(self) -> list[DeviceState]:
        """All devices as they stand."""
        return list(self._states.values())

    def state(self, kind: str, name: str) -> DeviceState | None:
        """One device as it stands; None: nobody ever told of it."""
        return self._states.get((kind, name))

    def tell(self, state: DeviceState) -> None:
        """A device stands like this now. The same again is no news; the time of the change is the board's to say."""
        known = self._states.get(state.key)
        if known is not None and known == replace(state, changed_at_ms=known.changed_at_ms):
            return
        told = replace(state, changed_at_ms=self._clock.now_ms())
        self._states[state.key] = told
        self._notify(Notice(told))

    def take_down(self, kind: str, name: str) -> None:
        """A device that no configuration names was pulled out."""
        known = self._states.pop((kind, name), None)
        if known is not None:
            self._notify(Notice(replace(known, changed_at_ms=self._clock.now_ms()), gone=True))

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Calls back once per change; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def watch(self) -> BoardWatch:
        """Everything as it stands, then every change. Close it when done."""
        return BoardWatch(self)

    def _notify(self, notice: Notice) -> None:
        for listener in tuple(self._listeners):
            listener(notice)


class BoardWatch:
    """Follows the board from its making until `close`. It keeps at most one notice per device, whatever the watcher's pace."""

    def __init__(self, board: Board) -> None:
        self._waiting: dict[Key, Notice] = {}
        self._arrived = asyncio.Event()
        self._stop = board.subscribe(self._take)
        for state in board.states:
            self._take(Notice(state))

    @property
    def waiting(self) -> int:
        """So many devices have changed and were not taken yet."""
        return len(self._waiting)

    async def next(self) -> Notice:
        """The next device that has changed, as it stands."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.pop(next(iter(self._waiting)))

    def close(self) -> None:
        """Ends the watch."""
        self._stop()

    def _take(self, notice: Notice) -> None:
        self._waiting[notice.state.key] = notice
        self._arrived.set()
