"""`branchgate gateway devices` tells a printer from the drawer at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.v1 import device_pb2
from gateway.cli import state

YES, NO = device_pb2.ANSWER_YES, device_pb2.ANSWER_NO


def test_a_printer_and_its_drawer_are_two_different_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They were two equal lines, and nowhere stood whether the drawer was open."""
    devices = [
        device_pb2.Device(name="bon", kind="printer", address="tcp://x", online=YES, paper_out=NO, cover_open=NO),
        device_pb2.Device(name="bon", kind="drawer", address="tcp://x", online=YES, drawer_open=YES),
    ]
    answer = device_pb2.ListDevicesResponse(devices=devices)
    monkeypatch.setattr(state, "ask", lambda *_: answer)
    monkeypatch.setenv("COLUMNS", "200")
    state.devices(Path("branch"))
    rows = [line for line in capsys.readouterr().out.splitlines() if "tcp://x" in line]
    printer, drawer = ([cell.strip() for cell in row.strip("│").split("│")] for row in rows)
    assert printer[1:] == ["Drucker / printer", "tcp://x", "ja / yes", "nein / no", "nein / no", "–", ""]
    assert drawer[1:] == ["Lade / drawer", "tcp://x", "ja / yes", "–", "–", "ja / yes", ""]
