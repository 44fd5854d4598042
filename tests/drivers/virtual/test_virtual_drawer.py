from __future__ import annotations

import pytest

from drivers.virtual.events import DrawerMoved, DrawerPulsed
from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.settings import PrinterSettings

KICK = b"\x1bp\x00\x19\xfa"
KICK_PIN_5 = b"\x1bp\x01\x19\xfa"
KICK_NOW = b"\x10\x14\x01\x00\x01"
ASK = b"\x10\x04\x01"
PIN_3_HIGH, PIN_3_LOW = b"\x16", b"\x12"


def test_a_pulse_opens_the_drawer_and_the_sensor_shows_it() -> None:
    printer = VirtualPrinter()
    assert printer.receive(ASK, 0).write == PIN_3_HIGH
    events = printer.receive(KICK, 1, "tcp-1").events
    assert events == (DrawerPulsed(2, False, True, "tcp-1"), DrawerMoved(True, "tcp-1"))
    assert printer.receive(ASK + b"\x1dr\x02", 2).write == PIN_3_LOW + b"\x00"


def test_somebody_shuts_the_drawer_after_a_while() -> None:
    printer = VirtualPrinter(PrinterSettings(drawer_shuts_after_ms=700))
    printer.receive(b"\x1da\x01" + KICK, 100)
    assert printer.next_deadline() == 800
    output = printer.tick(800)
    assert output.events == (DrawerMoved(False),)
    assert output.write == b"\x14\x00\x00\x00"


def test_a_buffered_pulse_waits_for_paper_and_a_real_time_pulse_does_not() -> None:
    printer = VirtualPrinter(faults=Faults(paper_out=True))
    assert printer.receive(KICK, 0).events == ()
    assert DrawerMoved(True, "a") in printer.receive(KICK_NOW, 1, "a").events
    printer.move_drawer(False, 2)
    assert DrawerMoved(True, "a") in printer.switch("paper_out", False, 3).events


def test_real_time_pulses_can_be_switched_off_by_the_host() -> None:
    printer = VirtualPrinter()
    printer.receive(b"\x1d(D\x03\x00\x14\x01\x00" + KICK_NOW, 0)
    assert not printer.state().drawer_open
    printer.receive(b"\x1d(D\x03\x00\x14\x01\x01" + KICK_NOW, 1)
    assert printer.state().drawer_open


def test_a_pulse_on_the_other_pin_moves_nothing() -> None:
    assert VirtualPrinter().receive(KICK_PIN_5, 0, "a").events == (DrawerPulsed(5, False, False, "a"),)


@pytest.mark.parametrize(
    ("faults", "shut", "after_kick", "opened"),
    [
        (Faults(drawer_inverted=True), PIN_3_LOW, PIN_3_HIGH, True),
        (Faults(drawer_no_sensor=True), PIN_3_HIGH, PIN_3_HIGH, True),
        (Faults(drawer_never_opens=True), PIN_3_HIGH, PIN_3_HIGH, False),
        (Faults(drawer_stuck=True), PIN_3_HIGH, PIN_3_HIGH, False),
    ],
)
def test_drawer_faults_show_at_the_sensor(faults: Faults, shut: bytes, after_kick: bytes, opened: bool) -> None:
    printer = VirtualPrinter(faults=faults)
    assert printer.receive(ASK, 0).write == shut
    assert printer.receive(KICK + ASK, 1).write == after_kick
    assert printer.state().drawer_open is opened


def test_a_stuck_open_drawer_is_shut_by_nobody() -> None:
    printer = VirtualPrinter()
    printer.receive(KICK, 0)
    printer.switch("drawer_stuck", True, 1)
    assert printer.next_deadline() is None
    assert printer.move_drawer(False, 2).events == ()
    assert printer.state().drawer_open
