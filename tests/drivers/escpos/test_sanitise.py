"""An article name can neither open the drawer nor cut the paper."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import DeviceRefused
from drivers.escpos.compose import compose
from drivers.escpos.document import Barcode, Columns, Document, QrCode, Text
from drivers.escpos.profile import PROFILES
from drivers.escpos.sanitise import ENCODING, printable

DRAWER = re.compile(rb"\x10\x14|\x1bp")
CUT = re.compile(rb"\x1dV|\x1bi|\x1bm")


@given(st.text())
def test_every_character_left_is_printable_on_code_page_858(text: str) -> None:
    encoded = printable(text).encode(ENCODING)
    assert all(byte >= 0x20 and byte != 0x7F for byte in encoded)


@given(st.text())
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grüße ß 12,50 €", "Grüße ß 12,50 €"),
        ("„Bio“ – 100 %", '"Bio" - 100 %'),
        ("Škoda Pražská", "Skoda Prazská"),
        ("u\u0308ber", "über"),
        ("茶", "?"),
        ("a\tb\nc", "a b c"),
        ("x\x10\x14\x01\x00\x01y", "xy"),
        ("\x9bz\x7f", "z"),
        ("fa\u200bmily", "family"),
    ],
)
def test_characters_are_kept_rewritten_or_dropped(text: str, expected: str) -> None:
    assert printable(text) == expected


NASTY = st.text(alphabet=st.sampled_from("\x10\x14\x01\x00\x05\x1bp\x1dViml€aä\x7f\x9b"), max_size=60)


@given(NASTY, NASTY)
def test_no_name_opens_the_drawer_or_cuts(name: str, amount: str) -> None:
    document = Document((Text(name), Columns(name, amount), Text(amount, bold=True, double=True)))
    sent = b"".join(compose(document, PROFILES["generic-80"]))
    assert not DRAWER.search(sent)
    assert len(CUT.findall(sent)) == 1


@given(NASTY)
def test_no_code_carries_a_command(data: str) -> None:
    for element in (QrCode(data), Barcode(data)):
        try:
            sent = b"".join(compose(Document((element,)), PROFILES["generic-80"]))
        except DeviceRefused:
            continue
        assert not DRAWER.search(sent)
