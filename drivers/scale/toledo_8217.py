"""Mettler-Toledo's 8217 protocol, which most checkout scales can be set to. Serial line 9600 baud, 7 data bits, even parity.

METTLER TOLEDO DIVA service manual 6.1.4.2 "Command Descriptions" and 6.1.4.3 "Status Byte Format": W is answered by STX WW.WWW CR in
kilograms (0WW.WW in pounds, N behind a net weight), or by STX ? status CR while there is no weight. There is no checksum: parity is
the only one (drivers.transport.serial refuses a byte that fails it), so an answer must look exactly like this.
"""

from __future__ import annotations

import re
from enum import IntFlag
from typing import Final

from drivers.scale.contract import Reading, ScaleStatus, grams_of
from drivers.scale.framing import Frames

STX: Final = 0x02
CR: Final = 0x0D
WEIGHT_REQUEST: Final = b"W"
STATUS_MARK: Final = b"?"
LONGEST: Final = 8

_KILOGRAMS: Final = re.compile(rb"(\d{2}\.\d{3})(N?)")
_POUNDS: Final = re.compile(rb"(\d{2,3}\.\d{2})(N?)")


class StatusByte(IntFlag):
    """Scale status byte (DIVA service manual 6.1.4.3). Bit 6 is always 1 there, other makers leave it out; bit 7 is the parity."""

    IN_MOTION = 0x01
    OVER_CAPACITY = 0x02
    UNDER_ZERO = 0x04
    OUTSIDE_ZERO_CAPTURE = 0x08
    CENTER_OF_ZERO = 0x10
    NET_WEIGHT = 0x20


_IN_ORDER: Final = (
    (StatusByte.IN_MOTION, ScaleStatus.IN_MOTION),  # while it moves, the rest may pass
    (StatusByte.OVER_CAPACITY, ScaleStatus.OVER_CAPACITY),
    (StatusByte.UNDER_ZERO, ScaleStatus.UNDER_ZERO),
    (StatusByte.OUTSIDE_ZERO_CAPTURE, ScaleStatus.ZERO_NEEDED),
)


class Toledo8217:
    """The conversation over one link."""

    request: bytes = WEIGHT_REQUEST

    def __init__(self) -> None:
        self._frames = Frames(STX, CR, LONGEST, raw_after=STATUS_MARK)

    def feed(self, data: bytes, at: float) -> list[Reading]:
        """Readings out of STX … CR; bytes outside of that are noise."""
        return [_reading(body) for body in self._frames.feed(data, at)]


def _reading(body: bytes) -> Reading:
    text = body.decode("latin-1")
    if body.startswith(STATUS_MARK) and len(body) == len(STATUS_MARK) + 1:
        return Reading(_status(body[-1]), text)
    if found := _KILOGRAMS.fullmatch(body):
        grams = grams_of(found[1].decode("ascii"), "kg")
        return Reading(ScaleStatus.STABLE, text, grams, "kg", net=bool(found[2]))
    return Reading(ScaleStatus.ERROR, text, unit="lb" if _POUNDS.fullmatch(body) else "")


def _status(byte: int) -> ScaleStatus:
    return next((status for bit, status in _IN_ORDER if byte & bit), ScaleStatus.ERROR)
