"""Who opened the drawer, when it was shut, and whether it stands open too long: arbitrary hands, commands and silences."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.drawers.watch import FLUTTER_MS, LATE_MS, DrawerEvent, DrawerWatch, Occurrence, Opening

TOO_LONG_MS = 120_000
COMMAND = b"command-16-bytes"


def watched(opening: Opening | None = None) -> DrawerWatch:
    return DrawerWatch(TOO_LONG_MS, opening)


def shut(watch: DrawerWatch, now: int) -> list[DrawerEvent]:
    """It is shut, and stays so."""
    return [*watch.seen(False, now), *watch.tick(now + FLUTTER_MS)]


def what(events: list[DrawerEvent]) -> list[Occurrence]:
    return [event.what for event in events]


def test_a_key_opens_it_and_a_hand_shuts_it() -> None:
    watch = watched()
    assert watch.seen(False, 1_000) == []
    (opened,) = watch.seen(True, 2_000)
    assert (opened.what, opened.at_ms, opened.opening) == (Occurrence.OPENED_BY_HAND, 2_000, Opening(2_000))
    (ended,) = shut(watch, 9_000)
    assert (ended.what, ended.at_ms, ended.opening.opened_at_ms) == (Occurrence.SHUT, 9_000, 2_000)


def test_a_command_that_opened_it_is_no_hand() -> None:
    watch = watched()
    watch.seen(False, 1_000)
    watch.commanded(COMMAND, "kasse-1")
    assert watch.seen(True, 1_100) == []
    assert watch.concluded(COMMAND, 1_200, pulse_sent=True) == []
    assert watch.opening == Opening(1_100, COMMAND, "kasse-1")
    assert what(shut(watch, 5_000)) == [Occurrence.SHUT]


def test_a_drawer_that_sticks_may_open_a_moment_later() -> None:
    watch = watched()
    watch.seen(False, 1_000)
    watch.commanded(COMMAND, "kasse-1")
    watch.concluded(COMMAND, 2_000, pulse_sent=True)
    assert watch.seen(True, 2_000 + LATE_MS) == []
    shut(watch, 9_000)
    assert what(watch.seen(True, 10_500)) == [Occurrence.OPENED_BY_HAND], "one command, one opening"


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


def test_a_fluttering_contact_is_one_opening() -> None:
    """Every bounce stood in the journal as an opening by hand of its own."""
    watch = watched()
    watch.seen(False, 0)
    events = [watch.seen(is_open, 1_000 + 40 * step) for step, is_open in enumerate([True, False] * 20)]
    assert [what(each) for each in events if each] == [[Occurrence.OPENED_BY_HAND]]
    last_shut = 1_000 + 40 * 39
    assert watch.wake_at_ms == last_shut + FLUTTER_MS
    assert watch.tick(last_shut + FLUTTER_MS - 1) == []
    (ended,) = watch.tick(last_shut + FLUTTER_MS)
    assert (ended.what, ended.at_ms, ended.opening) == (Occurrence.SHUT, last_shut, Opening(1_000))
    assert watch.opening is None
    assert watch.wake_at_ms is None


def test_a_drawer_that_is_opened_again_after_the_flutter_was_shut_before() -> None:
    """Also when nobody ticked meanwhile: the two openings must not become one."""
    watch = watched()
    watch.seen(False, 0)
    watch.seen(True, 1_000)
    watch.seen(False, 2_000)
    events = watch.seen(True, 2_000 + FLUTTER_MS)
    assert [(event.what, event.at_ms) for event in events] == [
        (Occurrence.SHUT, 2_000),
        (Occurrence.OPENED_BY_HAND, 2_000 + FLUTTER_MS),
    ]


def test_a_command_just_after_a_hand_has_shut_it_is_an_opening_of_its_own() -> None:
    watch = watched()
    watch.seen(False, 0)
    watch.seen(True, 1_000)
    watch.seen(False, 2_000)
    watch.commanded(COMMAND, "kasse-1")
    (ended,) = watch.seen(True, 2_300)
    assert (ended.what, ended.at_ms, ended.opening.opened_at_ms) == (Occurrence.SHUT, 2_000, 1_000)
    assert watch.opening == Opening(2_300, COMMAND, "kasse-1")


def test_a_drawer_that_bounces_after_its_pulse_is_one_opening_of_its_command() -> None:
    watch = watched()
    watch.seen(False, 0)
    watch.commanded(COMMAND, "kasse-1")
    events = [watch.seen(is_open, 100 + 30 * step) for step, is_open in enumerate([True, False, True, False])]
    watch.concluded(COMMAND, 250, pulse_sent=True)
    events += [watch.seen(True, 260), watch.seen(False, 290), watch.seen(True, 320)]
    assert not any(events)
    assert watch.opening == Opening(100, COMMAND, "kasse-1")


def test_a_slow_drawer_is_its_commands_doing_also_just_after_it_was_shut() -> None:
    watch = watched()
    watch.seen(False, 0)
    watch.seen(True, 1_000)
    watch.seen(False, 2_000)
    watch.commanded(COMMAND, "kasse-1")
    watch.concluded(COMMAND, 2_100, pulse_sent=True)
    assert what(watch.seen(True, 2_400)) == [Occurrence.SHUT]
    assert watch.opening == Opening(2_400, COMMAND, "kasse-1")


def test_a_clock_that_was_turned_back_does_not_keep_a_shut_drawer_open() -> None:
    watch = watched()
    watch.seen(False, 0)
    watch.seen(True, 10_000_000)
    watch.seen(False, 10_001_000)
    assert what(watch.tick(5_000)) == [Occurrence.SHUT]


def test_a_drawer_that_seems_shut_stands_open_too_long_no_more() -> None:
    watch = watched()
    watch.seen(True, 0)
    watch.tick(TOO_LONG_MS)
    told = [watch.stands_too_long]
    watch.seen(False, TOO_LONG_MS + 10)
    assert [*told, watch.stands_too_long] == [True, False]
    assert watch.seen(None, TOO_LONG_MS + 20) == []
    assert what(watch.tick(TOO_LONG_MS + 10 + FLUTTER_MS)) == [Occurrence.SHUT], "silence does not undo it"


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
                assert value is not True or watch.opening is not None
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
    ends = [event.at_ms for event in ended]
    starts = [event.opening.opened_at_ms for event in ended]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False)), "openings do not overlap"


@given(st.lists(st.integers(1, FLUTTER_MS - 1), min_size=1, max_size=60))
def test_however_a_contact_bounces_there_is_one_opening_and_one_end(pauses: list[int]) -> None:
    watch, now = watched(), 10_000
    watch.seen(False, 0)
    events = list(watch.seen(True, now))
    for number, pause in enumerate(pauses):
        now += pause
        events += [*watch.tick(now), *watch.seen(number % 2 == 1, now)]
    events += [*watch.seen(False, now), *watch.tick(now + FLUTTER_MS)]
    assert what(events) == [Occurrence.OPENED_BY_HAND, Occurrence.SHUT]
