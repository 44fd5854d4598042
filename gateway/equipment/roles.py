"""Devices that central's roles name and that are not set up here: central cannot know, so the gateway says it."""

from __future__ import annotations

from collections.abc import Collection

from branchgate.catalogue import BranchSettings
from gateway.equipment.board import Board
from gateway.equipment.state import DeviceKind, DeviceState

ROLE_DEVICE_MISSING = "ROLE_DEVICE_MISSING"


class MissingDevices:
    """Keeps them on the board, each with the roles and registers that want it. `configured`: the names of all that is set up."""

    def __init__(self, board: Board, configured: Collection[str]) -> None:
        self._board, self._configured = board, frozenset(configured)

    def use_settings(self, settings: BranchSettings | None) -> None:
        """Takes the branch's settings, at start and whenever central changes them."""
        wanted = _wanted(settings, self._configured)
        for state in self._board.states:
            if state.kind is DeviceKind.MISSING and state.name not in wanted:
                self._board.take_down(state.kind, state.name)
        for name, roles in wanted.items():
            self._board.tell(
                DeviceState(name, DeviceKind.MISSING, address="", reason=ROLE_DEVICE_MISSING, wanted_for=roles)
            )


def _wanted(settings: BranchSettings | None, configured: Collection[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    wanted: dict[str, tuple[tuple[str, str], ...]] = {}
    for assigned in () if settings is None else settings.device_roles:
        if assigned.device not in configured:
            wanted[assigned.device] = (*wanted.get(assigned.device, ()), (assigned.role, assigned.register_id))
    return wanted
