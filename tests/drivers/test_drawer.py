"""What the sensor's level says about a drawer."""

from __future__ import annotations

import pytest

from drivers.drawer import DrawerCommand, DrawerSensor, DrawerState, DrawerWiring, Level, Pulse
from drivers.errors import Reason

COMMAND = DrawerCommand(b"1", "Barverkauf", "Kasse 1", 0)


def kick(sensor: DrawerSensor, before: Level | None, after: Level | None) -> tuple[DrawerState, Reason | None]:
    sensor.saw(before)
    was_open = sensor.is_open
    sensor.saw(after)
    outcome = sensor.verdict(COMMAND, was_open=was_open)
    return outcome.state, outcome.reason


@pytest.mark.parametrize("open_level", list(Level))
def test_either_polarity_is_understood(open_level: Level) -> None:
    shut = Level.LOW if open_level is Level.HIGH else Level.HIGH
    assert kick(DrawerSensor(open_level), shut, open_level) == (DrawerState.OPENED, None)


def test_a_drawer_that_does_not_move_is_not_opened() -> None:
    assert kick(DrawerSensor(Level.LOW), Level.HIGH, Level.HIGH) == (
        DrawerState.NOT_OPENED,
        Reason.DRAWER_DID_NOT_MOVE,
    )


def test_a_drawer_left_open_is_said_to_be_open_already() -> None:
    assert kick(DrawerSensor(Level.LOW), Level.LOW, Level.LOW) == (DrawerState.OPENED, Reason.DRAWER_ALREADY_OPEN)


def test_a_level_that_never_changes_is_no_sensor() -> None:
    """A cable without a sensor shows one level for ever: calling the drawer shut would be a guess."""
    sensor = DrawerSensor(Level.LOW)
    verdicts = [kick(sensor, Level.HIGH, Level.HIGH) for _ in range(4)]
    assert verdicts[-1] == (DrawerState.UNKNOWN, Reason.DRAWER_SENSOR_DEAD)
    assert kick(sensor, Level.HIGH, Level.LOW) == (DrawerState.OPENED, None)
    assert kick(sensor, Level.HIGH, Level.HIGH) == (DrawerState.NOT_OPENED, Reason.DRAWER_DID_NOT_MOVE)


def test_without_a_configured_level_success_is_unknown() -> None:
    assert kick(DrawerSensor(None), Level.HIGH, Level.LOW) == (DrawerState.UNKNOWN, Reason.DRAWER_WITHOUT_SENSOR)


def test_silence_is_unknown() -> None:
    assert kick(DrawerSensor(Level.LOW), None, None) == (DrawerState.UNKNOWN, Reason.NO_ANSWER)


def test_the_pulse_acts_at_once_unless_configured_otherwise() -> None:
    assert DrawerWiring().pulse_bytes == bytes.fromhex("1014010001")
    assert DrawerWiring(pin=5).pulse_bytes == bytes.fromhex("1014010101")
    assert DrawerWiring(pulse=Pulse.BUFFERED).pulse_bytes == bytes.fromhex("1b700019fa")
