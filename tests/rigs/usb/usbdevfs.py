"""The part of the kernel's usbdevfs interface that libusb uses for bulk transfers (linux/usbdevice_fs.h, 64 bit)."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final

_WRITE, _READ = 1, 2  # directions as the kernel counts them


def _request(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("U") << 8 | number


class Request(IntEnum):
    """Requests that a device's node is sent."""

    SET_INTERFACE = _request(_READ, 4, 8)
    SET_CONFIGURATION = _request(_READ, 5, 4)
    GET_DRIVER = _request(_WRITE, 8, 260)
    SUBMIT_URB = _request(_READ, 10, 56)
    DISCARD_URB = _request(0, 11, 0)
    REAP_URB = _request(_WRITE, 12, 8)
    REAP_URB_AT_ONCE = _request(_WRITE, 13, 8)
    CLAIM_INTERFACE = _request(_READ, 15, 4)
    RELEASE_INTERFACE = _request(_READ, 16, 4)
    FORWARD = _request(_READ | _WRITE, 18, 16)
    RESET = _request(0, 20, 0)
    CLEAR_HALT = _request(_READ, 21, 4)
    GET_CAPABILITIES = _request(_READ, 26, 4)
    GET_SPEED = _request(0, 31, 0)


class Forwarded(IntEnum):
    """What FORWARD carries to the interface."""

    DISCONNECT = _request(0, 22, 0)
    CONNECT = _request(0, 23, 0)


class UrbType(IntEnum):
    """Kinds of transfer."""

    CONTROL = 2
    BULK = 3


CAPABILITIES: Final = 0x1F
FULL_SPEED: Final = 2
URB_SIZE: Final = 56
URB_STATUS: Final = 4
URB_BUFFER: Final = 16
URB_LENGTH: Final = 24
URB_ACTUAL: Final = 28
SETUP_SIZE: Final = 8
IS_INPUT: Final = 0x80
"""Bit of an endpoint's address."""


def urb_head(raw: bytes) -> tuple[int, int, int]:
    """Type, endpoint and buffer length."""
    return raw[0], raw[1], struct.unpack_from("i", raw, URB_LENGTH)[0]
