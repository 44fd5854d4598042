"""The contract of scale protocols, against every one that is registered: what is damaged is never a weight."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.scale.contract import FRAME_WITHIN_S, Reading, ScaleStatus
from drivers.scale.protocols import SCALES
from drivers.virtual.scale import VirtualScale

NAMES = tuple(SCALES)
GOOD = {"toledo-8217": b"\x0201.250\r", "sma": b"\n 1G       1.250kg \r"}
loads = st.integers(0, 15_000)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def readings(name: str, data: bytes) -> list[Reading]:
    return SCALES[name]().feed(data, 0.0)


def asked(scale: VirtualScale) -> Reading:
    (reading,) = readings(scale.protocol, scale.receive(SCALES[scale.protocol]().request))
    return reading


@given(name=st.sampled_from(NAMES), grams=loads, tare=st.integers(0, 500))
def test_a_stable_weight_is_read_to_the_gram(name: str, grams: int, tare: int) -> None:
    assume(grams >= tare)
    scale = VirtualScale(name, grams)
    scale.tare_g = tare
    reading = asked(scale)
    assert (reading.status, reading.grams, reading.unit) == (ScaleStatus.STABLE, grams - tare, "kg")
    assert reading.net is (tare > 0)


def test_the_text_is_passed_on_unchanged() -> None:
    assert readings("toledo-8217", b"\x0201.250N\r") == [Reading(ScaleStatus.STABLE, "01.250N", 1250, "kg", net=True)]
    assert readings("sma", GOOD["sma"]) == [Reading(ScaleStatus.STABLE, " 1G       1.250kg ", 1250, "kg")]


@pytest.mark.parametrize(
    ("order", "fault", "status"),
    [
        ({"weight": 500, "settles_after": 1}, None, ScaleStatus.IN_MOTION),
        ({"weight": 15_001}, None, ScaleStatus.OVER_CAPACITY),
        ({"weight": -5}, None, ScaleStatus.UNDER_ZERO),
        ({"weight": 0}, "zero_needed", ScaleStatus.ZERO_NEEDED),
        ({"weight": 500}, "parity_error", ScaleStatus.ERROR),
        ({"weight": 16_000, "settles_after": 1}, None, ScaleStatus.IN_MOTION),
    ],
)
def test_whatever_is_not_a_weight_says_why(
    name: str, order: dict[str, int], fault: str | None, status: ScaleStatus
) -> None:
    scale = VirtualScale(name)
    scale.obey(order)
    if fault is not None:
        setattr(scale.switches, fault, True)
    reading = asked(scale)
    assert (reading.status, reading.grams) == (status, None)


@given(name=st.sampled_from(NAMES), weights=st.lists(loads, min_size=1, max_size=5), data=st.data())
def test_any_split_and_merge_of_bytes_reads_the_same(name: str, weights: list[int], data: st.DataObject) -> None:
    wire = b"".join(VirtualScale(name, grams).receive(SCALES[name]().request) for grams in weights)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    protocol, found = SCALES[name](), []
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        found += protocol.feed(wire[start:end], 0.0)
    assert [reading.grams for reading in found] == weights


@given(name=st.sampled_from(NAMES), noise=st.binary(max_size=60))
def test_noise_before_an_answer_does_not_change_it(name: str, noise: bytes) -> None:
    found = readings(name, noise + b"\r\x00" + GOOD[name])
    assert found[-1].grams == 1250 or (noise.endswith(b"\x02?") and name == "toledo-8217")


@given(
    name=st.sampled_from(NAMES),
    place=st.integers(0, 30),
    damage=st.one_of(st.just(b"\x00"), st.integers(0x80, 0xFF).map(lambda code: bytes((code,))), st.just(b"")),
)
def test_an_answer_with_a_damaged_lost_or_parity_failed_byte_is_no_weight(name: str, place: int, damage: bytes) -> None:
    good = GOOD[name]
    assume(place < len(good))
    damaged = good[:place] + damage + good[place + 1 :]
    weights = [reading.grams for reading in readings(name, damaged) if reading.grams is not None]
    assert weights == []


@given(name=st.sampled_from(NAMES), noise=st.binary(max_size=200))
def test_garbage_is_never_a_weight(name: str, noise: bytes) -> None:
    frame = {"toledo-8217": rb"\x02\d{2}\.\d{3}N?\r", "sma": rb"\n[ Z][1-9][GN] [ -~] *\d+(\.\d+)?[A-Za-z _]{3}\r"}[
        name
    ]
    assume(re.search(frame, noise) is None)
    assert all(reading.grams is None for reading in readings(name, noise))


def test_two_halves_of_two_answers_are_no_answer(name: str) -> None:
    protocol, good = SCALES[name](), GOOD[name]
    half = len(good) // 2
    assert protocol.feed(good[:half], 0.0) == []
    assert protocol.feed(good[half:], FRAME_WITHIN_S + 0.1) == []


def test_pounds_are_no_weight_in_this_shop() -> None:
    assert [(each.status, each.grams, each.unit) for each in readings("toledo-8217", b"\x02002.75\r")] == [
        (ScaleStatus.ERROR, None, "lb")
    ]
    assert [each.status for each in readings("sma", b"\n 1G        2.75lb \r")] == [ScaleStatus.ERROR]


def test_a_status_byte_that_looks_like_a_frame_is_read_by_its_place() -> None:
    """Makers who leave bit 6 out send 0x02, over capacity, which is also STX."""
    assert [each.status for each in readings("toledo-8217", b"\x02?\x02\r")] == [ScaleStatus.OVER_CAPACITY]


@pytest.mark.parametrize("answer", [b"\n?\r", b"\n!\r", b"\n 1T       1.250kg \r", b"\n 1g      1.2505kg \r"])
def test_sma_answers_to_other_questions_are_no_weight(answer: bytes) -> None:
    assert [each.grams for each in readings("sma", answer)] == [None]


def test_a_blank_of_the_unit_may_be_the_underscore_that_the_standard_prints() -> None:
    """The emupos scale sends "kg_": an independent scale found our driver too strict."""
    assert [each.grams for each in readings("sma", b"\n 1G       1.250kg_\r")] == [1250]
