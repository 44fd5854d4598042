"""Golden bytes of composed documents."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import DeviceRefused, Reason
from drivers.escpos.compose import BAND_LIMIT, compose
from drivers.escpos.document import (
    Align,
    Barcode,
    Columns,
    Cut,
    Document,
    Element,
    Feed,
    QrCode,
    Rule,
    Symbology,
    Text,
)
from drivers.escpos.layout import to_text
from drivers.escpos.profile import PROFILES, Cutter, PrinterProfile

PROFILE = PROFILES["generic-80"]


def body(*elements: Element) -> bytes:
    return b"".join(compose(Document(elements), PROFILE)[1:]).removesuffix(b"\x1d\x56\x42\x00")


def test_the_first_band_sets_the_printer_up_and_prints_nothing() -> None:
    assert compose(Document(()), PROFILE)[0] == bytes.fromhex("1b40 1b5200 1b7413 1d610f")


def test_umlauts_and_euro_stand_on_code_page_858() -> None:
    assert body(Text("Grüße ß 12,50 €")) == b"Gr\x81\xe1e \xe1 12,50 \xd5\n"


def test_a_qr_code_is_drawn_by_the_printer() -> None:
    assert body(QrCode("x", dots=3)) == bytes.fromhex(
        "1b6101 1d286b040031413200 1d286b0300314303 1d286b0300314530 1d286b040031503078 1d286b0300315130"
    )


def test_an_ean_is_drawn_by_the_printer() -> None:
    shape = bytes.fromhex("1b6101 1d6840 1d7703 1d4802 1d6b430d")
    assert body(Barcode("4006381333931")) == shape + b"4006381333931"


def test_a_code_128_names_its_code_set() -> None:
    assert body(Barcode("A{1", Symbology.CODE128)).endswith(b"\x1d\x6b\x49\x06{BA{{1")


def test_print_modes_are_sent_when_they_change_and_not_per_line() -> None:
    lines = body(Text("a", bold=True), Text("b", bold=True), Text("c", Align.CENTER))
    assert lines == b"\x1bE\x01a\nb\n\x1ba\x01\x1bE\x00c\n"


@pytest.mark.parametrize(
    ("cutter", "ending"),
    [(Cutter.FULL, b"\x1dV\x41\x00"), (Cutter.PARTIAL, b"\x1dV\x42\x00"), (Cutter.NONE, b"\x1bd\x06")],
)
def test_the_paper_is_parted_in_the_printers_way(cutter: Cutter, ending: bytes) -> None:
    assert compose(Document((Text("x"),)), PrinterProfile("p", cutter=cutter))[-1].endswith(b"x\n" + ending)


def test_a_document_that_cuts_is_not_cut_twice() -> None:
    assert b"".join(compose(Document((Text("x"), Cut())), PROFILE)).count(b"\x1dV") == 1


@pytest.mark.parametrize(
    "element",
    [
        Barcode("123"),
        Barcode("40063813339３1"),
        Barcode("ü", Symbology.CODE128),
        Barcode("", Symbology.CODE128),
        Barcode("4006381333931", height=0),
        Barcode("4006381333931", width=7),
        QrCode(""),
        QrCode("x" * 3000),
        QrCode("x", dots=17),
        QrCode("\x10\x14\x01\x00\x01"),
    ],
)
def test_what_no_printer_can_draw_is_refused_before_anything_is_sent(element: Element) -> None:
    with pytest.raises(DeviceRefused) as caught:
        compose(Document((element,)), PROFILE)
    assert caught.value.reason is Reason.DOCUMENT_UNPRINTABLE


@given(st.lists(st.text(max_size=200).map(Text), max_size=60))
def test_bands_join_to_the_whole_and_stay_small(texts: list[Text]) -> None:
    bands = compose(Document(tuple(texts)), PROFILE)
    assert all(len(band) <= BAND_LIMIT for band in bands)
    assert all(bands)


def test_a_row_keeps_its_amount_at_the_right_edge() -> None:
    text = to_text(Document((Columns("Vollkornbrot geschnitten", "2,49 €"), Columns("Ei", "0,30 €"))), 16)
    assert text.splitlines() == ["Vollkornb", "rot gesch", "nitten    2,49 €", "Ei        0,30 €"]


def test_plain_text_shows_what_the_paper_shows() -> None:
    document = Document(
        (
            Text("Laden", Align.CENTER, double=True),
            Text("rechts", Align.RIGHT),
            Rule(),
            Columns("Summe", "3,00 €", bold=True),
            Feed(1),
            QrCode("x"),
            Barcode("4006381333931"),
            Cut(),
        )
    )
    assert to_text(document, 16).splitlines() == [
        "     Laden",
        "          rechts",
        "----------------",
        "Summe     3,00 €",
        "",
        "      [QR]",
        "[4006381333931]",
        "================",
    ]


@given(st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_no_line_is_wider_than_the_paper(left: str, right: str, double: bool) -> None:
    document = Document((Columns(left, right, double=double), Text(left, double=double), Text(right, Align.CENTER)))
    assert all(len(line) <= 16 for line in to_text(document, 16).splitlines())


def test_importing_the_renderer_leaves_nothing_behind(tmp_path: Path) -> None:
    """python-escpos creates a temp directory per import whatever its settings say, and configures the root logger."""
    code = (
        "import logging, tempfile; from drivers.escpos.renderer import renderer; renderer();"
        "assert not logging.root.handlers"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=Path(__file__).parents[3])
    assert list(tmp_path.iterdir()) == []
