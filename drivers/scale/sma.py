"""The Scale Manufacturers Association's protocol, level 1: SMA SCP-0499, first edition 1999, modified 2005.

Section 4.1: LF W CR asks for the displayed weight. Section 5.1: LF s r n m f xxxxxx.xxx uuu CR answers, every field at its place:
status, range, gross or net, motion, reserved, ten characters of weight, three of unit. Section 5.2: LF ? CR means "not understood",
"!" a transmission error that the scale saw. There is no checksum, so an answer must look exactly like this. The standard prints blanks
as underscores; who took that to the letter sends "kg_", which is taken as well.
"""

from __future__ import annotations

import re
from typing import Final

from drivers.scale.contract import Reading, ScaleStatus, grams_of
from drivers.scale.framing import Frames

LF: Final = 0x0A
CR: Final = 0x0D
WEIGHT_REQUEST: Final = b"\nW\r"
LONGEST: Final = 18

_ANSWER: Final = re.compile(
    rb"(?P<status>[ ZOUEIT])[1-9](?P<kind>[GN])(?P<motion>[ M])[ -~]"
    rb"(?=.{10}(?P<unit>[A-Za-z]{1,3}[ _]*)$) *(?:(?P<sign>-?)(?P<digits>\d+(?:\.\d+)?)|-+).{3}",
    re.DOTALL,
)

_STATUS: Final = {
    b"O": ScaleStatus.OVER_CAPACITY,
    b"U": ScaleStatus.UNDER_ZERO,
    b"E": ScaleStatus.ZERO_NEEDED,
    b"I": ScaleStatus.ZERO_NEEDED,  # initial zero error
    b"T": ScaleStatus.ERROR,  # tare error, gone after it was read
}
"""Status field of section 5.1. Blank and Z (centre of zero) say nothing against the weight."""


class Sma:
    """The conversation over one link."""

    request: bytes = WEIGHT_REQUEST

    def __init__(self) -> None:
        self._frames = Frames(LF, CR, LONGEST)

    def feed(self, data: bytes, at: float) -> list[Reading]:
        """Readings out of LF … CR; bytes outside of that are noise."""
        return [_reading(body) for body in self._frames.feed(data, at)]


def _reading(body: bytes) -> Reading:
    text = body.decode("latin-1")
    found = _ANSWER.fullmatch(body) if len(body) == LONGEST else None
    if found is None:
        return Reading(ScaleStatus.ERROR, text)
    unit = found["unit"].decode("ascii").strip(" _").lower()
    status = ScaleStatus.IN_MOTION if found["motion"] == b"M" else _STATUS.get(found["status"])
    if status is None and found["sign"]:
        status = ScaleStatus.UNDER_ZERO
    if status is not None:
        return Reading(status, text, unit=unit)
    grams = grams_of(found["digits"].decode("ascii"), unit) if found["digits"] else None
    if grams is None:
        return Reading(ScaleStatus.ERROR, text, unit=unit)
    return Reading(ScaleStatus.STABLE, text, grams, unit, net=found["kind"] == b"N")
