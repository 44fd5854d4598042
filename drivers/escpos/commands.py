"""Command bytes for receipt printers, each with its page in the Epson ESC/POS reference."""

from __future__ import annotations

from typing import Final

from drivers.escpos.status import AsbRequest, RealTimeQuery

INITIALISE: Final = b"\x1b\x40"  # ESC @; also ends automatic status back, and may destroy buffered data
PRINT_LINE: Final = b"\n"  # LF
CHARACTER_SET_USA: Final = b"\x1b\x52\x00"  # ESC R 0; the German set would replace @[\]{|}~ by letters
BOLD_ON: Final = b"\x1b\x45\x01"  # ESC E
BOLD_OFF: Final = b"\x1b\x45\x00"
SIZE_NORMAL: Final = b"\x1d\x21\x00"  # GS !
SIZE_DOUBLE: Final = b"\x1d\x21\x11"  # double width and height
ALIGN_LEFT: Final = b"\x1b\x61\x00"  # ESC a
ALIGN_CENTER: Final = b"\x1b\x61\x01"
ALIGN_RIGHT: Final = b"\x1b\x61\x02"
FEED_AND_FULL_CUT: Final = b"\x1d\x56\x41\x00"  # GS V 65
FEED_AND_PARTIAL_CUT: Final = b"\x1d\x56\x42\x00"  # GS V 66
ORDERED_PAPER_STATUS: Final = b"\x1d\x72\x01"  # GS r 1
MODEL_NAME: Final = b"\x1d\x49\x43"  # GS I 67, answered as a block
CLEAR_BUFFERS: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 8
AUTOCUTTER_COUNTER: Final = b"\x1d\x67\x32\x00\xb2\x00"  # GS g 2, counter 178

PROCESS_ID_SYMBOLS: Final = 94  # d1 to d4 of GS ( H function 48, here 0x21 to 0x7E: no blanks, which logs would hide
PROCESS_IDS: Final = PROCESS_ID_SYMBOLS**4
_FIRST_SYMBOL: Final = 0x21


def code_page(number: int) -> bytes:
    """ESC t n. Which number means which page differs by maker: see `PrinterProfile.code_page`."""
    return bytes((0x1B, 0x74, number))


def feed_lines(count: int) -> bytes:
    """ESC d n."""
    return bytes((0x1B, 0x64, count))


def automatic_status(request: AsbRequest) -> bytes:
    """GS a n."""
    return bytes((0x1D, 0x61, request))


def real_time_status(query: RealTimeQuery) -> bytes:
    """DLE EOT n, answered at once, also between print data."""
    return bytes((0x10, 0x04, query))


def process_id(number: int) -> bytes:
    """The four characters that stand for `number`; numbers repeat after `PROCESS_IDS`."""
    symbols = bytearray()
    for _ in range(4):
        number, symbol = divmod(number, PROCESS_ID_SYMBOLS)
        symbols.append(_FIRST_SYMBOL + symbol)
    return bytes(reversed(symbols))


def process_id_fence(identity: bytes) -> bytes:
    """GS ( H function 48: answered when the data before it has been printed."""
    return b"\x1d\x28\x48\x06\x00\x30\x30" + identity


def drawer_pulse_now(pin: int, tenths: int = 1) -> bytes:
    """DLE DC4 1 m t: open the drawer on connector pin 2 or 5 now, pulse of `tenths` times 100 ms."""
    return bytes((0x10, 0x14, 0x01, _connector(pin), tenths))


def drawer_pulse_buffered(pin: int) -> bytes:
    """ESC p m t1 t2 with 50 ms on and 500 ms off, which keeps the coil's duty below the allowed 20 %.

    It waits behind print data: only for printers that do not know the real-time pulse.
    """
    return bytes((0x1B, 0x70, _connector(pin), 25, 250))


def ean13(digits: str, height: int, width: int) -> bytes:
    """GS h, GS w, GS H (digits below), GS k 67 (EAN-13 with length byte)."""
    return _barcode(67, digits.encode("ascii"), height, width)


def code128(text: str, height: int, width: int) -> bytes:
    """GS h, GS w, GS H (text below), GS k 73 (CODE128, code set B)."""
    return _barcode(73, b"{B" + text.replace("{", "{{").encode("ascii"), height, width)


def _barcode(kind: int, data: bytes, height: int, width: int) -> bytes:
    shape = bytes((0x1D, 0x68, height, 0x1D, 0x77, width, 0x1D, 0x48, 2))
    return shape + bytes((0x1D, 0x6B, kind, len(data))) + data


def _connector(pin: int) -> int:
    return {2: 0, 5: 1}[pin]
