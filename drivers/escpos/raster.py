"""A bitmap as raster commands (Epson ESC/POS reference, GS v 0), in bands so that fences and status requests fit between.

Printers execute real-time commands on reception, also inside image data (Epson TM-U220 specification, p. 74; TM-L90, p. 99): dots that
happen to read DLE EOT, DLE ENQ or DLE DC4 would ask, recover, clear the buffer or open the drawer. They are thickened by one dot.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from drivers.errors import DeviceRefused, Reason
from drivers.escpos.document import Bitmap

MOST_ROWS: Final = 24
"""Of one band, as high as a line of text: no longer than that is a fence's answer held up by the motor."""

_HEADER: Final = b"\x1d\x76\x30\x00"  # GS v 0, normal size
_HEADER_BYTES: Final = 8
_LOOKS_LIKE_A_COMMAND: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")
_THICKENED: Final = b"\x18"


@lru_cache(maxsize=32)
def raster_bands(bitmap: Bitmap, paper_dots: int, longest: int) -> tuple[bytes, ...]:
    """The commands that print a bitmap in the middle of the paper, none longer than `longest` bytes nor higher than `MOST_ROWS`.

    Kept, because a shop has one logo. Raises DeviceRefused for a bitmap that is wider than the paper.
    """
    if bitmap.width > paper_dots:
        raise DeviceRefused(
            Reason.DOCUMENT_UNPRINTABLE, "picture", f"{bitmap.width} dots wide on paper of {paper_dots} dots"
        )
    margin = (paper_dots - bitmap.width) // 2 // 8  # blanks before the picture: cheap printers do not centre images
    row_bytes = margin + bitmap.row_bytes
    data = harmless(_indented(bitmap, margin))
    rows = max(1, min(MOST_ROWS, (longest - _HEADER_BYTES) // row_bytes))
    return tuple(
        _HEADER + row_bytes.to_bytes(2, "little") + (len(band) // row_bytes).to_bytes(2, "little") + band
        for at in range(0, len(data), rows * row_bytes)
        if (band := data[at : at + rows * row_bytes])
    )


def harmless(data: bytes) -> bytes:
    """Image data without anything that a printer would take for a real-time command; one dot more per place."""
    return _LOOKS_LIKE_A_COMMAND.sub(_THICKENED, data)


def _indented(bitmap: Bitmap, margin: int) -> bytes:
    width = bitmap.row_bytes
    return b"".join(bytes(margin) + bitmap.rows[at : at + width] for at in range(0, len(bitmap.rows), width))
