"""When to look after a burst of events, and what a look means: pure logic under a clock of the test's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.discovery import FoundDevice, Kind, Medium
from drivers.discovery.settling import MISSES, TELLING, ChangeKind, Debounce, Roster

QUIET, AT_MOST = 1.0, 5.0


def device(port: str = "1-1", attachment: str = "001/002", address: str = "usb://04b8:0202?serial=J4") -> FoundDevice:
    return FoundDevice(
        address, Medium.USB, 0x04B8, 0x0202, "EPSON", "TM", "J4", port, Kind.PRINTER, (address,), (), attachment
    )


def test_a_burst_is_looked_at_once_after_its_last_telling_event() -> None:
    debounce = Debounce(QUIET, AT_MOST)
    for now, action in ((0.0, "add"), (0.1, "bind"), (0.3, "bind"), (0.9, "change")):
        debounce.heard("usb", action, now)
    assert debounce.due == 0.3 + QUIET


def test_a_device_that_is_only_added_is_not_looked_at_because_its_driver_is_not_there_yet() -> None:
    debounce = Debounce(QUIET, AT_MOST)
    debounce.heard("usb", "add", 0.0)
    debounce.heard("block", "add", 0.0)
    assert debounce.due is None


def test_a_loose_plug_that_never_rests_is_looked_at_all_the_same() -> None:
    debounce = Debounce(QUIET, AT_MOST)
    for tenth in range(100):
        debounce.heard("usb", "bind", tenth / 10)
    assert debounce.due == AT_MOST


def test_what_is_heard_while_a_look_is_under_way_needs_another_one() -> None:
    debounce = Debounce(QUIET, AT_MOST)
    debounce.heard("tty", "add", 0.0)
    debounce.looked()
    assert debounce.due is None
    debounce.heard("tty", "remove", 1.0)
    assert debounce.due == 2.0


@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from(["bind", "add", "remove", "change"])), min_size=1))
def test_a_telling_event_is_never_forgotten_and_never_waits_longer_than_promised(
    events: list[tuple[float, str]],
) -> None:
    debounce, now, first = Debounce(QUIET, AT_MOST), 0.0, None
    for pause, action in events:
        now += pause
        debounce.heard("usb", action, now)
        if action in TELLING["usb"] and first is None:
            first = now
    assert (debounce.due is None) == (first is None)
    assert first is None or debounce.due is None or first <= debounce.due <= first + AT_MOST


def test_the_beginning_is_no_change() -> None:
    roster = Roster([device()])
    assert roster.seen([device()], misses=1) == []
    assert roster.present == [device()]


def test_plugged_and_unplugged_are_told_once() -> None:
    roster = Roster([])
    assert [change.kind for change in roster.seen([device()], 1)] == [ChangeKind.PLUGGED]
    assert roster.seen([device()], 1) == []
    assert [change.kind for change in roster.seen([], 1)] == [ChangeKind.UNPLUGGED]
    assert roster.seen([], 1) == []


def test_a_replug_between_two_looks_is_an_unplug_and_a_plug() -> None:
    """The handle of before is dead even if the same printer is in the same port again."""
    roster = Roster([device(attachment="001/002")])
    changes = roster.seen([device(attachment="001/003")], MISSES)
    assert [change.kind for change in changes] == [ChangeKind.UNPLUGGED, ChangeKind.PLUGGED]
    assert [change.device.attachment for change in changes] == ["001/002", "001/003"]


def test_a_driver_that_comes_or_goes_is_no_replug() -> None:
    """Opening a printer by libusb takes usblp's node away; telling that as an unplug would end the link that caused it."""
    roster = Roster([device()])
    assert roster.seen([device(address="usblp://04b8:0202?serial=J4")], 1) == []


def test_one_miss_of_a_poll_is_not_yet_gone() -> None:
    roster = Roster([device()])
    assert roster.seen([], MISSES) == []
    assert roster.seen([device()], MISSES) == []
    assert roster.seen([], MISSES) == []
    assert [change.kind for change in roster.seen([], MISSES)] == [ChangeKind.UNPLUGGED]


devices = st.builds(device, st.sampled_from(["1-1", "1-2"]), st.sampled_from(["001/002", "001/003"]))


@given(st.lists(st.tuples(st.lists(devices, max_size=3, unique_by=lambda d: d.port), st.integers(1, 3))))
def test_plugs_and_unplugs_alternate_and_add_up_to_what_is_present(
    looks: list[tuple[list[FoundDevice], int]],
) -> None:
    roster, there = Roster([]), dict[tuple[object, ...], FoundDevice]()
    for look, misses in looks:
        for change in roster.seen(look, misses):
            identity = change.device.identity
            if change.kind is ChangeKind.PLUGGED:
                assert identity not in there
                there[identity] = change.device
            else:
                del there[identity]
        assert {device.identity for device in look} <= there.keys()
        assert {device.identity for device in roster.present} == there.keys()
