"""Cuts a stream of bytes into answers between a first and a last character; what is damaged or too slow is dropped."""

from __future__ import annotations

from drivers.scale.contract import FRAME_WITHIN_S


class Frames:
    """`longest` counts the characters between first and last. The byte after the body `raw_after` belongs to it whatever it is: a status
    byte may look like a frame's first or last character.
    """

    def __init__(self, first: int, last: int, longest: int, *, raw_after: bytes | None = None) -> None:
        self._first, self._last, self._longest, self._raw_after = first, last, longest, raw_after
        self._body: bytearray | None = None
        self._began = 0.0

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """The bodies of the frames that these bytes complete."""
        if self._body is not None and at - self._began > FRAME_WITHIN_S:
            self._body = None
        return [body for byte in data if (body := self._take(byte, at)) is not None]

    def _take(self, byte: int, at: float) -> bytes | None:
        if self._body is not None and self._raw_after is not None and bytes(self._body) == self._raw_after:
            self._body.append(byte)
        elif byte == self._first:
            self._body, self._began = bytearray(), at
        elif self._body is None:
            return None
        elif byte == self._last:
            body, self._body = bytes(self._body), None
            return body
        else:
            self._body.append(byte)
        if len(self._body) > self._longest:
            self._body = None
        return None
