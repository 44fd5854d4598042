"""What differs between receipt printers: widths, code page slot, cutter, and whether they confirm printing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

EPSON_PAGE_858: Final = 19  # ESC t n for PC858 on Epson; other makers use other numbers
FONT_A_DOTS: Final = 12  # width of a character


class Cutter(StrEnum):
    """What the printer does at the end of a receipt."""

    PARTIAL = "partial"
    FULL = "full"
    NONE = "none"  # tear bar: feed past the head instead


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One kind of printer.

    `columns` of font A, `dots` of paper width, `code_page` the ESC t number of PC858. `has_process_id` says whether the
    printer answers GS ( H ("printed"); None: find out at the first connection. `status` False marks a printer without a
    return channel, which is never asked and can only be SENT_UNVERIFIED; `must_answer` one whose silence is a fault even when it
    was never heard before. `raster` says whether it prints GS v 0 images,
    `draws_qr` whether it draws QR codes by itself (GS ( k); one that does not gets them as images.
    """

    name: str
    columns: int = 48
    dots: int = 576
    code_page: int = EPSON_PAGE_858
    cutter: Cutter = Cutter.PARTIAL
    has_process_id: bool | None = None
    status: bool = True
    must_answer: bool = False
    raster: bool = True
    draws_qr: bool = True


_TABLE: Final = (
    PrinterProfile("generic-80"),
    PrinterProfile("generic-58", columns=32, dots=384, cutter=Cutter.NONE),
    PrinterProfile("CT-S651"),
    PrinterProfile("NT-5890K", columns=32, dots=384, cutter=Cutter.NONE, draws_qr=False),
    PrinterProfile(
        "POS-5890", columns=32, dots=384, code_page=53, cutter=Cutter.NONE, has_process_id=False, draws_qr=False
    ),
    PrinterProfile("TM-L90", has_process_id=True),
    PrinterProfile("TM-T20II", has_process_id=True),
    PrinterProfile("TM-T20III", has_process_id=True),
    PrinterProfile("TM-T88III", columns=42, dots=512, has_process_id=False),
    PrinterProfile("TM-T88IV", columns=42, dots=512, has_process_id=True),
    PrinterProfile("TM-T88V", columns=42, dots=512, has_process_id=True),
    PrinterProfile("TM-m30", has_process_id=True),
    # In ESC/POS emulation this maker's status cannot be trusted: it says offline for ever (python-escpos issue 434).
    PrinterProfile("TSP600", columns=42, code_page=4, has_process_id=False, status=False),
)

PROFILES: Final[Mapping[str, PrinterProfile]] = MappingProxyType({profile.name: profile for profile in _TABLE})
