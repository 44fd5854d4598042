"""The printer's built-in characters: bitmap fonts for the 12x24 and 9x17 dot cells, independent of the system's fonts.

Spleen 12x24 and 8x16 (Frederic Cambus, BSD 2-Clause, licence beside the files) in Glyph Bitmap Distribution Format.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from typing import Final

from PIL import Image

from drivers.virtual.paper import Font

_FILES: Final = {Font.A: "spleen-12x24.bdf.gz", Font.B: "spleen-8x16.bdf.gz"}


@cache
def glyphs(font: Font) -> dict[str, Image.Image]:
    """All characters of a font as masks of one cell, 255 where there is ink."""
    packed = files("drivers.virtual").joinpath("fonts", _FILES[font]).read_bytes()
    found: dict[str, Image.Image] = {}
    encoding, rows, in_bitmap = 0, [""], False
    for line in gzip.decompress(packed).decode("ascii").splitlines():
        if line.startswith("ENCODING "):
            encoding = int(line.removeprefix("ENCODING "))
        elif line == "BITMAP":
            rows, in_bitmap = [], True
        elif line == "ENDCHAR":
            found[chr(encoding)] = _mask(rows, font)
            in_bitmap = False
        elif in_bitmap:
            rows.append(line)
    return found


@cache
def missing(font: Font) -> Image.Image:
    """The hollow box printed for a character the font does not have."""
    width, height = font.value
    box = Image.new("L", (width, height))
    box.paste(255, (1, 4, width - 2, height - 4))
    box.paste(0, (3, 6, width - 4, height - 6))
    return box


def _mask(rows: list[str], font: Font) -> Image.Image:
    """Rows of hexadecimal digits, left in the cell."""
    bits = "".join(rows)
    picture = Image.frombytes("1", (len(rows[0]) * 4, len(rows)), bytes.fromhex(bits)).convert("L")
    cell = Image.new("L", font.value)
    cell.paste(picture.crop((0, 0, min(picture.width, font.value[0]), picture.height)), (0, 0))
    return cell
