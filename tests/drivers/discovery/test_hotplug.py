"""Plugging in and pulling out, by a source of events made of a pipe, by polling, and with udev's own events from umockdev."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest

from drivers.discovery import FoundDevice, found
from drivers.discovery.hotplug import Hotplug, UdevMonitor, udev_monitor
from drivers.discovery.settling import Change, ChangeKind
from tests.drivers.discovery.test_settling import device
from tests.rigs.patience import line_of
from tests.rigs.usb.testbed import DISTRIBUTION_PYTHON, HOUSE, WRAPPER


class Bell:
    """Events by hand."""

    def __init__(self) -> None:
        self._out, self._in = os.pipe()
        self._waiting: list[tuple[str, str]] = []

    def fileno(self) -> int:
        return self._out

    def events(self) -> list[tuple[str, str]]:
        os.read(self._out, 4096)
        taken, self._waiting = self._waiting, []
        return taken

    def ring(self, subsystem: str, action: str) -> None:
        self._waiting.append((subsystem, action))
        os.write(self._in, b"!")

    def close(self) -> None:
        os.close(self._out)
        os.close(self._in)


@pytest.fixture
def bell() -> Iterator[Bell]:
    bell = Bell()
    yield bell
    bell.close()


async def test_an_event_leads_to_a_look_and_the_look_to_a_change(bell: Bell) -> None:
    there: list[FoundDevice] = []
    async with Hotplug(lambda: list(there), monitor=lambda: bell, quiet=0.0) as hotplug:
        changes = hotplug.changes()
        there.append(device())
        bell.ring("usb", "bind")
        assert await anext(changes) == Change(ChangeKind.PLUGGED, device())
        there.clear()
        bell.ring("usb", "remove")
        assert await anext(changes) == Change(ChangeKind.UNPLUGGED, device())
        assert hotplug.present == []


async def test_what_is_plugged_in_while_nobody_iterates_is_told_later(bell: Bell) -> None:
    there: list[FoundDevice] = []
    async with Hotplug(lambda: list(there), monitor=lambda: bell, quiet=0.0) as hotplug:
        there.append(device())
        bell.ring("tty", "add")
        assert (await anext(hotplug.changes())).kind is ChangeKind.PLUGGED


async def test_without_udevd_it_looks_now_and_then() -> None:
    looks = iter([[], [device()], [], [device()], [], []])
    async with Hotplug(lambda: next(looks), monitor=lambda: None, poll=0.0) as hotplug:
        changes = hotplug.changes()
        assert (await anext(changes)).kind is ChangeKind.PLUGGED
        assert (await anext(changes)).kind is ChangeKind.UNPLUGGED
    assert next(looks, None) is None  # one empty look in between was not believed


async def test_leaving_and_cancelling_stop_it(bell: Bell) -> None:
    async with Hotplug(list, monitor=lambda: bell) as hotplug:
        waiting = asyncio.ensure_future(anext(hotplug.changes()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert not asyncio.get_running_loop().remove_reader(bell.fileno())


class Port(Protocol):
    """The USB port of `usb_port.py`."""

    def __call__(self, order: str) -> None: ...


@contextmanager
def usb_port() -> Iterator[Port]:
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    process = subprocess.Popen(
        [WRAPPER, DISTRIBUTION_PYTHON, "-m", "tests.drivers.discovery.usb_port"],
        cwd=HOUSE,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    orders, answers = process.stdin, process.stdout
    os.environ["UMOCKDEV_DIR"] = line_of(process).strip()

    def give(order: str) -> None:
        orders.write(order + "\n")
        orders.flush()
        assert line_of(process) == "done\n"

    try:
        yield give
    finally:
        del os.environ["UMOCKDEV_DIR"]
        orders.close()
        process.wait(10)
        answers.close()


@pytest.mark.umockdev
async def test_udev_tells_of_a_printer_that_comes_goes_and_comes_back() -> None:
    with usb_port() as port:
        async with Hotplug(found, monitor=UdevMonitor, quiet=0.05) as hotplug:
            assert [each for each in hotplug.present if each.vendor_id] == []
            changes = hotplug.changes()
            seen = []
            for order in ("plug", "unplug", "plug"):
                port(order)
                seen.append(await anext(changes))
    assert [change.kind for change in seen] == [ChangeKind.PLUGGED, ChangeKind.UNPLUGGED, ChangeKind.PLUGGED]
    assert {change.device.address for change in seen} == {"usb://04b8:0202?serial=J4FF012345"}
    assert seen[0].device.attachment != seen[2].device.attachment


@pytest.mark.umockdev
async def test_a_replug_within_the_quiet_time_is_not_missed() -> None:
    with usb_port() as port:
        port("plug")
        async with Hotplug(found, monitor=UdevMonitor, quiet=0.3) as hotplug:
            port("unplug")
            port("plug")
            changes = hotplug.changes()
            kinds = [(await anext(changes)).kind, (await anext(changes)).kind]
    assert kinds == [ChangeKind.UNPLUGGED, ChangeKind.PLUGGED]


def test_where_no_udevd_runs_there_is_no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.discovery.hotplug.UDEVD", HOUSE / "no-such-socket")
    assert udev_monitor() is None


async def test_listening_begins_before_the_first_look(bell: Bell) -> None:
    """What is plugged in between the two would be missed for ever."""
    order: list[str] = []

    def look() -> list[FoundDevice]:
        order.append("look")
        return []

    def listen() -> Bell:
        order.append("listen")
        return bell

    async with Hotplug(look, monitor=listen):
        assert order == ["listen", "look"]
