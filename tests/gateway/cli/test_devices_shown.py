"""`branchgate gateway devices | watch-devices`: lines that a person can use, each once."""

from __future__ import annotations

import pytest

from branchgate.v1 import device_pb2
from gateway.cli import devices
from gateway.cli.times import clock_time, date_and_time

ADVICE = "Drucker „theke“ hat kein Papier mehr. " + "Bitte eine neue Rolle einlegen. " * 3


def printer(**facts: object) -> device_pb2.Device:
    return device_pb2.Device(name="theke", kind="printer", address="tcp://h:9100", **facts)  # type: ignore[arg-type]


def watched(*changes: device_pb2.WatchDevicesResponse) -> None:
    shown: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        devices._show_change(change, shown)


def change(device: device_pb2.Device, *, gone: bool = False) -> device_pb2.WatchDevicesResponse:
    return device_pb2.WatchDevicesResponse(device=device, gone=gone)


def test_a_change_of_what_is_not_shown_is_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The same line stood there two and three times: sensor readings and times changed that no line tells."""
    ready = device_pb2.ANSWER_YES
    watched(
        change(printer(online=ready, changed_at_ms=1_000)),
        change(printer(online=ready, cover_open=device_pb2.ANSWER_NO, changed_at_ms=2_000)),
        change(printer(online=device_pb2.ANSWER_NO, changed_at_ms=3_000)),
        change(printer(online=ready, changed_at_ms=4_000)),
    )
    heads = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert heads == [
        f"{clock_time(at_ms)}  theke  Drucker / printer  {state}"
        for at_ms, state in ((1_000, "bereit / ready"), (3_000, "nicht bereit / not ready"), (4_000, "bereit / ready"))
    ]


def test_what_was_pulled_out_and_comes_back_the_same_is_told_both_times(capsys: pytest.CaptureFixture[str]) -> None:
    stick = device_pb2.Device(name="04b8:0e28", kind="unknown", address="usb://04b8:0e28")
    watched(change(stick), change(stick, gone=True), change(stick))
    heads = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert ["abgezogen" in head for head in heads] == [False, True, False]


def test_sentences_in_a_pipe_are_neither_padded_nor_broken(capsys: pytest.CaptureFixture[str]) -> None:
    devices.show_device(printer(reason="PAPER_OUT", advice_de=ADVICE.strip(), advice_en="Put in a new roll."))
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [f"    {ADVICE.strip()}", "    Put in a new roll."]
    assert all(line == line.rstrip() for line in lines)


def test_a_device_that_central_names_and_that_is_missing_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    devices.show_device(device_pb2.Device(name="nix", kind="missing", reason="ROLE_DEVICE_MISSING"))
    said = capsys.readouterr().out
    assert said == "nix  von der Zentrale genannt, fehlt hier / named by central, missing here (ROLE_DEVICE_MISSING)\n"


def test_times_say_their_zone() -> None:
    zone = clock_time(0).split()[1]
    assert zone
    assert date_and_time(0).endswith(zone)
