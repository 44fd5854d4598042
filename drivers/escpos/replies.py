"""What a printer says, cut into replies (Epson TM-T88III specification, appendix G; GS ( H, GS I, GS g, DLE DC4).

No I/O: feed bytes in any pieces, get the same replies. The parser never guesses: what fits no rule is noise, and a unit
cut short by the end of the link is noise too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from drivers.escpos.status import (
    ASB_KIND,
    ASB_UNIT_LENGTH,
    BLOCK_END,
    BLOCK_HEADERS,
    ORDERED_KIND,
    ORDERED_KIND_MASK,
    REAL_TIME_KIND,
    STATUS_KIND_MASK,
    XOFF,
    XON,
    AsbError,
    AsbPaper,
    AsbPrinter,
)

PROCESS_ID_HEADER: Final = b"\x37\x22"
CLEARED: Final = b"\x37\x25"
COUNTER_HEADER: Final = 0x5F
LONGEST_BLOCK: Final = 128  # model names and serial numbers stay far below


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """The answer to DLE EOT n; it does not say which n, so only one question may be open."""

    value: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """One automatic status back unit, unasked or after GS a."""

    printer: AsbPrinter
    error: AsbError
    paper: AsbPaper


@dataclass(frozen=True, slots=True)
class OrderedStatus:
    """The answer to GS r n or GS I 1/2, in the order of the print data."""

    value: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """GS ( H function 48: the data before this id is printed (or processed, where nothing was to print)."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Cleared:
    """DLE DC4 8: receive and print buffer are empty."""


@dataclass(frozen=True, slots=True)
class Block:
    """Any other reply that runs up to NUL: GS I texts, GS g counters."""

    header: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Flow:
    """XON or XOFF on a serial line whose driver passes them on."""

    stopped: bool


@dataclass(frozen=True, slots=True)
class Noise:
    """One byte that belongs to no reply."""

    value: int


Reply = RealTimeStatus | AutomaticStatus | OrderedStatus | ProcessId | Cleared | Block | Flow | Noise


class ReplyParser:
    """Turns the return channel of one connection into replies."""

    def __init__(self) -> None:
        self._unit = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """Take bytes in the order they came and return the replies completed by them."""
        return [reply for byte in data for reply in self._take(byte)]

    def cut(self) -> list[Reply]:
        """The link ended: what was begun is noise, never half a status."""
        begun, self._unit = self._unit, bytearray()
        return [Noise(byte) for byte in begun]

    def _take(self, byte: int) -> Iterator[Reply]:
        if byte in (XON, XOFF):
            yield Flow(byte == XOFF)
        elif not self._unit:
            yield from self._begin(byte)
        elif not self._continues(byte):
            yield from self.cut()
            yield from self._begin(byte)
        else:
            self._unit.append(byte)
            yield from self._finish()

    def _begin(self, byte: int) -> Iterator[Reply]:
        if byte & STATUS_KIND_MASK == REAL_TIME_KIND:
            yield RealTimeStatus(byte)
        elif byte & STATUS_KIND_MASK == ASB_KIND or byte in BLOCK_HEADERS:
            self._unit.append(byte)
        elif byte & ORDERED_KIND_MASK == ORDERED_KIND:
            yield OrderedStatus(byte)
        else:
            yield Noise(byte)

    def _continues(self, byte: int) -> bool:
        if self._unit[0] in BLOCK_HEADERS:
            return (byte == BLOCK_END or 0x20 <= byte < 0x7F) and len(self._unit) < LONGEST_BLOCK
        return byte & ORDERED_KIND_MASK == ORDERED_KIND

    def _finish(self) -> Iterator[Reply]:
        block = self._unit[0] in BLOCK_HEADERS
        if self._unit[-1] == BLOCK_END if block else len(self._unit) == ASB_UNIT_LENGTH:
            unit, self._unit = bytes(self._unit), bytearray()
            yield _whole(unit)


def _whole(unit: bytes) -> Reply:
    if unit[0] not in BLOCK_HEADERS:
        return AutomaticStatus(AsbPrinter(unit[0]), AsbError(unit[1]), AsbPaper(unit[2]))
    if unit[:2] == PROCESS_ID_HEADER and len(unit) == 7:
        return ProcessId(unit[2:6])
    if unit == CLEARED + b"\x00":
        return Cleared()
    return Block(unit[0], unit[1:-1])
