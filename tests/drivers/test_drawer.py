"""What the sensor's level says about a drawer, and how its meaning is learnt."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.drawer import (
    DrawerCommand,
    DrawerSensor,
    DrawerState,
    DrawerWiring,
    Level,
    LevelLearner,
    Pulse,
    SensorView,
)
from drivers.errors import Reason

COMMAND = DrawerCommand(b"1", "Barverkauf", "Kasse 1", 0)
LEVELS = st.sampled_from(Level)
Verdict = tuple[DrawerState, Reason | None]


def sensor_of(open_level: Level | None = None, **more: Level | None) -> DrawerSensor:
    return DrawerSensor(DrawerWiring(open_level=open_level, **more))  # type: ignore[arg-type]


def other(level: Level) -> Level:
    return Level.LOW if level is Level.HIGH else Level.HIGH


def kick(sensor: DrawerSensor, before: Level | None, *looks: Level | None) -> Verdict:
    """A pulse and what the line shows at every look afterwards."""
    sensor.saw(before)
    telling = sensor.begin()
    for level in looks:
        sensor.saw(level)
        if telling and sensor.looked():
            break
    outcome = sensor.verdict(COMMAND)
    return outcome.state, outcome.reason


def opening(sensor: DrawerSensor, open_level: Level) -> Verdict:
    """A shut drawer opens; somebody shuts it before the next pulse."""
    return kick(sensor, other(open_level), other(open_level), open_level, open_level)


@pytest.mark.parametrize("open_level", list(Level))
def test_either_polarity_is_understood(open_level: Level) -> None:
    assert opening(sensor_of(open_level), open_level) == (DrawerState.OPENED, None)


def test_a_drawer_that_does_not_move_is_not_opened() -> None:
    assert kick(sensor_of(Level.LOW), Level.HIGH, Level.HIGH) == (
        DrawerState.NOT_OPENED,
        Reason.DRAWER_DID_NOT_MOVE,
    )


def test_a_drawer_left_open_is_said_to_be_open_already() -> None:
    assert kick(sensor_of(Level.LOW), Level.LOW, Level.LOW) == (DrawerState.OPENED, Reason.DRAWER_ALREADY_OPEN)


def test_a_level_that_never_changes_is_no_sensor() -> None:
    """A cable without a sensor shows one level for ever: calling the drawer shut would be a guess."""
    sensor = sensor_of(Level.LOW)
    verdicts = [kick(sensor, Level.HIGH, Level.HIGH) for _ in range(4)]
    assert verdicts[-1] == (DrawerState.UNKNOWN, Reason.DRAWER_SENSOR_DEAD)
    assert sensor.view == SensorView(Level.LOW, None, Reason.DRAWER_SENSOR_DEAD)
    assert kick(sensor, Level.HIGH, Level.LOW) == (DrawerState.OPENED, None)
    assert sensor.view == SensorView(Level.LOW, None, None)
    assert kick(sensor, Level.HIGH, Level.HIGH) == (DrawerState.NOT_OPENED, Reason.DRAWER_DID_NOT_MOVE)


def test_silence_is_unknown() -> None:
    assert kick(sensor_of(Level.LOW), None, None) == (DrawerState.UNKNOWN, Reason.NO_ANSWER)


def test_silence_after_the_pulse_is_unknown_and_not_shut() -> None:
    """The last level known before the pulse was taken for what the drawer did after it."""
    sensor = sensor_of(Level.LOW)
    assert kick(sensor, Level.HIGH, Level.HIGH, None) == (DrawerState.UNKNOWN, Reason.NO_ANSWER)
    assert sensor.is_open is None


class TestLearning:
    """Without a configured level."""

    def test_the_second_pulse_that_agrees_teaches_the_level(self) -> None:
        sensor = sensor_of()
        assert opening(sensor, Level.LOW) == (DrawerState.UNKNOWN, Reason.DRAWER_LEVEL_UNKNOWN)
        assert (sensor.is_open, sensor.open_level) == (None, None)
        assert opening(sensor, Level.LOW) == (DrawerState.OPENED, None)
        assert (sensor.is_open, sensor.view.learnt_level) == (True, Level.LOW)

    def test_a_line_that_jumps_back_teaches_nothing(self) -> None:
        sensor = sensor_of()
        for _ in range(5):
            kick(sensor, Level.HIGH, Level.LOW, Level.HIGH, Level.LOW, Level.HIGH)
        assert sensor.open_level is None

    def test_a_constant_line_teaches_nothing(self) -> None:
        sensor = sensor_of()
        verdicts = [kick(sensor, Level.HIGH, Level.HIGH) for _ in range(5)]
        assert verdicts[0] == (DrawerState.UNKNOWN, Reason.DRAWER_LEVEL_UNKNOWN)
        assert verdicts[-1] == (DrawerState.UNKNOWN, Reason.DRAWER_SENSOR_DEAD)
        assert sensor.open_level is None

    def test_what_was_learnt_before_holds_from_the_start(self) -> None:
        assert opening(sensor_of(learnt_level=Level.HIGH), Level.HIGH) == (DrawerState.OPENED, None)

    def test_another_drawer_at_the_port_is_learnt_anew(self) -> None:
        sensor = sensor_of(learnt_level=Level.HIGH)
        opening(sensor, Level.LOW)
        sensor.saw(Level.HIGH)
        assert sensor.open_level is Level.HIGH

    def test_a_configured_level_wins_and_the_contradiction_is_told(self) -> None:
        sensor = sensor_of(Level.HIGH)
        assert opening(sensor, Level.LOW) == (DrawerState.UNKNOWN, Reason.DRAWER_LEVEL_CONTRADICTED)
        assert sensor.view.trouble is None, "once, somebody may have shut it just then"
        opening(sensor, Level.LOW)
        assert sensor.open_level is Level.HIGH
        assert sensor.view.trouble is Reason.DRAWER_LEVEL_CONTRADICTED

    def test_nothing_is_learnt_where_there_is_no_sensor(self) -> None:
        sensor = DrawerSensor(DrawerWiring(has_sensor=False))
        for _ in range(5):
            assert opening(sensor, Level.LOW) == (DrawerState.UNKNOWN, Reason.DRAWER_WITHOUT_SENSOR)
        assert (sensor.is_open, sensor.view.learnt_level, sensor.view.trouble) == (None, None, None)

    @given(st.lists(st.tuples(LEVELS, LEVELS), max_size=12))
    def test_only_two_moves_in_a_row_to_one_level_teach_it(self, pulses: list[tuple[Level, Level]]) -> None:
        learner = LevelLearner()
        moves: list[Level] = []
        for before, after in pulses:
            learner.pulsed(before, after)
            if before is not after:
                moves.append(after)
            agreed = [one for one, next_one in pairwise(moves) if one is next_one]
            assert learner.learnt is (agreed[-1] if agreed else None)

    @given(LEVELS, st.lists(st.one_of(st.none(), LEVELS), max_size=30))
    def test_no_pulse_is_judged_by_one_look_alone_before_the_level_is_known(
        self, before: Level, looks: list[Level | None]
    ) -> None:
        sensor = sensor_of()
        kick(sensor, before, *looks)
        assert sensor.open_level is None

    @given(LEVELS, st.integers(2, 6))
    def test_every_drawer_is_learnt_from_whole_openings(self, open_level: Level, openings: int) -> None:
        sensor = sensor_of()
        verdicts = [opening(sensor, open_level) for _ in range(openings)]
        assert set(verdicts[1:]) == {(DrawerState.OPENED, None)}


def test_looking_ends_when_it_tells_nothing_new() -> None:
    """Who stands at the drawer waits no longer than needed: one look where the level is proved, none where nothing can move."""
    proved = sensor_of(learnt_level=Level.LOW)
    proved.saw(Level.HIGH)
    assert proved.begin()
    proved.saw(Level.LOW)
    assert proved.looked()
    assert not proved.begin(), "it stands open"
    blind = DrawerSensor(DrawerWiring(has_sensor=False))
    blind.saw(Level.HIGH)
    assert not blind.begin()


def test_the_pulse_acts_at_once_unless_configured_otherwise() -> None:
    assert DrawerWiring().pulse_bytes == bytes.fromhex("1014010001")
    assert DrawerWiring(pin=5).pulse_bytes == bytes.fromhex("1014010101")
    assert DrawerWiring(pulse=Pulse.BUFFERED).pulse_bytes == bytes.fromhex("1b700019fa")


def test_the_coil_rests_four_times_as_long_as_it_is_driven() -> None:
    """ON / (ON + OFF) at most 0.2 (Citizen iDP-3550, p. 114); t1 and t2 of ESC p count 2 ms each."""
    on, off = DrawerWiring(pulse=Pulse.BUFFERED).pulse_bytes[3:]
    assert on * 5 <= on + off
    assert DrawerWiring().pulse_bytes[-1] == 1, "DLE DC4 1: t = 1 is the shortest pulse, 100 ms"
