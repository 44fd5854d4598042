"""`branchgate gateway devices` says on 80 columns which device has what, and what to do, in German and English."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.v1 import device_pb2
from gateway.cli import devices as command
from gateway.equipment import DeviceKind, DeviceState
from gateway.rpc.device import device_message

PRINTER = DeviceState("theke", DeviceKind.PRINTER, "tcp://192.168.1.50:9100", online=True, confirms_prints=True)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shown:
    return Shown(monkeypatch, capsys)


class Shown:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def lines(self, *states: DeviceState) -> list[str]:
        answer = device_pb2.ListDevicesResponse(devices=[device_message(state) for state in states])
        self._monkeypatch.setattr(command, "ask", lambda *_: answer)
        self._monkeypatch.setenv("COLUMNS", "80")
        self._monkeypatch.setenv("TTY_COMPATIBLE", "1")
        self._monkeypatch.setenv("TERM", "dumb")
        command.devices(Path("branch"))
        return [line.rstrip() for line in self._capsys.readouterr().out.splitlines()]


def test_a_printer_and_its_drawer_are_two_different_lines(shown: Shown) -> None:
    """They were two equal lines, and nowhere stood whether the drawer was open."""
    drawer = DeviceState("theke", DeviceKind.DRAWER, PRINTER.address, drawer_open=False, level_source="none")
    lines = shown.lines(PRINTER, drawer)
    assert lines[0] == "theke  Drucker / printer  bereit / ready"
    assert "theke  Lade / drawer  zu / shut" in lines
    assert "    kein Sensor / no sensor" in lines


def test_what_to_do_is_told_in_both_languages(shown: Shown) -> None:
    state = DeviceState("theke", DeviceKind.PRINTER, "tcp://x", online=False, paper_out=True, reason="PAPER_OUT")
    text = "\n".join(shown.lines(state))
    assert "nicht bereit / not ready (PAPER_OUT)" in text
    assert "neue Rolle einlegen" in text
    assert "Put in a new roll" in text


def test_a_drawer_left_open_says_since_when(shown: Shown) -> None:
    state = DeviceState(
        "theke",
        DeviceKind.DRAWER,
        "tcp://x",
        drawer_open=True,
        open_too_long=True,
        open_since_ms=1_795_000_000_000,
        open_level="low",
        level_source="learnt",
        reason="DRAWER_OPEN_TOO_LONG",
    )
    text = "\n".join(shown.lines(state))
    assert "offen / open seit / since" in text
    assert "Sensor gelernt / sensor learnt: low" in text
    assert "Bitte schließen" in text


def test_a_device_that_nobody_set_up_tells_the_address_to_write_down(shown: Shown) -> None:
    address = "usb://04b8:0e28?serial=J4FF012345"
    state = DeviceState(
        "04b8:0e28@1-1.4", DeviceKind.UNKNOWN, address, maker="EPSON", model="TM-m30", reason="DEVICE_NOT_CONFIGURED"
    )
    lines = shown.lines(state)
    assert lines[0].startswith("04b8:0e28@1-1.4  nicht eingerichtet / not set up")
    assert f"    {address}" in lines
    assert "EPSON TM-m30" in "\n".join(lines)


def test_eighty_columns_are_enough_for_what_people_read(shown: Shown) -> None:
    states = [
        PRINTER,
        DeviceState("kueche", DeviceKind.PRINTER, "tcp://192.168.1.51:9100", reason="CONNECTION_TIMEOUT"),
        DeviceState("theke", DeviceKind.DRAWER, PRINTER.address, reason="DRAWER_LEVEL_CONTRADICTED", open_level="high"),
    ]
    assert max(map(len, shown.lines(*states))) <= 80


def test_no_devices_are_said_to_be_none(shown: Shown) -> None:
    assert shown.lines() == ["Keine Geräte / no devices"]
