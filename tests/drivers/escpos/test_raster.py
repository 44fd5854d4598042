"""Pictures on the wire: in small bands, in the middle, and without commands hidden among their dots."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.errors import DeviceRefused
from drivers.escpos.compose import BAND_LIMIT, compose
from drivers.escpos.document import Align, Bitmap, Document, Picture, QrCode, Text
from drivers.escpos.profile import PROFILES, PrinterProfile
from drivers.escpos.raster import MOST_ROWS, harmless, raster_bands
from drivers.virtual.paper import Image
from drivers.virtual.paper import Picture as Printed
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.realtime import RealTimeScanner
from drivers.virtual.settings import PrinterSettings

PROFILE = PROFILES["generic-80"]
NASTY = st.sampled_from(b"\x10\x04\x05\x14\x01\x00\x02\x08\x03\x06\x07\x1b\x1d\xff")


@st.composite
def bitmaps(draw: st.DrawFn, widest: int = 384) -> Bitmap:
    width, height = draw(st.integers(1, widest)), draw(st.integers(1, 60))
    size = (width + 7) // 8 * height
    noise = bytearray(random.Random(draw(st.integers())).randbytes(size))
    planted = bytes(draw(st.lists(NASTY, max_size=40)))[:size]
    at = draw(st.integers(0, size - len(planted)))
    noise[at : at + len(planted)] = planted
    return Bitmap(width, height, bytes(noise))


@given(bitmaps(), st.sampled_from(["generic-80", "generic-58", "TM-T88V"]))
@example(Bitmap(32, 1, b"\x10\x14\x01\x00"), "generic-58")
def test_no_picture_gives_the_printer_an_order(bitmap: Bitmap, profile: str) -> None:
    sent = b"".join(compose(Document((Picture(bitmap), Text("x"))), PROFILES[profile]))
    assert RealTimeScanner().scan(sent) == []
    assert not any(bytes((0x10, second)) in sent for second in (0x04, 0x05, 0x14))


@given(st.lists(NASTY, max_size=200).map(bytes))
def test_hiding_commands_adds_single_dots_and_takes_none_away(data: bytes) -> None:
    shown = harmless(data)
    assert len(shown) == len(data)
    assert all(before & after == before for before, after in zip(data, shown, strict=True))
    assert sum((before ^ after).bit_count() for before, after in zip(data, shown, strict=True)) <= data.count(0x10)


@given(bitmaps(), st.sampled_from(["generic-80", "generic-58"]))
def test_what_is_printed_is_the_picture_in_the_middle(bitmap: Bitmap, name: str) -> None:
    profile = PROFILES[name]
    printer = VirtualPrinter(PrinterSettings(columns=profile.columns))
    printer.receive(b"".join(compose(Document((Picture(bitmap),)), profile)), 0)
    printer.tear_off(0)
    images = [element.image for slip in printer.slips for element in slip.elements if isinstance(element, Printed)]
    printed = b"".join(image.bits for image in images)
    margin = (profile.dots - bitmap.width) // 16
    row_bytes = margin + bitmap.row_bytes
    if images:
        assert {image.columns for image in images} == {row_bytes * 8}
        rows = [printed[at : at + row_bytes] for at in range(0, len(printed), row_bytes)]
        assert len(rows) == bitmap.height
        assert all(not any(row[:margin]) for row in rows)
        assert b"".join(row[margin:] for row in rows) == harmless_rows(bitmap, margin)


def harmless_rows(bitmap: Bitmap, margin: int) -> bytes:
    """The same dots, with those that would be a command together with their neighbours on paper."""
    width = bitmap.row_bytes
    rows = [bytes(margin) + bitmap.rows[at : at + width] for at in range(0, len(bitmap.rows), width)]
    shown = harmless(b"".join(rows))
    return b"".join(shown[at + margin : at + margin + width] for at in range(0, len(shown), margin + width))


@given(bitmaps(576))
def test_bands_are_short_and_low(bitmap: Bitmap) -> None:
    bands = raster_bands(bitmap, 576, BAND_LIMIT)
    assert all(len(band) <= BAND_LIMIT for band in bands)
    assert all(band[6] + 256 * band[7] <= MOST_ROWS for band in bands)


def test_a_logo_is_made_into_commands_once() -> None:
    bitmap = Bitmap(8, 2, b"\xaa\x55")
    assert raster_bands(bitmap, 576, BAND_LIMIT) is raster_bands(Bitmap(8, 2, b"\xaa\x55"), 576, BAND_LIMIT)


def test_the_bytes_of_a_picture() -> None:
    """Half of 384 dots less half of 16 leaves 23 blank bytes; GS v 0, 25 bytes a row, one row."""
    sent = b"".join(compose(Document((Picture(Bitmap(16, 1, b"\x80\x01")),)), PROFILES["generic-58"])[1:])
    assert sent.startswith(b"\x1d\x76\x30\x00\x19\x00\x01\x00" + bytes(23) + b"\x80\x01")


def test_a_picture_does_not_stand_where_the_text_above_it_was_aligned() -> None:
    """A printer that centres raster images itself would move the blanks before it."""
    sent = b"".join(compose(Document((Text("x", Align.CENTER), Picture(Bitmap(8, 1, b"\xff")))), PROFILE))
    assert b"x\n\x1ba\x00\x1dv0" in sent


def test_a_printer_without_raster_leaves_the_picture_out_and_prints_the_rest() -> None:
    document = Document((Picture(Bitmap(8, 1, b"\xff")), Text("x")))
    assert compose(document, PrinterProfile("old", raster=False)) == compose(Document((Text("x"),)), PROFILE)


def test_a_printer_that_draws_no_qr_codes_gets_them_as_dots_of_a_size_that_fits() -> None:
    narrow = PrinterProfile("narrow", columns=32, dots=384, draws_qr=False)
    sent = b"".join(compose(Document((QrCode("x" * 300, dots=16),)), narrow))
    assert b"\x1d(k" not in sent
    assert b"\x1dv0" in sent
    with pytest.raises(DeviceRefused, match="QR code of 2000"):
        compose(Document((QrCode("x" * 2000, dots=4),)), PrinterProfile("tiny", columns=20, dots=240, draws_qr=False))


def test_a_picture_wider_than_the_paper_is_refused() -> None:
    with pytest.raises(DeviceRefused, match="576 dots wide on paper of 384"):
        compose(Document((Picture(Bitmap(576, 1, bytes(72))),)), PROFILES["generic-58"])


@pytest.mark.parametrize(("width", "height", "rows"), [(8, 1, b""), (9, 1, b"\0"), (0, 1, b""), (8, 0, b"")])
def test_a_bitmap_is_as_large_as_it_says(width: int, height: int, rows: bytes) -> None:
    with pytest.raises(ValueError, match="dots"):
        Bitmap(width, height, rows)


def test_the_virtual_printer_reads_image_data_as_a_printer_would() -> None:
    """The judge of these tests sees what would happen without the precaution: DLE DC4 in a picture opens the drawer."""
    naked = b"\x1dv0\x00\x05\x00\x01\x00" + b"\x10\x14\x01\x00\x01"
    assert RealTimeScanner().scan(naked)
    assert not RealTimeScanner().scan(naked[:8] + harmless(naked[8:]))
    assert Image(40, 1, harmless(naked[8:])).bits == b"\x18\x14\x01\x00\x01"
