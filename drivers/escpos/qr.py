"""QR codes for printers that cannot draw them: the code as dots (ISO/IEC 18004)."""

from __future__ import annotations

from typing import Final

import qrcode

from drivers.escpos.document import Bitmap

_MASK: Final = 2
"""Fixed: trying all eight for the prettiest takes ten times as long, and readers read any."""
_SMALLEST: Final = 2  # dots of a module: below that a thermal head blurs them


def qr_bitmap(data: str, dots: int, paper_dots: int) -> Bitmap | None:
    """The code with modules of `dots`, smaller where the paper is too narrow; None when it does not fit at all."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=0, mask_pattern=_MASK)
    code.add_data(data.encode())
    rows = code.get_matrix()
    size = min(dots, paper_dots // len(rows))
    if size < min(dots, _SMALLEST):
        return None
    width = len(rows) * size
    return Bitmap(width, width, b"".join(_packed(row, size) * size for row in rows))


def _packed(row: list[bool], size: int) -> bytes:
    bits = "".join("1" * size if dark else "0" * size for dark in row)
    row_bytes = (len(bits) + 7) // 8
    return int(bits.ljust(row_bytes * 8, "0"), 2).to_bytes(row_bytes, "big")
