"""Customer displays in the manner of Epson's DM-D series: DM-D110, DM-D30 and the many that call it "EPSON mode".

Epson DM-D110 specification (ESC @, ESC t n: 0-5, 16-19, 254, 255; page 19 is code page 858 with the euro sign) and its command
list: US MD1 overwrite mode, US $ x y cursor, US C n cursor shown, CLR.
"""

from __future__ import annotations

from typing import Final

from drivers.display.character_set import CharacterSet, of_code_page

INITIALISE: Final = b"\x1b@"
CODE_PAGE_858: Final = b"\x1bt\x13"
INTERNATIONAL_USA: Final = b"\x1bR\x00"  # brackets stay brackets
OVERWRITE_MODE: Final = b"\x1f\x01"  # US MD1; vertical and horizontal scroll would move a full line away
CURSOR_HIDDEN: Final = b"\x1fC\x00"
CLEAR: Final = b"\x0c"
UPPER_LINE: Final = b"\x1f$\x01\x01"
LOWER_LINE: Final = b"\x1f$\x01\x02"

_SETTINGS: Final = CODE_PAGE_858 + INTERNATIONAL_USA + OVERWRITE_MODE + CURSOR_HIDDEN


class EscposDisplay:
    """ESC/POS for displays. Everything shown brings its settings along: nothing tells that a display lost its power."""

    characters: CharacterSet = of_code_page("cp858")

    def initialise(self) -> bytes:
        """ESC @ empties the display and puts all settings back."""
        return INITIALISE + _SETTINGS

    def show(self, upper: str, lower: str) -> bytes:
        """Overwrites both lines in place, without a flicker."""
        encode = self.characters.encode
        return _SETTINGS + UPPER_LINE + encode(upper) + LOWER_LINE + encode(lower)

    def clear(self) -> bytes:
        """CLR."""
        return CLEAR
