"""Pictures for receipts: from a PNG or JPEG file to the black and white dots of one width of paper.

A thermal head knows black and white only. Line art keeps its edges (a threshold), what has shades gets them by scattered dots
(Floyd and Steinberg).
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from PIL import Image, ImageOps

from drivers.errors import DeviceRefused, Reason
from drivers.escpos.document import Bitmap

FORMATS: Final = ("PNG", "JPEG")
LARGEST_FILE: Final = 5_000_000
MOST_PIXELS: Final = 20_000_000
"""Of the decoded picture, checked before anything is decoded: a small file can unpack to gigabytes."""
MOST_DOTS_HIGH: Final = 480
"""60 mm at 203 dpi: paper and print time of every receipt."""

_MIDDLE: Final = 128
_SHADES: Final = range(48, 208)
_SHADED_FROM: Final = 0.12
"""Share of pixels between black and white from which a picture is shaded; the soft edges of line art stay below."""

_UNREADABLE: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error)


class PictureRefused(DeviceRefused):
    """A file cannot be used as a picture. `rule` says what would be."""

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(Reason.DOCUMENT_UNPRINTABLE, name, rule)
        self.rule = rule


@dataclass(frozen=True, slots=True, eq=False)
class SourcePicture:
    """A picture in shades of grey over white paper, in its own size."""

    name: str
    grey: Image.Image = field(repr=False)

    def fitted(self, dots: int) -> Bitmap:
        """The picture for paper of so many dots: made smaller to fit its width and `MOST_DOTS_HIGH`, never larger."""
        return _fitted(self, dots)


def read_picture(data: bytes, name: str) -> SourcePicture:
    """Read a PNG or JPEG; transparency becomes white. Raises PictureRefused."""
    if len(data) > LARGEST_FILE:
        raise PictureRefused(name, f"a file of at most {LARGEST_FILE // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            # Pillow warns from 89 million pixels on; what is refused below needs no second voice.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise PictureRefused(name, f"at most {MOST_PIXELS // 1_000_000} million pixels")
                return SourcePicture(name, _grey_on_white(image))
    except Image.DecompressionBombError as bomb:
        raise PictureRefused(name, f"at most {MOST_PIXELS // 1_000_000} million pixels") from bomb
    except _UNREADABLE as cause:
        raise PictureRefused(name, "a whole PNG or JPEG file") from cause


def _grey_on_white(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits a pixel: converting would clip everything above 255 to white
        upright = upright.convert("I").point(lambda value: value / 257).convert("L")
    coloured = upright.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    return paper.convert("L")


@lru_cache(maxsize=8)
def _fitted(picture: SourcePicture, dots: int) -> Bitmap:
    grey = picture.grey
    scale = min(1.0, dots / grey.width, MOST_DOTS_HIGH / grey.height)
    size = max(1, int(grey.width * scale)), max(1, int(grey.height * scale))
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.BOX)
    black = grey.convert("1") if _is_shaded(picture) else grey.point(lambda value: 255 * (value >= _MIDDLE), "1")
    return Bitmap(*size, ImageOps.invert(black.convert("L")).convert("1").tobytes())


def _is_shaded(picture: SourcePicture) -> bool:
    counts = picture.grey.histogram()
    return sum(counts[shade] for shade in _SHADES) > _SHADED_FROM * sum(counts)
