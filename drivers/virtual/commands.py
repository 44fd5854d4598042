"""The ESC/POS command table: which bytes follow a command prefix.

Names and parameters after the Epson ESC/POS reference (one page per command). Adding a command is adding one row. Every row
has a function that is shown the bytes behind the prefix as far as they are known and tells how many there are to be; it may
raise its answer once a length field has arrived, so that no row needs a state of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Need = Callable[[bytes], int]

DLE: Final = b"\x10"
ESC: Final = b"\x1b"
FS: Final = b"\x1c"
GS: Final = b"\x1d"
INTRODUCERS: Final = frozenset(DLE + ESC + FS + GS)


@dataclass(frozen=True, slots=True)
class Command:
    """One row: the name as the reference writes it, the leading bytes, and the length of what follows them."""

    name: str
    prefix: bytes
    need: Need


def _fixed(count: int) -> Need:
    return lambda _body: count


def _u16(body: bytes, at: int) -> int:
    return body[at] | body[at + 1] << 8


def _u32(body: bytes, at: int) -> int:
    return _u16(body, at) | _u16(body, at + 2) << 16


def _until_nul(body: bytes) -> int:
    end = body.find(0)
    return len(body) + 1 if end < 0 else end + 1


def _function(body: bytes) -> int:
    """ESC (, FS ( and GS (: a letter, a 16-bit length, that many bytes."""
    return 3 + _u16(body, 1) if len(body) >= 3 else 3


def _long_function(body: bytes) -> int:
    """GS 8: a letter, a 32-bit length, that many bytes."""
    return 5 + _u32(body, 1) if len(body) >= 5 else 5


def _column_image(body: bytes) -> int:
    """ESC * m nL nH: one byte a column in 8-dot modes, three in 24-dot modes (m 32, 33)."""
    if len(body) < 3:
        return 3
    return 3 + _u16(body, 1) * (3 if body[0] in (32, 33) else 1)


def _raster(body: bytes) -> int:
    """GS v 0 m xL xH yL yH: x bytes by y rows."""
    return 5 + _u16(body, 1) * _u16(body, 3) if len(body) >= 5 else 5


def _downloaded_image(body: bytes) -> int:
    """GS * x y: x times 8 columns of y bytes."""
    return 2 + body[0] * body[1] * 8 if len(body) >= 2 else 2


def _downloaded_characters(body: bytes) -> int:
    """ESC & y c1 c2, then for every character a width x and x times y bytes."""
    if len(body) < 3:
        return 3
    at = 3
    for _ in range(body[1], body[2] + 1):
        if at >= len(body):
            return at + 1
        at += 1 + body[at] * body[0]
    return at


def _nv_images(body: bytes) -> int:
    """FS q n, then n images of xL xH yL yH and x times y times 8 bytes."""
    at = 1
    for _ in range(body[0] if body else 0):
        if at + 4 > len(body):
            return at + 4
        at += 4 + _u16(body, at) * _u16(body, at + 2) * 8
    return at


def _nv_memory(body: bytes) -> int:
    """FS g 1 m a1-a4 nL nH data writes, FS g 2 m a1-a4 nL nH reads."""
    if len(body) < 8:
        return 8
    return 8 + (_u16(body, 6) if body[0] in b"1" else 0)


def _cut(body: bytes) -> int:
    """GS V: function A has m alone, the others have m n."""
    return 2 if body and body[0] not in (0, 1, 48, 49) else 1


def _barcode(body: bytes) -> int:
    """GS k: m 0-6 runs up to a NUL, m 65-79 is counted."""
    if not body:
        return 1
    if body[0] <= 6:
        return 1 + _until_nul(body[1:])
    return 2 + body[1] if len(body) >= 2 else 2


def _status_request(body: bytes) -> int:
    """DLE EOT: n, and one more byte for n 7, 8 and 18."""
    return 2 if body and body[0] in (7, 8, 18) else 1


REAL_TIME_LENGTHS: Final = {1: 3, 2: 3, 3: 6, 7: 2, 8: 8}


def _real_time_function(body: bytes) -> int:
    """DLE DC4 fn: the length hangs on fn."""
    return REAL_TIME_LENGTHS.get(body[0], 1) if body else 1


def _rows(lead: bytes, counts: dict[str, int]) -> list[Command]:
    """Commands of a fixed length: the letters behind the lead, and how many parameter bytes follow."""
    lead_name = {DLE: "DLE", ESC: "ESC", FS: "FS", GS: "GS"}[lead]
    return [
        Command(f"{lead_name} {letters}", lead + letters.replace(" ", "").encode("ascii"), _fixed(count))
        for letters, count in counts.items()
    ]


COMMANDS: Final = (
    Command("DLE EOT", DLE + b"\x04", _status_request),
    Command("DLE ENQ", DLE + b"\x05", _fixed(1)),
    Command("DLE DC4", DLE + b"\x14", _real_time_function),
    Command("ESC FF", ESC + b"\x0c", _fixed(0)),
    Command("ESC SP", ESC + b" ", _fixed(1)),
    Command("ESC &", ESC + b"&", _downloaded_characters),
    Command("ESC (", ESC + b"(", _function),
    Command("ESC *", ESC + b"*", _column_image),
    Command("ESC D", ESC + b"D", _until_nul),
    *_rows(ESC, {"!": 1, "$": 2, "%": 1, "-": 1, "2": 0, "3": 1, "<": 0, "=": 1, "?": 1, "@": 0, "E": 1, "G": 1}),
    *_rows(ESC, {"J": 1, "K": 1, "L": 0, "M": 1, "R": 1, "S": 0, "T": 1, "U": 1, "V": 1, "W": 8, "\\": 2, "a": 1}),
    *_rows(ESC, {"c 0": 1, "c 1": 1, "c 3": 1, "c 4": 1, "c 5": 1, "d": 1, "e": 1, "i": 0, "m": 0, "p": 3, "r": 1}),
    # The buzzer of many Asian makers; Epson has none under this letter.
    *_rows(ESC, {"B": 2}),
    *_rows(ESC, {"t": 1, "u": 1, "v": 0, "{": 1}),
    Command("FS (", FS + b"(", _function),
    Command("FS q", FS + b"q", _nv_images),
    Command("FS g", FS + b"g", _nv_memory),
    *_rows(FS, {"!": 1, "&": 0, "-": 1, ".": 0, "2": 74, "?": 2, "C": 1, "S": 2, "W": 1, "p": 2}),
    Command("GS (", GS + b"(", _function),
    Command("GS 8", GS + b"8", _long_function),
    Command("GS *", GS + b"*", _downloaded_image),
    Command("GS V", GS + b"V", _cut),
    Command("GS k", GS + b"k", _barcode),
    Command("GS v 0", GS + b"v0", _raster),
    *_rows(GS, {"!": 1, "$": 2, "/": 1, ":": 0, "B": 1, "E": 1, "H": 1, "I": 1, "L": 2, "P": 2, "T": 1, "W": 2}),
    *_rows(GS, {"\\": 2, "^": 3, "a": 1, "b": 1, "c": 0, "f": 1, "g": 4, "h": 1, "j": 1, "r": 1, "w": 1, "z 0": 2}),
)

BY_PREFIX: Final = {command.prefix: command for command in COMMANDS}
UNFINISHED: Final = frozenset(
    command.prefix[:length] for command in COMMANDS for length in range(1, len(command.prefix))
)
