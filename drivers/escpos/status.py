"""What the status bytes of an ESC/POS printer mean.

Tables after the Epson ESC/POS reference, pages "DLE EOT", "GS a", "GS r". Every status byte has fixed bits that tell its
kind: `FIXED` in each table, checked with the masks at the end of the file.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final


class RealTimeQuery(IntEnum):
    """The parameter n of DLE EOT n (Epson reference, DLE EOT)."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    ROLL_PAPER = 4


class OnlineStatus(IntFlag):
    """DLE EOT 1, printer status (Epson reference, DLE EOT)."""

    FIXED = 0x12
    DRAWER_PIN_3_HIGH = 0x04
    OFFLINE = 0x08
    WAITING_FOR_RECOVERY = 0x20
    FEED_BUTTON = 0x40


class OfflineCause(IntFlag):
    """DLE EOT 2, cause of the offline state (Epson reference, DLE EOT)."""

    FIXED = 0x12
    COVER_OPEN = 0x04
    FED_BY_BUTTON = 0x08
    STOPPED_BY_PAPER_END = 0x20
    ERROR = 0x40


class ErrorCause(IntFlag):
    """DLE EOT 3, cause of an error (Epson reference, DLE EOT)."""

    FIXED = 0x12
    RECOVERABLE = 0x04
    AUTOCUTTER = 0x08
    UNRECOVERABLE = 0x20
    AUTO_RECOVERABLE = 0x40  # print head too hot


class PaperSensor(IntFlag):
    """DLE EOT 4, roll paper sensor (Epson reference, DLE EOT). Both bits of a pair are always equal."""

    FIXED = 0x12
    NEAR_END = 0x0C
    PAPER_END = 0x60


class AsbPrinter(IntFlag):
    """Automatic status back, first byte: printer (Epson reference, GS a)."""

    FIXED = 0x10
    DRAWER_PIN_3_HIGH = 0x04
    OFFLINE = 0x08
    COVER_OPEN = 0x20
    FED_BY_BUTTON = 0x40


class AsbError(IntFlag):
    """Automatic status back, second byte: errors (Epson reference, GS a)."""

    FIXED = 0x00
    WAITING_FOR_RECOVERY = 0x01
    FEED_BUTTON = 0x02
    RECOVERABLE = 0x04
    AUTOCUTTER = 0x08
    UNRECOVERABLE = 0x20
    AUTO_RECOVERABLE = 0x40


class AsbPaper(IntFlag):
    """Automatic status back, third byte: paper (Epson reference, GS a)."""

    FIXED = 0x00
    NEAR_END = 0x03
    PAPER_END = 0x0C


class AsbRequest(IntFlag):
    """The parameter n of GS a n: what shall be reported on change (Epson reference, GS a)."""

    OFF = 0x00
    DRAWER = 0x01
    ONLINE = 0x02
    ERROR = 0x04
    PAPER = 0x08
    PANEL_SWITCH = 0x40


class OrderedPaper(IntFlag):
    """GS r 1, paper sensor, answered in the order of the print data (Epson reference, GS r)."""

    FIXED = 0x00
    NEAR_END = 0x03
    PAPER_END = 0x0C


class OrderedDrawer(IntFlag):
    """GS r 2, drawer connector, answered in the order of the print data (Epson reference, GS r)."""

    FIXED = 0x00
    PIN_3_HIGH = 0x01


# Which kind a byte from the printer is (TM-T88III specification, appendix G). The classes do not overlap.
STATUS_KIND_MASK: Final = 0x93
REAL_TIME_KIND: Final = 0x12
ASB_KIND: Final = 0x10
ORDERED_KIND_MASK: Final = 0x90
ORDERED_KIND: Final = 0x00
ASB_UNIT_LENGTH: Final = 4

XON: Final = 0x11
XOFF: Final = 0x13

# First bytes of replies that run up to a NUL (Epson reference: GS ( H, GS I, GS g, DLE DC4).
BLOCK_HEADERS: Final = frozenset({0x35, 0x37, 0x3B, 0x3D, 0x5F})
BLOCK_END: Final = 0x00
