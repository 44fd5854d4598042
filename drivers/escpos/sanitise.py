"""Text that can only be text: an article name must neither open the drawer nor cut the paper.

Control characters are commands to a printer (DLE DC4 in a name is a drawer pulse), so C0, DEL and C1 are dropped. What code
page 858 cannot show is written with its base letters, else as a question mark.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

ENCODING: Final = "cp858"
_REPLACEMENTS: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f", " "),
    "\u2026": "...",
    "\u2022": "*",
    "\u1e9e": "SS",
    "\u0153": "oe",
    "\u0152": "OE",
    "\u0142": "l",
    "\u0141": "L",
}


def printable(text: str) -> str:
    """One line of printable text: no controls, every character in code page 858. Tabs and line breaks become blanks."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable() and _encodable(composed):
        return composed
    return "".join(map(_printable_character, composed))


@lru_cache(maxsize=4096)
def _printable_character(character: str) -> str:
    if character in "\t\n\r":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs") or unicodedata.combining(character):
        return ""
    if _encodable(character):
        return character
    if character in _REPLACEMENTS:
        return _REPLACEMENTS[character]
    base = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return base if base and base.isprintable() and _encodable(base) else "?"


def _encodable(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
