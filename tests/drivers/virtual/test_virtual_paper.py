from __future__ import annotations

import escpos.printer
import pytest
import zxingcpp
from PIL import Image

from drivers.virtual.barcodes import NotEncodable, encode
from drivers.virtual.events import Complaint
from drivers.virtual.paper import Slip
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.render import INK, PAPER, SIDE_MARGIN, TABLE, TORN_EDGE, render_slip
from drivers.virtual.settings import PrinterSettings
from tests.drivers.virtual.jobs import CUT, INIT, qr, raster, text

WIDTH = 576


def slip_of(job: bytes, columns: int = 48) -> Slip:
    printer = VirtualPrinter(PrinterSettings(columns=columns))
    events = printer.receive(job + CUT, 0).events
    assert len(printer.slips) == 1, events
    return printer.slips[0]


def symbols(job: bytes) -> list[tuple[str, str]]:
    picture = render_slip(slip_of(INIT + job), WIDTH).convert("L")
    return [(barcode.format.name, barcode.text) for barcode in zxingcpp.read_barcodes(picture)]


def dark_columns(picture: Image.Image) -> tuple[int, int]:
    box = picture.convert("L").point(lambda level: 255 if level < 128 else 0).getbbox()
    assert box is not None
    return box[0], box[2]


def test_code_page_858_prints_umlauts_and_the_euro_sign() -> None:
    assert slip_of(INIT + text("Grüße ß 12,50 € ÄÖÜ\n")).text == "Grüße ß 12,50 € ÄÖÜ\n"


def test_the_german_character_set_replaces_brackets() -> None:
    assert slip_of(b"\x1b@\x1bR\x02{|}~[\\]\n").text == "äöüßÄÖÜ\n"


def test_the_wrong_slot_shows_on_paper_what_a_customer_would_see() -> None:
    assert slip_of(b"\x1b@\x1bt\x00\xd5\n").text == "╒\n"


def test_a_line_that_is_too_long_goes_on_in_the_next() -> None:
    assert slip_of(b"x" * 50 + b"\n").text == "x" * 48 + "\nxx\n"


def test_double_width_halves_the_columns() -> None:
    assert slip_of(b"\x1d!\x10" + b"x" * 30 + b"\n").text == "x" * 24 + "\nxxxxxx\n"


def test_justification_and_tabulators_show_as_spaces() -> None:
    job = b"\x1ba\x01mitte\n\x1ba\x02rechts\n\x1ba\x00a\tb\n"
    assert slip_of(job).text == " " * 21 + "mitte\n" + " " * 42 + "rechts\n" + "a       b\n"


def test_positions_are_set_in_dots_from_the_left_and_from_where_the_line_is() -> None:
    assert slip_of(b"a\x1b$\x78\x00b\x1b\\\x18\x00c\n").text == "a         b  c\n"
    assert slip_of(b"\x1b$\x78\x00\x1b\\\xe8\xffb\n").text == "        b\n"


def test_blank_paper_is_not_a_slip() -> None:
    printer = VirtualPrinter()
    printer.receive(b" \n\n\x1bd\x05" + CUT, 0)
    assert (printer.slips, printer.state().cuts) == ([], 1)


def test_characters_stand_in_the_column_grid() -> None:
    picture = render_slip(slip_of(b"\xdb" * 48 + b"\n"), WIDTH)
    assert dark_columns(picture) == (SIDE_MARGIN, SIDE_MARGIN + WIDTH)


@pytest.mark.parametrize(("columns", "width"), [(48, 640), (32, 448)])
def test_the_picture_is_as_wide_as_the_roll(columns: int, width: int) -> None:
    assert render_slip(slip_of(b"x\n", columns), columns * 12).width == width


def test_the_paper_is_off_white_and_inverse_text_is_dark() -> None:
    picture = render_slip(slip_of(b"\x1dB\x01   \n"), WIDTH)
    assert picture.getpixel((0, 0)) == PAPER
    assert picture.getpixel((SIDE_MARGIN + 10, 48 + 10)) == INK


def test_a_qr_code_can_be_read_from_the_paper() -> None:
    payload = "V0;kasse-1;Kassenbeleg-V1;Beleg^7.40_0.00_0.00_0.00_0.00^7.40:Bar;17;34"
    assert symbols(b"\x1ba\x01" + qr(payload.encode())) == [("QRCode", payload)]
    assert slip_of(qr(b"abc")).qr_payloads == ("abc",)


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (b"\x1dkC\x0c400638133393", ("EAN13", "4006381333931")),
        (b"\x1dk\x024006381333931\x00", ("EAN13", "4006381333931")),
        (b"\x1dkD\x079638507", ("EAN8", "96385074")),
        (b"\x1dkA\x0b03600029145", ("EAN13", "0036000291452")),
        (b"\x1dkE\x08BON 4711", ("Code39", "BON 4711")),
        (b"\x1dkF\x06123456", ("ITF", "123456")),
        (b"\x1dkI\x0a{BBon-4711", ("Code128", "Bon-4711")),
        (b"\x1dkI\x05{C\x0c\x22\x38", ("Code128", "123456")),
        (b"\x1dkG\x06A1234B", ("Codabar", "A1234B")),
    ],
)
def test_bar_codes_can_be_read_from_the_paper(job: bytes, expected: tuple[str, str]) -> None:
    assert symbols(b"\x1dh\x50\x1dw\x03\x1dH\x02" + job) == [expected]


@pytest.mark.parametrize(
    ("system", "data"), [(67, b"4006381333930"), (67, b"12"), (70, b"123"), (73, b"abc"), (72, b"x"), (69, b"\xff")]
)
def test_data_that_does_not_fit_a_bar_code_is_refused(system: int, data: bytes) -> None:
    with pytest.raises(NotEncodable):
        encode(system, data)


def test_raster_column_and_stored_graphics_print_the_same_dots() -> None:
    row = b"\xf0\x0f\xaa"
    column_bytes = bytes(0xFF if row[x // 8] >> (7 - x % 8) & 1 else 0 for x in range(24) for _ in range(3))
    stored = b"\x30p0\x01\x011\x18\x00\x18\x00" + row * 24
    graphics = (
        raster(24, row),
        b"\x1b3\x18\x1b*\x21\x18\x00" + column_bytes + b"\n",
        b"\x1d(L" + len(stored).to_bytes(2, "little") + stored + b"\x1d(L\x02\x0002",
        b"\x1d8L" + len(stored).to_bytes(4, "little") + stored + b"\x1d(L\x02\x0002",
    )
    pictures = {render_slip(slip_of(graphic), WIDTH).tobytes() for graphic in graphics}
    assert len(pictures) == 1


LOGO_COLUMNS = bytes(0xFF if x % 3 else 0x0F for x in range(16) for _ in range(2))
LOGO_ROWS = bytes(
    sum(bool(LOGO_COLUMNS[(byte * 8 + bit) * 2 + y // 8] >> (7 - y % 8) & 1) << (7 - bit) for bit in range(8))
    for y in range(16)
    for byte in range(2)
)
SIZE = b"\x10\x00\x10\x00"


def graphics(parameters: bytes) -> bytes:
    return b"\x1d(L" + len(parameters).to_bytes(2, "little") + parameters


def test_a_picture_looks_the_same_from_wherever_it_is_kept() -> None:
    jobs = (
        b"\x1dv0\x00\x02\x00\x10\x00" + LOGO_ROWS,
        graphics(b"\x30C0G1\x01" + SIZE + b"1" + LOGO_ROWS) + graphics(b"\x30EG1\x01\x01"),
        graphics(b"\x30D0G1\x01" + SIZE + b"1" + LOGO_COLUMNS) + graphics(b"\x30EG1\x01\x01"),
        graphics(b"\x30S0G1\x01" + SIZE + b"1" + LOGO_ROWS) + graphics(b"\x30UG1\x01\x01"),
        b"\x1cq\x01\x02\x00\x02\x00" + LOGO_COLUMNS + b"\x1cp\x01\x00",
        b"\x1d*\x02\x02" + LOGO_COLUMNS + b"\x1d/\x00",
    )
    assert len({render_slip(slip_of(job), WIDTH).tobytes() for job in jobs}) == 1


def test_what_is_kept_for_good_survives_power_and_downloads_do_not() -> None:
    printer = VirtualPrinter()
    printer.receive(graphics(b"\x30C0G1\x01" + SIZE + b"1" + LOGO_ROWS), 0)
    printer.receive(graphics(b"\x30S0G2\x01" + SIZE + b"1" + LOGO_ROWS), 0)
    printer.power_cycle(1)
    events = printer.receive(graphics(b"\x30EG1\x02\x02") + graphics(b"\x30UG2\x01\x01") + CUT, 2).events
    assert Complaint("no graphic is kept under G2") in events
    assert printer.slips[0].text == "[image 32x32]\n"


def test_a_deleted_graphic_is_gone() -> None:
    printer = VirtualPrinter()
    printer.receive(graphics(b"\x30C0G1\x01" + SIZE + b"1" + LOGO_ROWS) + graphics(b"\x30BG1"), 0)
    assert printer.receive(graphics(b"\x30EG1\x01\x01"), 1).events == (Complaint("no graphic is kept under G1"),)


def test_bands_of_one_picture_leave_no_gap() -> None:
    """A logo is printed in bands, for cheap printers take no more than 255 rows at once."""
    rows = [bytes((0x80 >> y % 8,)) * 4 for y in range(64)]
    band = b"\x1dv0\x00\x04\x00\x10\x00"
    banded = b"".join(band + b"".join(rows[at : at + 16]) for at in range(0, 64, 16))
    whole = b"\x1dv0\x00\x04\x00\x40\x00" + b"".join(rows)
    assert render_slip(slip_of(banded), WIDTH).tobytes() == render_slip(slip_of(whole), WIDTH).tobytes()


def test_the_first_page_has_frames_and_katakana() -> None:
    assert slip_of(b"\x1bt\x01\x98\x95\x99\xb1\xf1\n").text == "┌─┐ｱ円\n"


def test_the_turkish_page_has_the_euro_sign() -> None:
    assert slip_of(b"\x1bt\x0d12,50 \xd5\n").text == "12,50 €\n"


def test_a_slip_that_was_given_up_looks_torn() -> None:
    printer = VirtualPrinter()
    printer.receive(b"Bon-Nr. 1\n", 0)
    printer.power_cycle(1)
    torn = render_slip(printer.slips[0], WIDTH)
    assert torn.getpixel((TORN_EDGE, torn.height - 1)) == TABLE
    assert torn.getpixel((0, 0)) == PAPER


def test_the_output_of_python_escpos_is_understood() -> None:
    host = escpos.printer.Dummy()
    host.charcode("CP858")
    host.set(align="center", bold=True, double_height=True, double_width=True)
    host.text("Bäckerei\n")
    host.set(align="left", bold=False, normal_textsize=True)
    host.text("Bon-Nr. 12\nKaffee 2,90 €\n")
    host.qr("https://example.org/12", native=True, size=4)
    host.image(Image.new("1", (64, 16)))
    host.cut()
    printer = VirtualPrinter()
    printer.receive(host.output, 0)
    slip = printer.slips[0]
    assert slip.receipt_number == "12"
    assert "Kaffee 2,90 €" in slip.text
    assert "[image 64x16]" in slip.text
    assert slip.qr_payloads == ("https://example.org/12",)
