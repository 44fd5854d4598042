"""The display desk: finds a register's customer display and hands its task what to show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from branchgate.catalogue import BranchSettings
from branchgate.errors import Refused
from drivers.display.actor import DisplayActor
from drivers.display.contract import Row, Screen
from drivers.line import DeviceState as LinkState
from drivers.line import LineLimits
from gateway.config import Display
from gateway.counter_devices import chosen, display_line, on_the_board
from gateway.equipment import Board, DeviceKind, DeviceState

ROLE: Final = "display"
LONGEST_TEXT: Final = 200
"""Longer than any article's name; a line shows twenty of them."""
LONGEST_FIGURE: Final = 14
"""A figure is never cut, so one that leaves no room for a name is refused."""


class DisplayDesk:
    """Owns the actors of all displays, and tells the board how they stand.

    Raises Refused (SETTINGS_INVALID) for an address or protocol that cannot be.
    """

    def __init__(
        self,
        configured: tuple[Display, ...],
        settings: Callable[[], BranchSettings | None],
        board: Board,
        limits: LineLimits | None = None,
    ) -> None:
        self._settings, self._board = settings, board
        self.addresses: Mapping[str, str] = {display.name: display.address for display in configured}
        self._actors = {display.name: _actor(display, limits) for display in configured}
        for name, actor in self._actors.items():
            self._tell(name, actor.state)
            actor.subscribe(partial(self._tell, name))

    def work(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """What must be kept going, by name."""
        return {f"display {name}": actor.run for name, actor in self._actors.items()}

    def plugged(self, name: str) -> None:
        """A display was plugged in: it is tried at once."""
        self._actors[name].reconnect()

    def show(self, register_id: str, upper: Row, lower: Row, *, display: str = "") -> DeviceState:
        """Shows two lines from now on; never waits for the display. Texts are cut to what fits, control characters dropped.

        Returns the display as it stands. Raises Refused (INVALID_VALUE, DEVICE_NOT_FOUND, NO_DEVICE_FOR_ROLE).
        """
        _check("upper", upper)
        _check("lower", lower)
        name = self._chosen(register_id, display)
        self._actors[name].show(Screen(upper, lower))
        return self._view(name)

    def clear(self, register_id: str, *, display: str = "") -> DeviceState:
        """Shows the idle text. Returns the display as it stands. Raises Refused (DEVICE_NOT_FOUND, NO_DEVICE_FOR_ROLE)."""
        name = self._chosen(register_id, display)
        self._actors[name].clear()
        return self._view(name)

    def _chosen(self, register_id: str, wanted: str) -> str:
        return chosen(ROLE, self._actors, self._settings(), register_id, wanted)

    def _tell(self, name: str, state: LinkState) -> None:
        self._board.tell(on_the_board(DeviceKind.DISPLAY, name, self.addresses[name], state))

    def _view(self, name: str) -> DeviceState:
        return on_the_board(DeviceKind.DISPLAY, name, self.addresses[name], self._actors[name].state)


def _actor(display: Display, limits: LineLimits | None) -> DisplayActor:
    protocol, opened = display_line(display)
    idle = Screen(Row(display.idle_upper), Row(display.idle_lower))
    return DisplayActor(display.name, opened, protocol, idle=idle, limits=limits)


def _check(field: str, row: Row) -> None:
    for part, value, longest in (("text", row.left, LONGEST_TEXT), ("figure", row.right, LONGEST_FIGURE)):
        if len(value) > longest:
            raise Refused(
                "INVALID_VALUE", field=f"{field}.{part}", value=value[:40], rule=f"at most {longest} characters"
            )
