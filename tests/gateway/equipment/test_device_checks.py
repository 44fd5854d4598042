"""What no device can be is refused by field, value and rule, whatever kind of device it is; and one wire has one device."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.errors import Refused
from gateway.config import Device, Display, Scale
from gateway.devices import check_devices
from gateway.devices.checks import profile_of

TCP = "tcp://h:9100"


def printer(name: str, address: str) -> Device:
    return Device(name=name, address=address)


def display(address: str, protocol: str = "escpos", name: str = "kunde") -> Display:
    return Display(name=name, address=address, protocol=protocol)


def scale(address: str, protocol: str = "sma") -> Scale:
    return Scale(name="waage", address=address, protocol=protocol)


def refused(
    devices: tuple[Device, ...] = (), displays: tuple[Display, ...] = (), scales: tuple[Scale, ...] = ()
) -> Refused:
    with pytest.raises(Refused) as told:
        check_devices(devices, displays, scales)
    assert told.value.reason == "SETTINGS_INVALID"
    return told.value


@pytest.mark.parametrize(
    ("one", "field", "value", "rule"),
    [
        (display("usb://1"), "displays.kunde.address", "usb://1", "04b8"),
        (display(TCP, "morse"), "displays.kunde.protocol", "morse", "escpos, cd5220"),
        (display("virtual:kunde?columns=32"), "displays.kunde.address", "virtual:kunde?columns=32", "control, lines"),
        (scale("carrier-pigeon://roof"), "scales.waage.address", "carrier-pigeon://roof", "tcp://"),
        (scale(TCP, "dialog-06"), "scales.waage.protocol", "dialog-06", "toledo-8217, sma"),
        (scale("virtual:waage?weight=heavy"), "scales.waage.address", "virtual:waage?weight=heavy", "must be a number"),
    ],
)
def test_an_impossible_display_or_scale_is_refused_by_field(
    one: Display | Scale, field: str, value: str, rule: str
) -> None:
    told = refused(displays=(one,)) if isinstance(one, Display) else refused(scales=(one,))
    assert (told.field, told.value) == (field, value)
    assert rule in told.rule


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TCP, "tcp://h"),
        ("serial:///dev/ttyS1?baud=9600", "serial:///dev/ttyS1?baud=38400&flow=none"),
        ("usb://04b8:0202?serial=A", " usb://04B8:0202?serial=A"),
        ("virtual:theke", "virtual:theke "),
        ("virtual:theke", "VIRTUAL:theke?fault=mute"),
        ("tcp://drucker:9100", "tcp://DRUCKER/"),
        ("tcp://drucker", "tcp://drucker.:9100"),
        ("serial:///dev/ttyS1", "serial:///dev//./ttyS1?baud=9600"),
        ("usb://04b8:0202?serial=A", "usblp://04b8:0202?serial=A"),
    ],
)
def test_one_wire_has_one_device_whatever_its_kind_and_however_it_is_written(first: str, second: str) -> None:
    """Another speed, another case, a slash at the end or another option passed, and the second device waited for ever for its port."""
    told = refused((printer("theke", first),), displays=(display(second),))
    assert (told.field, told.value, told.rule) == (
        "displays.kunde.address",
        second,
        "is the address of device theke already",
    )
    told = refused(displays=(display(first),), scales=(scale(second),))
    assert (told.field, told.value) == ("scales.waage.address", second)
    told = refused((printer("theke", first), printer("fenster", second)))
    assert told.field == "devices.fenster.address"


@pytest.mark.parametrize(
    ("settings", "asked", "must_answer"),
    [
        ({}, True, False),
        ({"answers": True}, True, True),
        ({"answers": False}, False, False),
        ({"fallback": "fenster"}, True, True),
        ({"profile": "TSP600", "answers": True}, True, True),
    ],
)
def test_whether_a_printer_is_asked_and_must_answer_is_what_the_settings_say(
    settings: dict[str, object], asked: bool, must_answer: bool
) -> None:
    profile = profile_of(Device.model_validate({"name": "theke", "address": TCP, **settings}))
    assert (profile.status, profile.must_answer) == (asked, must_answer)


def test_a_port_and_a_link_to_it_are_one_wire(tmp_path: Path) -> None:
    """`/dev/serial/by-id/...` and `/dev/ttyUSB0` passed as two ports."""
    port, link = tmp_path / "ttyUSB0", tmp_path / "by-id"
    port.touch()
    link.symlink_to(port)
    told = refused((printer("theke", f"serial://{port}"),), displays=(display(f"serial://{link}?baud=9600"),))
    assert told.rule == "is the address of device theke already"


def test_devices_that_can_be_are_taken_as_they_are() -> None:
    check_devices(
        (printer("theke", TCP), printer("fenster", "virtual:fenster?columns=32")),
        (display("serial:///dev/ttyS1?baud=9600"), display("tcp://h:9101", "cd5220", "kunde-2")),
        (scale("virtual:waage?weight=486&fault=mute"),),
    )
