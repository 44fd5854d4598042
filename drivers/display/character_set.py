"""Text that can only be text: an article's name must neither move the cursor nor end a command, and umlauts must be umlauts.

Control characters are commands to a display, so C0, DEL and C1 are dropped. What the display has no sign for is written with
its base letters (é as e, € as EUR), else as a question mark.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_BLANKS: Final = "\t\n\r\u00a0\u2002\u2003\u2009\u202f"
_SPELLED: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "\u2026": "...",
        "\u2022": "*",
        "\u20ac": "EUR",
        "\u1e9e": "SS",
        "\u00df": "ss",
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u0152": "OE",
        "\u0142": "l",
        "\u0141": "L",
        "\u00d7": "x",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "\\": "/",
        "|": "/",
        "~": "-",
        "@": "(at)",
    }
)


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """A display's signs and their bytes. No byte is below 0x20, so that no text can be a command."""

    codes: Mapping[str, int]

    def shown(self, text: str) -> str:
        """The text in one line as this display can show it."""
        return "".join(map(self._shown, unicodedata.normalize("NFC", text)))

    def encode(self, text: str) -> bytes:
        """The bytes of a text that `shown` has made."""
        return bytes(self.codes[character] for character in text)

    def _shown(self, character: str) -> str:
        if character in _BLANKS:
            return " "
        if character in self.codes:
            return character
        if unicodedata.category(character) in ("Cc", "Cf", "Cs") or unicodedata.combining(character):
            return ""
        spelled = _SPELLED.get(character) or "".join(
            part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
        )
        return spelled if spelled and all(part in self.codes for part in spelled) else "?"


def of_code_page(name: str) -> CharacterSet:
    """The printing characters of a code page that Python knows."""
    found = {bytes((code,)).decode(name, "ignore"): code for code in range(0x20, 0x100)}
    return CharacterSet({character: code for character, code in found.items() if character and character.isprintable()})


def with_national_signs(signs: Mapping[str, int]) -> CharacterSet:
    """ASCII in which a national set (ISO 646) has put other signs in some places."""
    taken = set(signs.values())
    ascii_left = {chr(code): code for code in range(0x20, 0x7F) if code not in taken}
    return CharacterSet({**ascii_left, **signs})
