"""Pictures the printer keeps: in the print buffer, downloaded until power off, and for good in its NV memory.

After the Epson ESC/POS reference: GS ( L and GS 8 L functions 50, 65 to 69, 81 to 85, 112 and 113; FS q, FS p; GS *, GS /.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from drivers.virtual.graphics import bit_image, kept_graphic, logos, stored_graphic
from drivers.virtual.paper import Image

STORE: Final = (112, 113)
PRINT: Final = (2, 50)
KEEP_FOR_GOOD: Final = (67, 68)
KEEP: Final = (83, 84)
PRINT_KEPT: Final = (69, 85)
DELETE: Final = (66, 82)
DELETE_ALL: Final = (65, 81)
FOR_GOOD: Final = frozenset({*KEEP_FOR_GOOD, 65, 66, 69})
SCALES: Final[Mapping[int, tuple[int, int]]] = {0: (1, 1), 1: (2, 1), 2: (1, 2), 3: (2, 2)}


class GraphicMemory:
    """All pictures of one printer; `complain` hears what was asked for and is not there."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._for_good: dict[bytes, Image] = {}
        self._logos: list[Image] = []
        self.reset()

    def reset(self) -> None:
        """ESC @: what is not kept for good is lost."""
        self._buffered: Image | None = None
        self._downloaded: dict[bytes, Image] = {}
        self._bit_image: Image | None = None

    def function(self, parameters: bytes) -> Image | None:
        """GS ( L and GS 8 L, the part behind the length (m fn ...); the picture to print, if any."""
        if len(parameters) < 2:
            return None
        function, arguments = parameters[1], parameters[2:]
        kept = self._for_good if function in FOR_GOOD else self._downloaded
        if function in STORE and len(parameters) >= 10:
            self._buffered = stored_graphic(parameters)
        elif function in PRINT:
            picture, self._buffered = self._buffered, None
            return picture
        elif function in (*KEEP_FOR_GOOD, *KEEP) and len(parameters) >= 11:
            self._keep(kept, arguments[1:3], kept_graphic(parameters, raster=function in (67, 83)))
        elif function in PRINT_KEPT and len(arguments) >= 4:
            return self._kept(kept, arguments)
        elif function in DELETE:
            kept.pop(arguments[:2], None)
        elif function in DELETE_ALL:
            kept.clear()
        else:
            self._complain(f"graphics function {function} is not supported")
        return None

    def define_logos(self, body: bytes) -> None:
        """FS q n: all logos at once; the earlier ones are gone."""
        self._logos = logos(body)

    def logo(self, body: bytes) -> Image | None:
        """FS p n m: the nth logo, from 1."""
        number = body[0]
        if not 1 <= number <= len(self._logos):
            self._complain(f"FS p {number}: no such logo")
            return None
        return _scaled(self._logos[number - 1], body[1])

    def define_bit_image(self, body: bytes) -> None:
        """GS * x y."""
        self._bit_image = bit_image(body)

    def bit_image(self, body: bytes) -> Image | None:
        """GS / m."""
        if self._bit_image is None:
            self._complain("GS /: no picture is defined")
            return None
        return _scaled(self._bit_image, body[0])

    def _keep(self, kept: dict[bytes, Image], key: bytes, image: Image | None) -> None:
        if image is None:
            self._complain("only monochrome graphics are supported")
        else:
            kept[key] = image

    def _kept(self, kept: dict[bytes, Image], arguments: bytes) -> Image | None:
        key, x_scale, y_scale = arguments[:2], arguments[2], arguments[3]
        if key not in kept:
            self._complain(f"no graphic is kept under {key.decode('latin-1')}")
            return None
        return replace(kept[key], x_scale=x_scale, y_scale=y_scale)


def _scaled(image: Image, mode: int) -> Image:
    """The m of FS p and GS /, as a number or a digit: bit 0 doubles the width, bit 1 the height."""
    x_scale, y_scale = SCALES[mode & 3]
    return replace(image, x_scale=x_scale, y_scale=y_scale)
