"""Every profile, with the virtual printer and python-escpos' table of printers as judges."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import escpos
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.compose import compose
from drivers.escpos.document import Align, Columns, Document, Text
from drivers.escpos.profile import FONT_A_DOTS, PROFILES, Cutter, PrinterProfile
from drivers.preview import preview_text
from drivers.virtual.codepages import Charset
from drivers.virtual.events import DrawerPulsed
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.settings import PrinterSettings
from drivers.virtual.tokenizer import TEXT, Tokenizer

SAMPLE = "Grüße ß 12,50 € äöüÄÖÜ"
HOSTILE = st.text(
    alphabet=st.sampled_from("\x10\x14\x01\x00\x05\x04\x08\x1bp\x1d\x1cViml@aäß€\x7f\x9b\n\r\t"), max_size=80
)
KNOWN_ELSEWHERE = {
    "POS-5890": "POS-5890",
    "CT-S651": "CT-S651",
    "NT-5890K": "NT-5890K",
    "TM-T20II": "TM-T20II",
    "TM-T88III": "TM-T88III",
    "TM-T88IV": "TM-T88IV",
    "TM-T88V": "TM-T88V",
    "TM-L90": "TM-L90",
    "TSP600": "TSP600",
}


@cache
def capabilities() -> dict[str, Any]:
    table = Path(escpos.__file__).with_name("capabilities.json").read_text(encoding="utf-8")
    profiles: dict[str, Any] = json.loads(table)["profiles"]
    return profiles


def pages_of(profile: PrinterProfile) -> dict[int, str]:
    """The code pages in that printer's own numbering."""
    known = capabilities()[KNOWN_ELSEWHERE.get(profile.name, "TM-T20II")]["codePages"]
    return {int(slot): name.lower() for slot, name in known.items() if name in ("CP437", "CP850", "CP858", "CP1252")}


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_umlauts_and_euro_come_out_right_on_every_printer(name: str) -> None:
    """Read with the code pages of that printer, numbered as its maker numbers them."""
    profile = PROFILES[name]
    charset, shown = Charset(pages_of(profile)), ""
    for token in Tokenizer().feed(b"".join(compose(Document((Text(SAMPLE),)), profile))):
        if token.name == "ESC t":
            assert charset.select_page(token.body[0])
        elif token.name == "ESC R":
            assert charset.select_international(token.body[0])
        elif token.name == TEXT:
            shown += charset.character(token.body[0])
    assert shown == SAMPLE


@pytest.mark.parametrize("name", sorted(KNOWN_ELSEWHERE))
def test_profiles_agree_with_the_table_of_python_escpos(name: str) -> None:
    known = capabilities()[KNOWN_ELSEWHERE[name]]
    profile = PROFILES[name]
    assert known["fonts"]["0"]["columns"] == profile.columns
    assert known["codePages"][str(profile.code_page)] == "CP858"
    assert known["features"]["bitImageRaster"] or not profile.raster
    assert known["features"]["qrCode"] == profile.draws_qr
    assert known["features"]["paperPartCut"] == (profile.cutter is not Cutter.NONE)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_line_of_text_fits_the_dots(name: str) -> None:
    assert PROFILES[name].columns * FONT_A_DOTS <= PROFILES[name].dots


@given(HOSTILE, HOSTILE, st.sampled_from(sorted(PROFILES)))
def test_no_text_opens_the_drawer_cuts_or_asks_on_any_printer(name: str, amount: str, profile: str) -> None:
    """The judge is a printer: no pulse, no reply, one cut at most, and as many slips as documents."""
    chosen = PROFILES[profile]
    document = Document(
        (Text(name, Align.CENTER, bold=True), Columns(name, amount), Text(amount, double=True), Text("x"))
    )
    printer = VirtualPrinter(PrinterSettings(columns=chosen.columns))
    setup, *bands = compose(document, chosen)
    printer.receive(setup, 0)
    output = [printer.receive(band, 0) for band in bands]
    assert not any(isinstance(event, DrawerPulsed) for step in output for event in step.events)
    assert b"".join(step.write for step in output) == b""
    state = printer.state()
    assert (state.cuts, state.drawer_open) == (0 if chosen.cutter is Cutter.NONE else 1, False)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_preview_of_every_printer_reads_right(name: str) -> None:
    assert preview_text(Document((Text(SAMPLE),)), PROFILES[name]) == f"{SAMPLE}\n"
