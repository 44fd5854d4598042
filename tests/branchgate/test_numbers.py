"""Number ranges: what they print, what they read, and that no two can print the same number unnoticed."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.ids import checked_name, new_event_id, uuid7
from branchgate.numbers import NumberRange

RANGES = st.builds(
    NumberRange,
    st.sampled_from(["", "K", "K1", "K1-", "1", "11", "0", "A"]),
    st.integers(3, 4),
    st.sampled_from(["", "1", "-1", "A"]),
)


@cache
def numbers_of(numbers: NumberRange) -> frozenset[str]:
    """Every number of the range; number 0 is never printed, but a range that has it is too close to another."""
    zero = f"{numbers.prefix}{'0' * numbers.digits}{numbers.suffix}"
    return frozenset(numbers.number(running) for running in range(1, numbers.highest + 1)) | {zero}


def test_numbers_are_left_padded_between_prefix_and_suffix() -> None:
    assert NumberRange("K1-", 6).number(42) == "K1-000042"
    assert NumberRange("K1-", 6).running("K1-000042") == 42


@pytest.mark.parametrize("foreign", ["K2-000042", "K1-42", "K1-00004a", "K1-000042x", "", "K1-٠٠٠٠٤٢"])
def test_a_number_of_another_form_is_not_of_this_range(foreign: str) -> None:
    assert NumberRange("K1-", 6).running(foreign) is None


@pytest.mark.parametrize(
    ("prefix", "digits", "field"), [("k1", 6, "prefix"), ("K1", 2, "digits"), ("K1", 10, "digits"), ("K_", 4, "prefix")]
)
def test_a_range_that_breaks_the_rules_is_refused_by_field(prefix: str, digits: int, field: str) -> None:
    with pytest.raises(Refused) as refused:
        NumberRange(prefix, digits)
    assert (refused.value.reason, refused.value.field) == ("NUMBER_RANGE_INVALID", field)


def test_beyond_the_last_number_the_range_is_exhausted() -> None:
    with pytest.raises(Refused, match="NUMBER_RANGE_EXHAUSTED"):
        NumberRange("K1-", 3).number(1000)


@given(RANGES, RANGES)
def test_ranges_collide_exactly_when_a_number_is_in_both(left: NumberRange, right: NumberRange) -> None:
    assert left.collides_with(right) == (not numbers_of(left).isdisjoint(numbers_of(right)))


@pytest.mark.parametrize(("digits", "first_reserved"), [(3, 900), (4, 9_000), (6, 900_000), (9, 900_000_000)])
def test_the_top_tenth_is_the_gateways_and_the_rest_the_registers(digits: int, first_reserved: int) -> None:
    numbers = NumberRange("K1-", digits)
    assert (numbers.highest_own + 1, numbers.first_reserved) == (first_reserved, first_reserved)
    assert numbers.own_number(first_reserved - 1) == numbers.number(first_reserved - 1)
    assert numbers.number(first_reserved) == f"K1-{first_reserved}"
    with pytest.raises(Refused, match="NUMBER_RANGE_EXHAUSTED"):
        numbers.own_number(first_reserved)


def test_a_range_runs_low_when_a_twentieth_of_the_registers_part_is_left() -> None:
    numbers = NumberRange("K1-", 3)
    assert [left for left in range(900) if numbers.runs_low_with(left)] == list(range(45))


AFFIXES = ["", "0", "1", "9", "A", "0A", "A0", "10", "0-", "-0", "00", "01"]


def test_of_all_small_ranges_exactly_those_collide_that_share_a_number() -> None:
    """Every pair of ranges with short fixed parts, by writing all their numbers down."""
    ranges = [NumberRange(prefix, 3, suffix) for prefix in AFFIXES for suffix in AFFIXES]
    ranges += [NumberRange(prefix, 4) for prefix in AFFIXES] + [NumberRange("", 4, suffix) for suffix in AFFIXES]
    for place, left in enumerate(ranges):
        for right in ranges[place:]:
            shares = not numbers_of(left).isdisjoint(numbers_of(right))
            assert left.collides_with(right) == right.collides_with(left) == shares, (left, right)


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_event_ids_are_uuid_version_7_with_their_time_in_front(now_ms: int, random: int) -> None:
    value = uuid7(now_ms, random)
    assert len(value) == 16
    assert int.from_bytes(value[:6], "big") == now_ms
    assert value[6] >> 4 == 7
    assert value[8] >> 6 == 0b10


def test_two_events_never_share_an_id() -> None:
    assert len({new_event_id(1) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("name", ["", "K1", "a_b", "ä", "a" * 31, "a/b", "a\n"])
def test_ids_that_a_tse_would_not_take_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="INVALID_ID"):
        checked_name(name, "register_id")
