"""Who may open a device, and who has it already: told without opening it."""

from __future__ import annotations

import fcntl
import os
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.discovery import Places, found
from drivers.discovery.access import access_to
from tests.drivers.discovery.machine import VENDOR_CLASS, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.usb("1-3", 0x0403, 0x6001, (VENDOR_CLASS,), "A5")
    made.tty("1-3", "ttyUSB0", by_id="usb-A5")
    return made


def test_a_free_device_has_no_holder(machine: Machine) -> None:
    (device,) = found(machine.places)
    access = access_to(device)
    assert (access.allowed, access.holders) == (True, ())
    assert access.group


def test_whoever_has_it_open_is_named(machine: Machine) -> None:
    (device,) = found(machine.places)
    with Path(machine.dev("ttyUSB0")).open("rb"):
        (holder,) = access_to(device).holders
    assert holder.pid == os.getpid()
    assert holder.command


def test_a_lock_is_seen_where_open_files_are_hidden(machine: Machine) -> None:
    """As with a gateway that runs as another user: /proc/PID/fd is closed to us, the table of locks is not."""
    (device,) = found(machine.places)
    with Path(machine.dev("ttyUSB0")).open("rb") as port:
        fcntl.flock(port, fcntl.LOCK_EX)
        (machine.root / "proc/locks").write_text(Path("/proc/locks").read_text())
        holders = access_to(device, machine.places).holders
    assert [holder.pid for holder in holders] == [os.getpid()]


def test_a_device_that_has_gone_meanwhile_is_not_judged(machine: Machine) -> None:
    (device,) = found(machine.places)
    gone = replace(device, nodes=(machine.dev("ttyUSB9"),))
    assert access_to(gone, Places()).allowed is None
