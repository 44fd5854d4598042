"""Previews equal the paper: same text, same symbols, nothing but what the printer was sent."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import qrcode
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.errors import DeviceRefused
from drivers.escpos.compose import compose
from drivers.escpos.document import Align, Barcode, Columns, Document, Picture, QrCode, Rule, Text
from drivers.escpos.layout import to_text
from drivers.escpos.profile import EPSON_PAGE_858, PROFILES, PrinterProfile
from drivers.preview import preview_png, preview_svg, preview_text
from drivers.preview.svg import NAMESPACE
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.settings import PrinterSettings
from tests.drivers.preview.papers import DOCUMENTS, LINES, WORDS, bitmap

NAMES = st.sampled_from(sorted(PROFILES))
EPSON_LIKE = [
    profile for profile in PROFILES.values() if profile.code_page == EPSON_PAGE_858 and profile.dots % 12 == 0
]
TSE = "V0;KASSE-1;Kassenbeleg-V1;Beleg^2.94_7.50_0.00_0.00_0.00^10.44:Bar;112;4711;" + "QWxsZXMgZ3V0" * 12


def receipt() -> Document:
    return Document(
        (
            Picture(bitmap(200, 60, 1)),
            Text("Käthes Dorfladen <script>", Align.CENTER, bold=True, double=True),
            Columns("Grüße ß & Öl", "12,50 €"),
            Rule(),
            QrCode(TSE),
            Text(""),
            Barcode("400638133393"),
        )
    )


@given(DOCUMENTS, st.sampled_from(EPSON_LIKE))
def test_the_text_of_a_preview_is_what_a_printer_put_on_paper(document: Document, profile: PrinterProfile) -> None:
    printer = VirtualPrinter(PrinterSettings(columns=profile.columns))
    printer.receive(b"".join(compose(document, profile)), 0)
    printer.tear_off(0)
    paper = "".join(slip.text for slip in printer.slips)
    assert _read(preview_text(document, profile)) == _read(paper)


def _read(text: str) -> list[str]:
    """Lines with words on them; a picture is one, in however many bands it came."""
    lines = [re.sub(r"^ *\[image (\d+)x\d+\]$", r"[image \1]", line) for line in text.splitlines() if line.strip()]
    return [line for at, line in enumerate(lines) if not (line.startswith("[image") and lines[at - 1 : at] == [line])]


@given(st.lists(LINES, max_size=8).map(lambda elements: Document(tuple(elements))), NAMES)
def test_the_plain_text_of_a_document_has_the_words_of_its_paper(document: Document, name: str) -> None:
    """Layout and printing bytes are two paths; a third one, made from the bytes, holds them together."""
    profile = PROFILES[name]
    laid_out = to_text(document, profile.columns).split()
    assert preview_text(document, profile).split() == laid_out


@given(st.lists(LINES, max_size=8).map(lambda elements: Document(tuple(elements))), NAMES)
def test_the_text_of_the_drawing_is_the_text_of_the_paper(document: Document, name: str) -> None:
    drawn = [node.text for node in _tree(preview_svg(document, PROFILES[name])).iter(f"{{{NAMESPACE}}}text")]
    paper = preview_text(document, PROFILES[name]).replace("\xa0", " ").splitlines()
    assert drawn == [line.strip() for line in paper if line.strip()]


@given(WORDS, WORDS, WORDS)
def test_no_text_breaks_or_leaves_the_drawing(name: str, amount: str, title: str) -> None:
    hostile = f"{name}<script>alert(1)</script>\"'>&#0;]]>"
    svg = preview_svg(Document((Text(hostile), Columns(hostile, amount))), PROFILES["generic-80"], title + hostile)
    tree = _tree(svg)
    assert {node.tag.removeprefix(f"{{{NAMESPACE}}}") for node in tree.iter()} <= {"svg", "title", "rect", "g", "text"}
    assert "href" not in svg
    assert "url(" not in svg


def test_a_picture_is_part_of_the_drawing_and_nothing_is_fetched() -> None:
    tree = _tree(preview_svg(receipt(), PROFILES["generic-58"]))
    (image,) = tree.iter(f"{{{NAMESPACE}}}image")
    kind, data = image.attrib["href"].split(",")
    assert kind == "data:image/png;base64"
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    assert (picture.size[1], image.attrib["height"]) == (60, "60")


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_codes_can_be_read_from_the_picture(name: str) -> None:
    assert _codes(preview_png(receipt(), PROFILES[name])) == {TSE, "4006381333931"}


def test_the_modules_of_the_drawing_are_those_of_the_code() -> None:
    tree = _tree(preview_svg(Document((QrCode("x", dots=3),)), PROFILES["generic-80"]))
    (path,) = tree.iter(f"{{{NAMESPACE}}}path")
    drawn = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path.attrib["d"])
        for step in range(int(length))
    }
    code = qrcode.QRCode(version=1, error_correction=qrcode.constants.ERROR_CORRECT_L, border=0)
    code.add_data(b"x")
    assert drawn == {(x, y) for y, row in enumerate(code.get_matrix()) for x, dark in enumerate(row) if dark}
    assert path.attrib["transform"].endswith("scale(3 3)")


def test_codes_can_be_read_from_the_drawing_in_a_browser(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium here that could draw the SVG")
    (tmp_path / "bon.svg").write_text(preview_svg(receipt(), PROFILES["generic-80"], "Bon"), encoding="utf-8")
    order = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    shot = tmp_path / "bon.png"
    subprocess.run(
        [*order, f"--screenshot={shot}", "--window-size=640,900", str(tmp_path / "bon.svg")],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert _codes(shot.read_bytes()) == {TSE, "4006381333931"}


def test_the_picture_is_as_wide_as_the_roll() -> None:
    widths = {name: _image(preview_png(receipt(), PROFILES[name])).width for name in ("generic-80", "generic-58")}
    assert widths == {"generic-80": 640, "generic-58": 448}


def test_a_document_in_two_slips_is_one_preview_and_an_empty_one_is_blank() -> None:
    assert preview_text(Document(()), PROFILES["generic-80"]) == ""
    assert _image(preview_png(Document(()), PROFILES["generic-80"])).width == 640


def test_what_cannot_be_printed_has_no_preview() -> None:
    with pytest.raises(DeviceRefused):
        preview_svg(Document((Barcode("1"),)), PROFILES["generic-80"])


def _tree(svg: str) -> ET.Element:
    return ET.fromstring(svg.encode())


def _image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def _codes(png: bytes) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(_image(png).convert("L"))}
