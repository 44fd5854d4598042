"""Print jobs as a driver would send them, for the tests of the virtual printer."""

from __future__ import annotations

INIT = b"\x1b@\x1bR\x00\x1bt\x13"
CUT = b"\x1dVB\x00"


def text(content: str) -> bytes:
    return content.encode("cp858")


def fence(characters: bytes) -> bytes:
    """GS ( H function 48."""
    return b"\x1d(H\x06\x0000" + characters


def fence_reply(characters: bytes) -> bytes:
    return b"\x37\x22" + characters + b"\x00"


def receipt(number: int, *, copy: bool = False) -> bytes:
    head = "KOPIE\n" if copy else ""
    return INIT + text(f"{head}Bon-Nr. {number}\nBrötchen  1,30 €\n") + CUT


def qr(payload: bytes, module: int = 4) -> bytes:
    size = (len(payload) + 3).to_bytes(2, "little")
    return (
        b"\x1d(k\x04\x001A2\x00"
        + (b"\x1d(k\x03\x001C" + bytes((module,)))
        + b"\x1d(k\x03\x001E1"
        + (b"\x1d(k" + size + b"1P0" + payload)
        + b"\x1d(k\x03\x001Q0"
    )


def raster(rows: int, row: bytes) -> bytes:
    return b"\x1dv0\x00" + len(row).to_bytes(2, "little") + rows.to_bytes(2, "little") + row * rows
