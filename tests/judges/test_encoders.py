"""Receipts made by encoders of others on our virtual printer: what they mean is what comes out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import zxingcpp

from drivers.virtual.events import Complaint, DrawerPulsed, PrinterEvent
from drivers.virtual.paper import Cut
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.render import render_slip
from drivers.virtual.settings import PrinterSettings

MARKUP = """^^^Bäckerei Müller

{code:https://example.org/beleg/4711;option:qrcode,4,m}

{code:4006381333931;option:ean,3,60,hri}
{code:BON4711;option:code128,2,60}
---
Brötchen | 12,50 €
="""
CODES = {("QRCode", "https://example.org/beleg/4711"), ("EAN13", "4006381333931"), ("Code128", "BON4711")}


class Outcome:
    """What came out of a printer that was given these bytes."""

    def __init__(self, data: bytes, columns: int) -> None:
        printer = VirtualPrinter(PrinterSettings(columns=columns))
        self.events: tuple[PrinterEvent, ...] = printer.receive(data, 0).events
        (self.slip,) = printer.slips
        picture = render_slip(self.slip, printer.settings.width).convert("L")
        self.codes = {(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)}

    @property
    def complaints(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Complaint)]

    @property
    def pulses(self) -> list[int]:
        return [event.pin for event in self.events if isinstance(event, DrawerPulsed)]

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.slip.text.splitlines() if line.strip()]


def encoded(folder: Path, program: str, *arguments: str) -> bytes:
    command: list[str | Path] = ["node", folder / program, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60).stdout


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", ["epson", "escpos", "generic"])
def test_receiptline_is_understood(node_programs: Path, columns: int, language: str) -> None:
    outcome = Outcome(encoded(node_programs, "receiptline.cjs", str(columns), language, MARKUP), columns)
    assert outcome.complaints == []
    assert outcome.lines[0] == "Bäckerei Müller"
    assert "─" * columns in outcome.lines
    assert any(line.split() == ["Brötchen", "12,50", "€"] for line in outcome.lines)
    assert outcome.codes == CODES
    assert outcome.slip.cut is Cut.PARTIAL


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("page", ["cp858", "windows1252", "auto"])
def test_receipt_printer_encoder_is_understood(node_programs: Path, columns: int, page: str) -> None:
    """With "auto" it takes the euro from the Turkish page, which our table had without it."""
    outcome = Outcome(encoded(node_programs, "receipt-printer-encoder.mjs", str(columns), page), columns)
    assert outcome.complaints == []
    assert outcome.lines[0] == "Bäckerei Müller"
    assert any(line.split() == ["Brötchen", "12,50", "€"] for line in outcome.lines)
    assert outcome.codes == CODES
    assert (outcome.pulses, outcome.slip.cut) == ([2], Cut.FULL)


@pytest.mark.parametrize("columns", [42, 48])
def test_node_thermal_printer_is_understood(node_programs: Path, columns: int) -> None:
    """Its drawer command lacks both times, so the second one's letters are taken for the first one's times, as on any printer."""
    outcome = Outcome(encoded(node_programs, "node-thermal-printer.cjs", str(columns)), columns)
    assert outcome.complaints == []
    assert outcome.lines[:3] == ["Bäckerei Müller", "-" * columns, f"Brötchen{'12,50 €':>{columns - 8}}"]
    assert outcome.codes == CODES
    assert outcome.pulses == [2]
    assert outcome.slip.cut is Cut.FULL
