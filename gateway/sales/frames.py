"""Messages on the private socket between the gateway and its sales store: four bytes of length, then JSON.

Both ends are this version of this program, so there is nothing to negotiate; figures travel inside as the hex of their message.
"""

from __future__ import annotations

import json
import struct
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]

_LENGTH = struct.Struct(">I")
LARGEST = 256 * 1024 * 1024
"""A longer message is a sign that the two ends have lost step."""


def frame(message: Message) -> bytes:
    """One message as bytes."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Cuts a stream of bytes into messages, however it is split."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Takes bytes and returns the messages they complete. Raises ValueError when the stream is out of step."""
        self._buffer += data
        messages: list[Message] = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > LARGEST:
                raise ValueError(f"a message of {length} bytes on the sales store's socket")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            messages.append(json.loads(self._buffer[_LENGTH.size : end]))
            del self._buffer[:end]
        return messages
