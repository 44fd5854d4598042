"""The raw descriptors of a USB device as sysfs keeps them (USB 2.0 specification, chapter 9.5). No I/O."""

from __future__ import annotations

from typing import Final

INTERFACE: Final = 0x04
INTERFACE_LENGTH: Final = 9
CLASS_AT: Final = 5


def interface_classes(descriptors: bytes) -> frozenset[int]:
    """The classes of all interfaces. Descriptors that are cut short or malformed end the reading, nothing is guessed."""
    classes, at = set(), 0
    while at + 2 <= len(descriptors):
        length, kind = descriptors[at], descriptors[at + 1]
        if length < 2 or at + length > len(descriptors):
            break
        if kind == INTERFACE and length >= INTERFACE_LENGTH:
            classes.add(descriptors[at + CLASS_AT])
        at += length
    return frozenset(classes)
