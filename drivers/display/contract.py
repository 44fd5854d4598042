"""What every language of a customer display (Kundenanzeige) promises. No I/O: bytes go out, none are expected back.

The displays meant here have two lines of twenty characters. They hang on a wire of their own: the pass-through that sends both
display and printer over one line would mix prices into receipts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from drivers.display.character_set import CharacterSet

ROWS: Final = 2
COLUMNS: Final = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a text on the left that is cut when there is no room, a figure on the right that never is."""

    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a customer reads, as it was asked for; `drivers.display.layout` brings it to twenty characters a line."""

    upper: Row = Row()
    lower: Row = Row()


class DisplayProtocol(Protocol):
    """A display language. Lines come as exactly COLUMNS characters, every one of them in `characters`."""

    @property
    def characters(self) -> CharacterSet:
        """What the display can show after `initialise`."""
        ...

    def initialise(self) -> bytes:
        """Bring a display that was just plugged in into a known state; it is empty afterwards."""
        ...

    def show(self, upper: str, lower: str) -> bytes:
        """Put both lines on the display, whatever stood there, even when it was switched off and on meanwhile."""
        ...

    def clear(self) -> bytes:
        """Empty the display."""
        ...
