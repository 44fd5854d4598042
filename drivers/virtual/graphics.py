"""Image data of ESC *, GS v 0, GS ( L / GS 8 L, FS q and GS * as pictures.

After the Epson ESC/POS reference. Data that is shorter than its header says is filled with white.
"""

from __future__ import annotations

from typing import Final

from drivers.virtual.paper import Image

# ESC * m: dots per column byte run, and how much a dot is stretched sideways and downwards.
_COLUMN_MODES: Final = {0: (8, 2, 3), 1: (8, 1, 3), 32: (24, 2, 1), 33: (24, 1, 1)}


def column_image(body: bytes) -> Image | None:
    """ESC * m nL nH d...: None for a mode the printer does not have."""
    if body[0] not in _COLUMN_MODES:
        return None
    rows, x_scale, y_scale = _COLUMN_MODES[body[0]]
    return Image(columns := body[1] | body[2] << 8, rows, _turned(body[3:], columns, rows), x_scale, y_scale)


def raster_image(body: bytes) -> Image:
    """GS v 0 m xL xH yL yH d...: m bit 0 doubles the width, bit 1 the height."""
    across, rows = body[1] | body[2] << 8, body[3] | body[4] << 8
    return Image(across * 8, rows, _filled(body[5:], across * rows), 1 + (body[0] & 1), 1 + (body[0] >> 1 & 1))


def stored_graphic(parameters: bytes) -> Image | None:
    """GS ( L functions 112 (raster) and 113 (column): a bx by c xL xH yL yH d...; None unless monochrome."""
    function, tone, x_scale, y_scale = parameters[1], *parameters[2:5]
    columns, rows = parameters[6] | parameters[7] << 8, parameters[8] | parameters[9] << 8
    if tone != 48:
        return None
    data = parameters[10:]
    bits = _filled(data, (columns + 7) // 8 * rows) if function == 112 else _turned(data, columns, rows)
    return Image(columns, rows, bits, x_scale, y_scale)


def kept_graphic(parameters: bytes, *, raster: bool) -> Image | None:
    """GS ( L functions that keep a picture: m fn a kc1 kc2 b xL xH yL yH c d...; None unless monochrome."""
    tone, colours = parameters[2], parameters[5]
    columns, rows = parameters[6] | parameters[7] << 8, parameters[8] | parameters[9] << 8
    if tone != 48 or colours != 1:
        return None
    data = parameters[11:]
    return Image(columns, rows, _filled(data, (columns + 7) // 8 * rows) if raster else _turned(data, columns, rows))


def logos(body: bytes) -> list[Image]:
    """FS q n, then n pictures of xL xH yL yH and their columns; sizes are in eights of dots."""
    found, at = [], 1
    for _ in range(body[0]):
        across, down = body[at] | body[at + 1] << 8, body[at + 2] | body[at + 3] << 8
        at += 4
        length = across * down * 8
        found.append(Image(across * 8, down * 8, _turned(body[at : at + length], across * 8, down * 8)))
        at += length
    return found


def bit_image(body: bytes) -> Image:
    """GS * x y d...: sizes are in eights of dots."""
    return Image(body[0] * 8, body[1] * 8, _turned(body[2:], body[0] * 8, body[1] * 8))


def _filled(data: bytes, length: int) -> bytes:
    return data[:length].ljust(length, b"\0")


def _turned(data: bytes, columns: int, rows: int) -> bytes:
    """Columns of bits, top bit first, as rows of bits."""
    per_column, per_row = (rows + 7) // 8, (columns + 7) // 8
    source, bits = _filled(data, columns * per_column), bytearray(per_row * rows)
    for x in range(columns):
        for y in range(rows):
            if source[x * per_column + y // 8] >> (7 - y % 8) & 1:
                bits[y * per_row + x // 8] |= 0x80 >> (x % 8)
    return bytes(bits)
