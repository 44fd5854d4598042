"""UTF-8 and Windows-1252, told or found out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ameise.decoding import UTF_8, WINDOWS_1252, decode, has_undecoded, show_undecoded
from central.ameise.problems import Reason

TEXT = "Käse, Öl und Süßes zu 1,99 €"


@pytest.mark.parametrize(
    ("codec", "encoding"), [("utf-8", UTF_8), ("utf-8-sig", UTF_8), ("windows-1252", WINDOWS_1252), ("ascii", UTF_8)]
)
def test_the_encoding_is_found_out(codec: str, encoding: str) -> None:
    text = TEXT if codec != "ascii" else "Butter"
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding, decoded.problem) == (text, encoding, None)


def test_one_damaged_byte_does_not_turn_utf_8_into_windows_1252() -> None:
    decoded = decode((TEXT * 3).encode() + b"\xfc")
    assert decoded.encoding == UTF_8
    assert show_undecoded(decoded.text).endswith("\\xfc")


def test_a_byte_order_mark_decides() -> None:
    decoded = decode("\ufeff".encode() + TEXT.encode(WINDOWS_1252))
    assert decoded.encoding == UTF_8
    assert has_undecoded(decoded.text)


def test_a_given_encoding_is_not_second_guessed() -> None:
    assert decode("Käse".encode(), WINDOWS_1252).text == "KÃ¤se"
    assert has_undecoded(decode(b"\x81", WINDOWS_1252).text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TEXT.encode("utf-16"), Reason.FILE_UTF16),
        (b"PK\x03\x04...", Reason.FILE_NOT_CSV),
        (b"\xd0\xcf\x11\xe0....", Reason.FILE_NOT_CSV),
        (b"%PDF-1.7", Reason.FILE_NOT_CSV),
    ],
)
def test_a_file_of_another_kind_is_named(data: bytes, reason: Reason) -> None:
    problem = decode(data).problem
    assert problem is not None
    assert (problem.reason_code, problem.line) == (reason, 1)


@given(st.binary(max_size=80), st.sampled_from([None, UTF_8, WINDOWS_1252]))
def test_any_bytes_are_decoded_without_raising(data: bytes, encoding: str | None) -> None:
    show_undecoded(decode(data, encoding).text).encode()
