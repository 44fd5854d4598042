"""Who opened the drawer, when it was shut, and whether it stands open too long: told from its sensor and our commands. No I/O.

All times are UTC milliseconds and passed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LATE_MS: Final = 3_000
"""A drawer that sticks may open a moment after its command was judged; after that it was opened by a key or a hand."""
FLUTTER_MS: Final = 1_000
"""A drawer is shut once it has stayed shut for so long: until then a bouncing contact or drawer is still the same opening."""


class Occurrence(StrEnum):
    """What happens to a drawer without being asked for; outcomes of DRAWER events in the journal."""

    OPENED_BY_HAND = "OPENED_BY_HAND"
    OPEN_TOO_LONG = "OPEN_TOO_LONG"
    SHUT = "SHUT"


@dataclass(frozen=True, slots=True)
class Opening:
    """The drawer stands open since then; `command_id` and `register_id` are empty when nobody asked for it. `told`: too long, and said."""

    opened_at_ms: int
    command_id: bytes = b""
    register_id: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class DrawerEvent:
    """Something to be journaled about an opening."""

    what: Occurrence
    at_ms: int
    opening: Opening


@dataclass(frozen=True, slots=True)
class _Order:
    command_id: bytes
    register_id: str


class DrawerWatch:
    """One drawer. `too_long_ms` 0: it may stand open for ever. `opening` is what was known before a restart."""

    def __init__(self, too_long_ms: int, opening: Opening | None = None) -> None:
        self._too_long_ms = too_long_ms
        self._is_open: bool | None = None
        self._ever_seen = False
        self._under_way: dict[bytes, _Order] = {}
        self._late: tuple[_Order, int] | None = None
        self._shut_at_ms: int | None = None  # an opening seems to have ended then
        self.opening = opening

    @property
    def stands_too_long(self) -> bool:
        """It stands open, and that was told."""
        return self._shut_at_ms is None and self.opening is not None and self.opening.told

    @property
    def wake_at_ms(self) -> int | None:
        """When `tick` must be called at the latest."""
        if self._shut_at_ms is not None:
            return self._shut_at_ms + FLUTTER_MS
        if self._is_open is not True or self.opening is None or self.opening.told or not self._too_long_ms:
            return None
        return self.opening.opened_at_ms + self._too_long_ms

    def commanded(self, command_id: bytes, register_id: str) -> None:
        """A command is about to be obeyed: what opens from now on may be its doing."""
        self._under_way[command_id] = _Order(command_id, register_id)

    def concluded(self, command_id: bytes, now: int, *, pulse_sent: bool) -> list[DrawerEvent]:
        """The command has its outcome. Without a pulse it opened nothing: what opened meanwhile was somebody's hand."""
        order = self._under_way.pop(command_id, None)
        if order is None:
            return []
        if pulse_sent:
            if self.opening is None or self._shut_at_ms is not None:
                self._late = (order, now + LATE_MS)
            return []
        if self.opening is None or self.opening.command_id != command_id:
            return []
        self.opening = replace(self.opening, command_id=b"")
        return [DrawerEvent(Occurrence.OPENED_BY_HAND, self.opening.opened_at_ms, self.opening)]

    def seen(self, is_open: bool | None, now: int) -> list[DrawerEvent]:
        """The sensor says open, shut, or nothing; silence changes nothing."""
        self._is_open = is_open
        events = self._settled(now)
        if is_open is None:
            return events
        first, self._ever_seen = not self._ever_seen, True
        if is_open:
            return events + self._opened(now, first=first)
        if self.opening is not None and self._shut_at_ms is None:
            self._shut_at_ms = now
        return events

    def tick(self, now: int) -> list[DrawerEvent]:
        """Time has passed."""
        if self._shut_at_ms is not None:
            return self._settled(now)
        wake_at = self.wake_at_ms
        if self.opening is None or wake_at is None or now < wake_at:
            return []
        self.opening = replace(self.opening, told=True)
        return [DrawerEvent(Occurrence.OPEN_TOO_LONG, now, self.opening)]

    def _opened(self, now: int, *, first: bool) -> list[DrawerEvent]:
        order = self._responsible(now) if self.opening is None or self._shut_at_ms is not None else None
        if self.opening is not None and (order is None or order.command_id == self.opening.command_id):
            self._shut_at_ms = None
            return []
        events = self._ended()
        if order is not None:
            self.opening = Opening(now, order.command_id, order.register_id)
            return events
        self.opening = Opening(now)
        # One that stood open when it was first seen was opened nobody knows when, perhaps by a command before a restart.
        return [] if first else [DrawerEvent(Occurrence.OPENED_BY_HAND, now, self.opening)]

    def _settled(self, now: int) -> list[DrawerEvent]:
        """What is certain about a drawer that seemed to be shut. A clock that was turned back ends the wait."""
        if self._shut_at_ms is None or 0 <= now - self._shut_at_ms < FLUTTER_MS:
            return []
        return self._ended()

    def _ended(self) -> list[DrawerEvent]:
        ended, shut_at = self.opening, self._shut_at_ms
        self.opening = self._shut_at_ms = None
        return [] if ended is None or shut_at is None else [DrawerEvent(Occurrence.SHUT, shut_at, ended)]

    def _responsible(self, now: int) -> _Order | None:
        if self._under_way:
            return next(iter(self._under_way.values()))
        late, self._late = self._late, None
        return late[0] if late is not None and now <= late[1] else None
