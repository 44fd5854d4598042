"""Two lines of exactly twenty characters: the name left, the price right; a name is cut, a price is whole or it is not there."""

from __future__ import annotations

from typing import Final

from drivers.display.character_set import CharacterSet
from drivers.display.contract import COLUMNS, Row, Screen

NO_ROOM: Final = "#"
"""Stands in every column of a figure that does not fit: a figure with an end cut off would be a wrong one."""


def lines_of(screen: Screen, characters: CharacterSet) -> tuple[str, str]:
    """Both lines as the display takes them."""
    return _line(screen.upper, characters), _line(screen.lower, characters)


def _line(row: Row, characters: CharacterSet) -> str:
    left, right = characters.shown(row.left), characters.shown(row.right)
    if len(right) > COLUMNS:
        return NO_ROOM * COLUMNS
    room = COLUMNS - len(right) - (1 if right else 0)
    return left[: max(0, room)].ljust(COLUMNS - len(right)) + right
