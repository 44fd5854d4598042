"""How a virtual printer is built: paper width, buffer, speed, identity, drawer. What is broken stands in `faults`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from drivers.virtual.paper import RECEIPT_NUMBER, Font

LARGE_BUFFER: Final = 4096
SMALL_BUFFER: Final = 45


class Flow(StrEnum):
    """How a serial host is told to wait. A TCP host always is, by the window."""

    HOLD = "hold"
    """The hardware handshake: the printer simply does not take more than it has room for."""

    XON_XOFF = "xon-xoff"
    """XOFF when the buffer is nearly full, XON when there is room; what still comes beyond that is lost."""

    NONE = "none"
    """No handshake: what does not fit is lost."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What GS I tells. The type byte says that there is an autocutter."""

    maker: str = "branchgate"
    model: str = "virtual printer"
    serial: str = "VP000001"
    firmware: str = "1.00"
    language: str = ""
    model_id: int = 0x20
    type_id: int = 0x02


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """The build of one printer.

    columns: characters of font A in a line; 48 is 80 mm paper (576 dots), 32 is 58 mm (384 dots).
    buffer_bytes: receive buffer, 4096 or 45 by DIP switch on real printers.
    speed_mm_s: paper speed; None prints in no time.
    drawer_pin: the drawer is wired to drive pin 2 or 5.
    drawer_shuts_after_ms: a person shuts the drawer after this time; None: nobody does.
    receipt_number: a regular expression; its first group that matches is the receipt number of a slip.
    """

    columns: int = 48
    buffer_bytes: int = LARGE_BUFFER
    flow: Flow = Flow.HOLD
    speed_mm_s: float | None = None
    identity: Identity = field(default_factory=Identity)
    drawer_pin: int = 2
    drawer_shuts_after_ms: int | None = 2000
    receipt_number: str = RECEIPT_NUMBER

    @property
    def width(self) -> int:
        """Printable width in dots."""
        return self.columns * Font.A.value[0]

    @property
    def receipt_number_pattern(self) -> re.Pattern[str]:
        """The compiled expression; `^` is the start of a line."""
        return re.compile(self.receipt_number, re.MULTILINE)

    @property
    def full_at(self) -> tuple[int, int]:
        """Free bytes at which the buffer counts as full, and as free again (TM-T88III specification, p. 23)."""
        return (128, 256) if self.buffer_bytes > 256 else (16, 26)
