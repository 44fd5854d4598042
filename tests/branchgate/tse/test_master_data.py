"""A TSE's master data as the body of an event."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.tse import TseMasterData, decode_master_data, encode_base64, encode_master_data, parse_code
from tests.branchgate.tse.samples import FISKALY

_CODE = parse_code(FISKALY)
DATA = TseMasterData(
    tse_serial=_CODE.tse_serial,
    signature_algorithm="ecdsa-plain-SHA256",
    log_time_format="unixTime",
    process_data_encoding="UTF-8",
    public_key=encode_base64(_CODE.public_key),
    certificate="MIIB",
    certified=True,
)


def test_master_data_come_back_as_they_were() -> None:
    assert decode_master_data(encode_master_data(DATA)) == DATA


@pytest.mark.parametrize(
    ("change", "field"), [({"tse_serial": "a1" * 32}, "tse_serial"), ({"public_key": "BGFK"}, "public_key")]
)
def test_a_serial_number_that_is_not_the_key_s_is_refused(change: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_master_data(encode_master_data(replace(DATA, **change)))  # type: ignore[arg-type]
    assert (refused.value.reason, refused.value.field) == ("TSE_MASTER_DATA_UNREADABLE", field)


@given(st.binary(max_size=80))
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="TSE_MASTER_DATA_UNREADABLE"):
        decode_master_data(body)
