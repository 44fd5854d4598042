"""Character tables of the printer: ESC t (code page) and ESC R (international set).

Slot numbers after the Epson ESC/POS reference, ESC t. Clones number their slots differently; `Charset` therefore takes the
table as an argument.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Final

KATAKANA: Final = "katakana"
EPSON_SLOTS: Final[Mapping[int, str]] = {
    0: "cp437",
    1: KATAKANA,
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    32: "cp720",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859_2",
    40: "iso8859_15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
}

# The page has no codec: blocks and frames, half-width katakana from A1 to DF, signs (Epson ESC/POS reference, page 1).
_KATAKANA: Final = (
    "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯ "
    + "".join(map(chr, range(0xFF61, 0xFFA0)))
    + "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▒ "
)
# Printers have the euro sign where the older page, which Python knows, has nothing.
_ADDED: Final[Mapping[str, Mapping[int, str]]] = {"cp857": {0xD5: "€"}}

# ESC R replaces these twelve characters (Epson ESC/POS reference, ESC R).
_REPLACED: Final = "#$@[\\]^`{|}~"
INTERNATIONAL: Final[Mapping[int, str]] = {
    0: "#$@[\\]^`{|}~",
    1: "#$à°ç§^`éùè¨",
    2: "#$§ÄÖÜ^`äöüß",
    3: "£$@[\\]^`{|}~",
    4: "#$@ÆØÅ^`æøå~",
    5: "#¤ÉÄÖÅÜéäöåü",
    6: "#$@°\\é^ùàòèì",
    7: "₧$@¡Ñ¿^`¨ñ}~",
}

REPLACEMENT: Final = "\ufffd"


class Charset:
    """What a byte looks like on paper under the selected code page and international set."""

    def __init__(self, slots: Mapping[int, str] = EPSON_SLOTS) -> None:
        self._slots = slots
        self.slot = 0
        self.international = 0
        self._decode = self._table("cp437")

    def select_page(self, slot: int) -> bool:
        """ESC t: False when the printer has no such page; characters then print as the replacement sign."""
        self.slot = slot
        known = slot in self._slots
        self._decode = self._table(self._slots[slot]) if known else [REPLACEMENT] * 128
        return known

    def select_international(self, number: int) -> bool:
        """ESC R: False when the set is unknown; the selection then stays."""
        if number not in INTERNATIONAL:
            return False
        self.international = number
        return True

    def character(self, byte: int) -> str:
        """The character for one byte from 20 to FF (hexadecimal)."""
        if byte >= 0x80:
            return self._decode[byte - 0x80]
        found = _REPLACED.find(chr(byte))
        return chr(byte) if found < 0 else INTERNATIONAL[self.international][found]

    @staticmethod
    def _table(codec: str) -> list[str]:
        if codec == KATAKANA:
            return list(_KATAKANA)
        decode, added = codecs.lookup(codec).decode, _ADDED.get(codec, {})
        return [added.get(byte) or decode(bytes((byte,)), "replace")[0] for byte in range(0x80, 0x100)]
