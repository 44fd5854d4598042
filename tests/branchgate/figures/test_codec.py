"""What is encoded comes back, and what is no figure is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from branchgate.errors import Refused
from branchgate.figures import (
    Closing,
    Figures,
    Summary,
    decode_closing,
    decode_figures,
    encode_closing,
    encode_figures,
    summary_from_message,
    summary_to_message,
)
from branchgate.v1 import figures_pb2
from tests.branchgate.figures import strategies


@given(figures=strategies.figures)
@settings(max_examples=40)
def test_figures_come_back_as_they_went(figures: Figures) -> None:
    assert decode_figures(encode_figures(figures)) == figures


@given(closing=strategies.closings)
@settings(max_examples=40)
def test_a_closing_comes_back_as_it_went(closing: Closing) -> None:
    assert decode_closing(encode_closing(closing)) == closing


@given(summary=strategies.summaries)
@settings(max_examples=40)
def test_a_summary_comes_back_as_it_went(summary: Summary) -> None:
    assert summary_from_message(summary_to_message(summary)) == summary


def test_every_field_of_the_contract_has_its_figure() -> None:
    """A figure added to the proto and forgotten here would be printed as nothing."""
    assert {field.name for field in figures_pb2.Figures.DESCRIPTOR.fields} == set(Figures.__dataclass_fields__)
    assert {field.name for field in figures_pb2.Closing.DESCRIPTOR.fields} == set(Closing.__dataclass_fields__)


@pytest.mark.parametrize("decode", [decode_figures, decode_closing])
def test_bytes_that_do_not_parse_are_refused(decode: Callable[[bytes], object]) -> None:
    with pytest.raises(Refused) as told:
        decode(b"\xff\xff")
    assert told.value.reason == "FIGURES_UNREADABLE"
