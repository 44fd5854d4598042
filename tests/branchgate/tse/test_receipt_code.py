"""The text of a receipt's QR code: made, read, and refused by the name of the field that is wrong."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.receipts.model import TseSignature
from branchgate.tse import code_of, parse_code
from tests.branchgate.tse.samples import FISKALY, SWISSBIT, TX_11

_FIELDS = FISKALY.split(";")

SIGNED = TseSignature(
    tse_serial="",
    transaction_number=1,
    signature_counter=31,
    started_at_ms=1_629_729_387_000,
    finished_at_ms=1_629_729_393_000,
    signature=_FIELDS[10],
    process_type="Kassenbeleg-V1",
    process_data=_FIELDS[3],
    signature_algorithm="ecdsa-plain-SHA256",
    log_time_format="unixTime",
    public_key=_FIELDS[11],
)


def test_a_published_code_is_made_letter_by_letter_from_its_signature() -> None:
    assert code_of(SIGNED, _FIELDS[1]).text() == FISKALY


@pytest.mark.parametrize("text", [FISKALY, SWISSBIT])
def test_what_was_read_is_written_as_it_was(text: str) -> None:
    assert parse_code(text).text() == text


def test_a_key_in_der_is_read_and_written_as_a_point() -> None:
    code = parse_code(TX_11)
    point = base64.b64decode(TX_11.rsplit(";", 1)[1])[-65:]
    assert code.public_key == point
    assert parse_code(code.text()) == code


def test_an_order_keeps_the_semicolons_of_its_lines() -> None:
    order = replace(
        SIGNED, process_type="Bestellung-V1", process_data='2;"Eisbecher ""Himbeere""";3.99\r1;"Wasser";2.50'
    )
    code = code_of(order, "KASSE-1")
    assert parse_code(code.text()) == code
    assert parse_code(code.text()).process_data == order.process_data


@pytest.mark.parametrize(
    ("position", "value", "field"),
    [
        (0, "V1", "version"),
        (1, "", "register_serial"),
        (2, "", "process_type"),
        (4, "+1", "transaction_number"),
        (4, "01", "transaction_number"),
        (5, "x", "signature_counter"),
        (6, "2021-08-23T14:36:27Z", "start_time"),
        (7, "2021-13-23T14:36:27.000Z", "log_time"),
        (8, "", "signature_algorithm"),
        (9, "sundial", "time_format"),
        (10, "", "signature"),
        (10, "*", "signature"),
        (11, "BGFK", "public_key"),
        (11, base64.b64encode(b"\x04" + bytes(64)).decode(), "public_key"),
    ],
)
def test_a_field_that_is_wrong_is_named(position: int, value: str, field: str) -> None:
    fields = [*_FIELDS]
    fields[position] = value
    with pytest.raises(Refused) as refused:
        parse_code(";".join(fields))
    assert (refused.value.reason, refused.value.field) == ("TSE_CODE_UNREADABLE", field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"failure": "TSE gezogen"}, "failure"),
        ({"signature": ""}, "signature"),
        ({"public_key": ""}, "public_key"),
        ({"signature_algorithm": ""}, "signature_algorithm"),
        ({"log_time_format": ""}, "log_time_format"),
        ({"process_type": "a;b"}, "process_type"),
        ({"started_at_ms": -1}, "started_at_ms"),
        ({"finished_at_ms": 2**62}, "finished_at_ms"),
    ],
)
def test_no_code_is_made_of_what_was_not_signed_or_is_incomplete(change: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        code_of(replace(SIGNED, **change), "KASSE-1")  # type: ignore[arg-type]
    assert refused.value.field == field


@given(st.one_of(st.text(), st.lists(st.text(max_size=9), min_size=12, max_size=14).map(";".join)))
def test_whatever_stands_in_a_code_it_is_read_or_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_code(text)


_WORD = st.text(st.characters(exclude_characters=";", exclude_categories=["Cs"]), min_size=1, max_size=20)
_TIME = st.integers(0, 253_402_300_799_999)


@given(
    _WORD, st.text(st.characters(exclude_categories=["Cs"])), _TIME, _TIME, st.integers(0, 2**62), st.binary(min_size=1)
)
def test_reading_gives_back_what_was_written(
    serial: str, data: str, started: int, finished: int, number: int, signature: bytes
) -> None:
    code = replace(
        parse_code(FISKALY),
        register_serial=serial,
        process_data=data,
        started_at_ms=started,
        finished_at_ms=finished,
        transaction_number=number,
        signature=signature,
    )
    assert parse_code(code.text()) == code
