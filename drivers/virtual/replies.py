"""Replies that run up to a NUL, and those to GS I: what the printer says about itself.

After the Epson ESC/POS reference: GS I, GS g 2, GS ( H function 48, DLE DC4 function 8.
"""

from __future__ import annotations

from typing import Final

from drivers.virtual.settings import Identity

BUFFERS_CLEARED: Final = b"\x37\x25\x00"
LINE_FEED_COUNTER: Final = 148
CUTTER_COUNTER: Final = 178


def process_id(characters: bytes) -> bytes:
    """GS ( H function 48: header 37 22, the four characters of the request, NUL."""
    return b"\x37\x22" + characters + b"\0"


def counter(value: int) -> bytes:
    """GS g 2: header 5F, decimal digits, NUL."""
    return b"\x5f" + str(value).encode("ascii") + b"\0"


def identity(request: int, who: Identity) -> bytes:
    """GS I n; empty for an n the printer does not answer."""
    match request:
        case 1 | 49:
            return bytes((who.model_id,))
        case 2 | 50:
            return bytes((who.type_id,))
        case 0x23:
            return b"\x3d\x23" + who.model.encode("ascii") + b"\0"
        case 65:
            return _information(who.firmware)
        case 66:
            return _information(who.maker)
        case 67:
            return _information(who.model)
        case 68:
            return _information(who.serial)
        case 69:
            return _information(who.language)
        case _:
            return b""


def _information(text: str) -> bytes:
    return b"\x5f" + text.encode("ascii") + b"\0"
