"""The reply parser: any split gives the same replies, garbage never becomes good news."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.replies import (
    AutomaticStatus,
    Block,
    Cleared,
    Flow,
    Noise,
    OrderedStatus,
    ProcessId,
    RealTimeStatus,
    Reply,
    ReplyParser,
)
from drivers.escpos.status import AsbError, AsbPaper, AsbPrinter

UNIT = b"\x38\x20\x0c\x0f"

WHOLE_REPLIES = st.one_of(
    st.integers(0, 255).map(lambda value: bytes(((value & 0x6C) | 0x12,))),
    st.tuples(*[st.integers(0, 255)] * 4).map(
        lambda unit: bytes(((unit[0] & 0x6C) | 0x10, unit[1] & 0x6F, unit[2] & 0x6F, unit[3] & 0x6F))
    ),
    st.binary(min_size=4, max_size=4).map(lambda pid: b"\x37\x22" + bytes(0x21 + byte % 94 for byte in pid) + b"\x00"),
    st.sampled_from((b"\x37\x25\x00", b"\x5f12345\x00", b"\x5f\x00", b"\x3d\x23TM\x00", b"\x00", b"\x0c")),
)


def parsed(*pieces: bytes) -> list[Reply]:
    parser = ReplyParser()
    return [reply for piece in pieces for reply in parser.feed(piece)]


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    marks = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(marks)]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_any_split_of_any_bytes_gives_the_same_replies(data: bytes, cuts: list[int]) -> None:
    assert parsed(*split(data, cuts)) == parsed(data)


@given(st.lists(WHOLE_REPLIES, max_size=20))
def test_merged_replies_come_out_one_by_one(replies: list[bytes]) -> None:
    assert parsed(b"".join(replies)) == [reply for whole in replies for reply in parsed(whole)]
    assert len(parsed(b"".join(replies))) == len(replies)


@given(st.binary(max_size=200))
def test_no_byte_is_lost_or_counted_twice(data: bytes) -> None:
    parser = ReplyParser()
    replies = [*parser.feed(data), *parser.cut()]
    assert sum(map(_length, replies)) == len(data)


def _length(reply: Reply) -> int:
    match reply:
        case AutomaticStatus():
            return 4
        case ProcessId():
            return 7
        case Cleared():
            return 3
        case Block():
            return len(reply.text) + 2
        case _:
            return 1


@given(st.binary(max_size=60), st.integers(0, 59), st.sampled_from((b"\x11", b"\x13")))
def test_flow_control_inside_anything_shifts_nothing(data: bytes, at: int, flow: bytes) -> None:
    with_flow = parsed(data[:at] + flow + data[at:])
    without = [reply for reply in with_flow if not isinstance(reply, Flow)]
    assert without == [reply for reply in parsed(data) if not isinstance(reply, Flow)]


def test_an_automatic_unit_is_read_by_the_tables() -> None:
    assert parsed(UNIT) == [AutomaticStatus(AsbPrinter(0x38), AsbError(0x20), AsbPaper(0x0C))]


@pytest.mark.parametrize("value", [0x00, 0x03, 0x0C, 0x0F])
def test_an_ordered_answer_outside_a_unit_is_an_ordered_answer(value: int) -> None:
    assert parsed(bytes((value,))) == [OrderedStatus(value)]


def test_a_process_id_is_told_from_the_confirmation_of_clearing_and_from_texts() -> None:
    assert parsed(b"\x37\x22A!~z\x00\x37\x25\x00\x5f99\x00") == [ProcessId(b"A!~z"), Cleared(), Block(0x5F, b"99")]


@given(st.integers(1, 6))
def test_a_block_cut_by_the_end_of_the_link_is_noise(length: int) -> None:
    parser = ReplyParser()
    begun = b"\x37\x22A!~z\x00"[:length]
    assert parser.feed(begun) == []
    assert parser.cut() == [Noise(byte) for byte in begun]
    assert parser.feed(b"\x12") == [RealTimeStatus(0x12)]


def test_a_unit_broken_by_a_lost_byte_does_not_swallow_the_next_reply() -> None:
    assert parsed(b"\x10\x00" + b"\x16")[-1] == RealTimeStatus(0x16)


def test_a_text_without_end_is_given_up() -> None:
    assert all(isinstance(reply, Noise) for reply in parsed(b"\x5f" + b"A" * 127)[:1])
    assert parsed(b"\x5f" + b"A" * 1000 + b"\x12")[-1] == RealTimeStatus(0x12)
