from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from drivers.virtual.realtime import RealTime, RealTimeScanner
from drivers.virtual.tokenizer import TEXT, UNKNOWN, Tokenizer
from tests.drivers.virtual.jobs import fence, qr, raster, receipt

COMMANDS = (
    b"Hallo\n",
    b"\x1b@",
    b"\x1d!\x11",
    b"\x1dV\x00",
    b"\x1dVA\x10",
    b"\x1dk\x024006381333931\x00",
    b"\x1dkC\x0d4006381333931",
    b"\x1b*\x21\x02\x00\x01\x02\x03\x04\x05\x06",
    b"\x10\x04\x01",
    b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    b"\x1bD\x04\x08\x00",
    b"\x1b&\x03AB\x01\x00\x00\x00\x01\x01\x02\x03",
    b"\x1b\x99",
    b"\x1b\x1ba\x01",
    fence(b"AB01"),
    qr(b"https://example.org/4711"),
    raster(3, b"\x10\x04\x01"),
    receipt(4711),
)
streams = st.one_of(st.lists(st.sampled_from(COMMANDS), max_size=8).map(b"".join), st.binary(max_size=200))


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(streams, st.lists(st.integers(min_value=0), max_size=20))
def test_any_split_of_the_stream_gives_the_same_tokens(data: bytes, cuts: list[int]) -> None:
    whole, split = Tokenizer(), Tokenizer()
    tokens = [token for piece in pieces(data, cuts) for token in split.feed(piece)]
    assert tokens == whole.feed(data)
    assert split.unfinished == whole.unfinished


@given(streams)
def test_tokens_and_the_unfinished_rest_hold_every_byte_of_the_stream(data: bytes) -> None:
    tokenizer = Tokenizer()
    taken = b"".join(token.raw for token in tokenizer.feed(data))
    assert data.startswith(taken)
    assert len(taken) + tokenizer.unfinished == len(data)


@given(streams, st.lists(st.integers(min_value=0), max_size=20))
def test_any_split_of_the_stream_finds_the_same_real_time_commands(data: bytes, cuts: list[int]) -> None:
    split, found, offset = RealTimeScanner(), [], 0
    for piece in pieces(data, cuts):
        found += [(command.kind, offset + command.end, command.parameters) for command in split.scan(piece)]
        offset += len(piece)
    assert found == [(c.kind, c.end, c.parameters) for c in RealTimeScanner().scan(data)]


def test_a_receipt_holds_no_unknown_command() -> None:
    assert UNKNOWN not in {token.name for command in COMMANDS[-4:] for token in Tokenizer().feed(command)}


def test_an_unknown_command_costs_its_two_bytes_and_not_the_text_behind_it() -> None:
    names = [(token.name, token.raw) for token in Tokenizer().feed(b"\x1d\x99ab")]
    assert names == [(UNKNOWN, b"\x1d\x99"), (TEXT, b"a"), (TEXT, b"b")]


def test_a_real_time_command_is_found_right_behind_a_broken_one() -> None:
    assert [c.kind for c in RealTimeScanner().scan(b"\x10\x14\x10\x04\x04")] == [RealTime.STATUS]
