"""Documents of every kind, for tests that compare renderers."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from drivers.escpos.document import (
    Align,
    Barcode,
    Bitmap,
    Columns,
    Cut,
    Document,
    Element,
    Feed,
    Picture,
    QrCode,
    Rule,
    Symbology,
    Text,
)

WORDS = st.text(max_size=70) | st.text("aä€ß <>&\"'\x10\x14\x01\x1bp\x1dV", max_size=70)
PLAIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)


def bitmap(width: int, height: int, seed: int) -> Bitmap:
    return Bitmap(width, height, random.Random(seed).randbytes((width + 7) // 8 * height))


PICTURES = st.builds(bitmap, st.integers(1, 384), st.integers(1, 50), st.integers()).map(Picture)
LINES: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, WORDS, st.sampled_from(Align), st.booleans(), st.booleans()),
    st.builds(Columns, WORDS, WORDS, st.booleans(), st.booleans()),
    st.builds(Rule, st.sampled_from("-=*")),
)
ELEMENTS: st.SearchStrategy[Element] = st.one_of(
    LINES,
    LINES,
    st.builds(QrCode, PLAIN, st.integers(1, 4)),
    st.text("0123456789", min_size=12, max_size=12).map(Barcode),
    PLAIN.map(lambda data: Barcode(data[:12], Symbology.CODE128, width=2)),
    PICTURES,
    st.builds(Feed, st.integers(0, 3)),
    st.just(Cut()),
)
DOCUMENTS = st.lists(ELEMENTS, max_size=8).map(lambda elements: Document(tuple(elements)))
