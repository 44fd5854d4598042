"""Messages on the private socket survive any way a stream is cut."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sales.frames import LARGEST, FrameReader, frame

values = st.one_of(st.integers(-(2**63), 2**63 - 1), st.text(), st.none(), st.lists(st.text(), max_size=3))
messages = st.lists(st.dictionaries(st.text(max_size=5), values, max_size=4), max_size=5)


@given(sent=messages, cuts=st.lists(st.integers(1, 40), min_size=1))
def test_messages_arrive_whole_however_the_bytes_are_split(sent: list[dict[str, object]], cuts: list[int]) -> None:
    stream = b"".join(frame(message) for message in sent)
    reader, got, at = FrameReader(), [], 0
    for place in range(len(stream)):
        size = cuts[place % len(cuts)]
        got += reader.feed(stream[at : at + size])
        at += size
    assert got == sent


def test_a_stream_out_of_step_is_an_error_and_not_a_wait_for_gigabytes() -> None:
    with pytest.raises(ValueError, match="bytes on the sales store's socket"):
        FrameReader().feed(struct.pack(">I", LARGEST + 1))
