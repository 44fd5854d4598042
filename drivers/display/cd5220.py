"""Customer displays that speak CD5220, the common language of pole displays.

Partner CD-5220 user's manual, chapter 6 "CD5220 standard mode command list": ESC @ initialises, ESC DC1 is the overwrite mode, ESC Q A and
ESC Q B write a whole line up to CR, CLR empties the display and leaves the string mode that ESC Q began; while in it no other command is
taken. ESC f G selects the German characters, which stand in place of brackets (ISO 646-DE); there is no euro sign.
"""

from __future__ import annotations

from typing import Final

from drivers.display.character_set import CharacterSet, with_national_signs

INITIALISE: Final = b"\x1b@"
OVERWRITE_MODE: Final = b"\x1b\x11"
GERMAN_SIGNS: Final = b"\x1bfG"
CURSOR_HIDDEN: Final = b"\x1b_\x00"
CLEAR: Final = b"\x0c"
UPPER_LINE: Final = b"\x1bQA"
LOWER_LINE: Final = b"\x1bQB"
END_OF_LINE: Final = b"\r"

_IN_GERMAN: Final = {"§": 0x40, "Ä": 0x5B, "Ö": 0x5C, "Ü": 0x5D, "ä": 0x7B, "ö": 0x7C, "ü": 0x7D, "ß": 0x7E}


class Cd5220:
    """CD5220 standard mode."""

    characters: CharacterSet = with_national_signs(_IN_GERMAN)

    def initialise(self) -> bytes:
        """CLR first: in string mode nothing else would be heard."""
        return CLEAR + INITIALISE + OVERWRITE_MODE + GERMAN_SIGNS + CURSOR_HIDDEN

    def show(self, upper: str, lower: str) -> bytes:
        """The German signs come along each time, since nothing tells that a display was switched off and on; hence CLR before them."""
        encode = self.characters.encode
        lines = UPPER_LINE + encode(upper) + END_OF_LINE + LOWER_LINE + encode(lower) + END_OF_LINE
        return CLEAR + GERMAN_SIGNS + lines

    def clear(self) -> bytes:
        """CLR."""
        return CLEAR
