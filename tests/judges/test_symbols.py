"""Codes on our paper as a phone sees them: drawn by the virtual printer, read by zxing-cpp, at every width of paper."""

from __future__ import annotations

import pytest
import zxingcpp

from branchgate.tse import code_of, parse_code, verify_signature
from drivers.escpos.compose import compose
from drivers.escpos.document import Barcode, Document, Element, QrCode, Symbology
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.render import render_slip
from drivers.virtual.settings import PrinterSettings
from gateway.printing.templates.fiscal import LONGEST_CODE
from tests.branchgate.tse.samples import FISKALY, SWISSBIT, TX_11
from tests.judges import papers

COLUMNS = (32, 42, 48)


def read(document: Document, columns: int) -> set[tuple[str, str]]:
    printer = VirtualPrinter(PrinterSettings(columns=columns))
    printer.receive(b"".join(compose(document, papers.epson_slots(papers.PROFILE_OF[columns]))), 0)
    printer.tear_off(1)
    picture = render_slip(printer.slips[0], printer.settings.width).convert("L")
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)}


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_the_codes_of_a_receipt_can_be_read(columns: int, language: str) -> None:
    codes = dict(read(papers.receipt_paper(language, columns), columns))
    assert codes["EAN13"] == papers.EAN
    tse = papers.sale().tse
    assert tse is not None
    assert codes["QRCode"] == code_of(tse, "KASSE-1").text()
    assert verify_signature(parse_code(codes["QRCode"])).signed


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("text", [FISKALY, SWISSBIT, TX_11])
def test_codes_of_other_tses_can_be_read_to_the_letter(columns: int, text: str) -> None:
    assert read(Document((QrCode(text),)), columns) == {("QRCode", text)}


@pytest.mark.parametrize("columns", COLUMNS)
def test_the_longest_code_that_is_printed_can_be_read(columns: int) -> None:
    text = f"V0;{'KASSE-1':;<{LONGEST_CODE - 3}}"
    assert read(Document((QrCode(text),)), columns) == {("QRCode", text)}


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize(
    ("element", "kind", "text"),
    [
        (Barcode("K1-000042", Symbology.CODE128, width=2), "Code128", "K1-000042"),
        (Barcode("400638133393", width=2), "EAN13", "4006381333931"),
        (QrCode("Grüße, 12,50 €", dots=3), "QRCode", "Grüße, 12,50 €"),
        (QrCode("x" * 300, dots=3), "QRCode", "x" * 300),
    ],
)
def test_every_code_can_be_read_at_every_width(columns: int, element: Element, kind: str, text: str) -> None:
    assert read(Document((element,)), columns) == {(kind, text)}
