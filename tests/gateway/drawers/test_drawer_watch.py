"""Who opened the drawer, when it was shut, and whether it stands open too long: arbitrary hands, commands and silences."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.drawers.watch import LATE_MS, DrawerEvent, DrawerWatch, Occurrence, Opening

TOO_LONG_MS = 120_000
COMMAND = b"command-16-bytes"


def watched(opening: Opening | None = None) -> DrawerWatch:
    return DrawerWatch(TOO_LONG_MS, opening)


def what(events: list[DrawerEvent]) -> list[Occurrence]:
    return [event.what for event in events]


def test_a_key_opens_it_and_a_hand_shuts_it() -> None:
    watch = watched()
    assert watch.seen(False, 1_000) == []
    (opened,) = watch.seen(True, 2_000)
    assert (opened.what, opened.at_ms, opened.opening) == (Occurrence.OPENED_BY_HAND, 2_000, Opening(2_000))
    (shut,) = watch.seen(False, 9_000)
    assert (shut.what, shut.at_ms, shut.opening.opened_at_ms) == (Occurrence.SHUT, 9_000, 2_000)


def test_a_command_that_opened_it_is_no_hand() -> None:
    watch = watched()
    watch.seen(False, 1_000)
    watch.commanded(COMMAND, "kasse-1")
    assert watch.seen(True, 1_100) == []
    assert watch.concluded(COMMAND, 1_200, pulse_sent=True) == []
    assert watch.opening == Opening(1_100, COMMAND, "kasse-1")
    assert what(watch.seen(False, 5_000)) == [Occurrence.SHUT]


def test_a_drawer_that_sticks_may_open_a_moment_later() -> None:
    watch = watched()
    watch.seen(False, 1_000)
    watch.commanded(COMMAND, "kasse-1")
    watch.concluded(COMMAND, 2_000, pulse_sent=True)
    assert watch.seen(True, 2_000 + LATE_MS) == []
    watch.seen(False, 9_000)
    assert what(watch.seen(True, 9_500)) == [Occurrence.OPENED_BY_HAND], "one command, one opening"


def test_long_after_its_command_a_drawer_is_opened_by_hand() -> None:
    watch = watched()
    watch.seen(False, 1_000)
    watch.commanded(COMMAND, "kasse-1")
    watch.concluded(COMMAND, 2_000, pulse_sent=True)
    assert what(watch.seen(True, 2_001 + LATE_MS)) == [Occurrence.OPENED_BY_HAND]


def test_an_opening_during_a_command_without_a_pulse_was_a_hand() -> None:
    """The command expired while somebody used the key: it must not hide behind the command."""
    watch = watched()
    watch.seen(False, 1_000)
    watch.commanded(COMMAND, "kasse-1")
    assert watch.seen(True, 1_500) == []
    (opened,) = watch.concluded(COMMAND, 6_000, pulse_sent=False)
    assert (opened.what, opened.at_ms, opened.opening.command_id) == (Occurrence.OPENED_BY_HAND, 1_500, b"")


def test_one_that_stands_open_at_the_start_was_opened_by_nobody_knows_whom() -> None:
    watch = watched()
    assert watch.seen(True, 1_000) == []
    assert what(watch.tick(1_000 + TOO_LONG_MS)) == [Occurrence.OPEN_TOO_LONG]


def test_open_too_long_is_told_once_per_opening_also_over_a_restart() -> None:
    watch = watched()
    watch.seen(False, 0)
    watch.seen(True, 1_000)
    assert watch.wake_at_ms == 1_000 + TOO_LONG_MS
    assert watch.tick(999 + TOO_LONG_MS) == []
    assert what(watch.tick(1_000 + TOO_LONG_MS)) == [Occurrence.OPEN_TOO_LONG]
    again = watched(watch.opening)
    assert (again.seen(True, 500_000), again.tick(900_000), again.wake_at_ms) == ([], [], None)
    assert again.stands_too_long


def test_silence_neither_shuts_a_drawer_nor_lets_it_stand_too_long() -> None:
    watch = watched()
    watch.seen(False, 0)
    watch.seen(True, 1_000)
    assert watch.seen(None, 2_000) == []
    assert (watch.wake_at_ms, watch.tick(10 * TOO_LONG_MS)) == (None, [])
    assert watch.seen(True, 3_000) == []
    assert watch.opening == Opening(1_000)


def test_zero_seconds_mean_for_ever() -> None:
    watch = DrawerWatch(0)
    watch.seen(True, 0)
    assert (watch.wake_at_ms, watch.tick(10**12)) == (None, [])


STEP = st.one_of(
    st.tuples(st.just("seen"), st.sampled_from([True, False, None])),
    st.tuples(st.just("tick"), st.none()),
    st.tuples(st.just("commanded"), st.sampled_from([b"a", b"b"])),
    st.tuples(st.just("pulsed"), st.sampled_from([b"a", b"b"])),
    st.tuples(st.just("refused"), st.sampled_from([b"a", b"b"])),
)


@given(st.lists(st.tuples(STEP, st.integers(0, 200_000)), max_size=40))
def test_every_opening_ends_once_and_is_told_of_at_most_once(steps: list[tuple[tuple[str, object], int]]) -> None:
    watch, now, events = watched(), 0, list[DrawerEvent]()
    for (kind, value), later in steps:
        now += later
        match kind:
            case "seen":
                assert value in (True, False, None)
                events += watch.seen(value, now)
                assert value is None or (watch.opening is not None) is value
            case "tick":
                events += watch.tick(now)
                assert watch.wake_at_ms is None or watch.wake_at_ms > now
            case "commanded":
                watch.commanded(bytes(value), "kasse-1")  # type: ignore[call-overload]
            case _:
                events += watch.concluded(bytes(value), now, pulse_sent=kind == "pulsed")  # type: ignore[call-overload]
    ended = [event for event in events if event.what is Occurrence.SHUT]
    assert all(event.at_ms >= event.opening.opened_at_ms for event in ended)
    too_long = [event.opening.opened_at_ms for event in events if event.what is Occurrence.OPEN_TOO_LONG]
    assert len(too_long) <= len(ended) + 1
    alternating = [event for event in events if event.what is not Occurrence.OPEN_TOO_LONG]
    for one, following in pairwise(alternating):
        assert not (one.what is following.what is Occurrence.OPENED_BY_HAND)
