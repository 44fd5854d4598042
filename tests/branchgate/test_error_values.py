"""An error tells what was refused, however much of it there was."""

from __future__ import annotations

import pytest

from branchgate.errors import LONGEST_VALUE, Refused
from branchgate.errors.status import detail_of

METADATA_OF_GRPC = 8_192
"""Bytes that a gRPC client takes for all trailing metadata, which are sent in base64."""


@pytest.mark.parametrize("endless", ["x" * 100_000, "\0" * 100_000, "\U000e0001" * 100_000, "ä" * 4_000_000])
def test_a_long_value_is_cut_so_that_its_refusal_arrives(endless: str) -> None:
    """A job id of 100 kB came back as RESOURCE_EXHAUSTED, "metadata too large", and nobody learnt what was refused."""
    refused = Refused("INVALID_VALUE", field="role", value=endless, rule="1 to 30 of a-z, 0-9 and -")
    assert refused.value.endswith("…")
    assert len(refused.value) == LONGEST_VALUE
    assert len(detail_of(refused).SerializeToString()) * 4 / 3 + len(str(refused).encode()) < METADATA_OF_GRPC


def test_a_value_that_fits_is_told_whole() -> None:
    assert Refused("INVALID_VALUE", field="role", value="x" * LONGEST_VALUE).value == "x" * LONGEST_VALUE
