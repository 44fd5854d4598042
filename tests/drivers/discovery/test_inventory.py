"""One physical device is one entry, with an address that outlives a replug."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.discovery import FoundDevice, Kind, Medium, Places, found
from drivers.discovery.descriptors import interface_classes
from drivers.discovery.kinds import ADAPTERS, PRINTER_MAKERS
from tests.drivers.discovery.machine import HUB_CLASS, INPUT_CLASS, PRINTER_CLASS, VENDOR_CLASS, Machine, descriptors


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def only(machine: Machine) -> FoundDevice:
    (device,) = found(machine.places)
    return device


def test_a_printer_with_usblp_is_one_entry_that_two_media_reach(machine: Machine) -> None:
    machine.usb("1-1.4", 0x04B8, 0x0E28, (PRINTER_CLASS,), "J4FF012345", "EPSON TM-T20III")
    machine.usblp("1-1.4", "lp0")
    device = only(machine)
    assert device.kind_guess is Kind.PRINTER
    assert device.addresses == ("usblp://04b8:0e28?serial=J4FF012345", "usb://04b8:0e28?serial=J4FF012345")
    assert (device.address, device.medium) == (device.addresses[0], Medium.USBLP)
    assert (device.maker, device.model, device.serial, device.port) == ("EPSON", "TM-T20III", "J4FF012345", "1-1.4")
    assert machine.dev("usb/lp0") in device.nodes


def test_a_printer_in_vendor_class_is_reached_by_usb_alone(machine: Machine) -> None:
    machine.usb("1-2", 0x04B8, 0x0202, (VENDOR_CLASS,), "J4FF012345")
    device = only(machine)
    assert (device.kind_guess, device.addresses) == (Kind.PRINTER, ("usb://04b8:0202?serial=J4FF012345",))


def test_a_printer_without_serial_number_is_told_by_its_port(machine: Machine) -> None:
    machine.usb("1-1.2", 0x0416, 0x5011, (PRINTER_CLASS,))
    assert only(machine).address == "usb://0416:5011?port=1-1.2"


def test_clones_that_share_a_serial_number_are_told_apart_by_their_ports(machine: Machine) -> None:
    for port in ("1-1", "1-2"):
        machine.usb(port, 0x0416, 0x5011, (PRINTER_CLASS,), "123456")
    assert [device.address for device in found(machine.places)] == [
        "usb://0416:5011?port=1-1",
        "usb://0416:5011?port=1-2",
    ]


def test_a_serial_number_with_signs_of_an_address_is_written_safely(machine: Machine) -> None:
    machine.usb("1-1", 0x04B8, 0x0202, (VENDOR_CLASS,), "A&port=1 ?")
    device = only(machine)
    assert device.address == "usb://04b8:0202?serial=A%26port%3D1%20%3F"
    assert device.is_reached_by(device.address)


def test_a_serial_adapter_is_suggested_by_id(machine: Machine) -> None:
    machine.usb("1-3", 0x0403, 0x6001, (VENDOR_CLASS,), "A50285BI", "FTDI FT232R")
    machine.tty("1-3", "ttyUSB0", by_id="usb-FTDI_FT232R_A50285BI-if00-port0", by_path="pci-0000:00-usb-0:3:1.0-port0")
    device = only(machine)
    assert device.kind_guess is Kind.SERIAL_LINE
    assert device.addresses == (f"serial://{machine.dev('serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0')}",)
    assert machine.dev("ttyUSB0") in device.nodes


def test_a_serial_adapter_without_serial_number_is_suggested_by_path(machine: Machine) -> None:
    machine.usb("1-3", 0x1A86, 0x7523, (VENDOR_CLASS,))
    machine.tty("1-3", "ttyUSB0", by_id="usb-1a86_USB_Serial-if00-port0", by_path="pci-0000:00-usb-0:3:1.0-port0")
    assert only(machine).address == f"serial://{machine.dev('serial/by-path/pci-0000:00-usb-0:3:1.0-port0')}"


def test_without_links_the_kernels_name_has_to_do(machine: Machine) -> None:
    machine.usb("1-3", 0x1A86, 0x7523, (VENDOR_CLASS,))
    machine.tty("1-3", "ttyUSB0")
    assert only(machine).address == f"serial://{machine.dev('ttyUSB0')}"


def test_ports_of_the_machine_are_listed_and_names_without_a_port_are_not(machine: Machine) -> None:
    machine.board_tty("ttyS0", uart="4")
    machine.board_tty("ttyS1", uart="0")
    machine.console("tty1")
    device = only(machine)
    assert (device.address, device.vendor_id, device.model) == (f"serial://{machine.dev('ttyS0')}", None, "ttyS0")


def test_what_nobody_knows_is_listed_as_unknown(machine: Machine) -> None:
    machine.usb("1-5", 0x1234, 0x5678, (0x0E,), name="ACME Kamera")
    device = only(machine)
    assert (device.kind_guess, device.address, device.medium) == (Kind.UNKNOWN, "", None)
    assert (device.maker, device.model) == ("ACME", "Kamera")


def test_printers_come_first_and_hubs_not_at_all(machine: Machine) -> None:
    machine.usb("1-1", 0x05E3, 0x0610, (HUB_CLASS,))
    machine.usb("1-1.1", 0x046D, 0xC31C, (INPUT_CLASS,))
    machine.usb("1-1.2", 0x04B8, 0x0202, (VENDOR_CLASS,))
    assert [device.kind_guess for device in found(machine.places)] == [Kind.PRINTER, Kind.INPUT]


def test_a_device_that_vanishes_while_it_is_read_was_not_there(machine: Machine) -> None:
    machine.usb("1-1", 0x04B8, 0x0202, (VENDOR_CLASS,))
    shutil.rmtree((machine.root / "sys/bus/usb/devices/1-1").resolve())
    assert found(machine.places) == []


def test_a_machine_without_usb_has_no_usb_devices(tmp_path: Path) -> None:
    (tmp_path / "sys").mkdir()
    assert found(Places(tmp_path / "sys", tmp_path, tmp_path)) == []


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("usb://04B8:0E28?serial=J4FF012345", True),
        ("usb://04b8:0e28?port=1-1.4", True),
        ("usb://04b8:0e28", True),
        ("usblp://04b8:0e28?port=1-1.4", True),
        ("usblp://{dev}/usb/lp0", True),
        ("usblp://{dev}/usb/lp1", False),
        ("usb://04b8:0e28?serial=OTHER", False),
        ("usb://04b8:0202", False),
        ("tcp://192.168.1.50", False),
        ("serial://{dev}/usb/lp9", False),
        ("usb://[", False),
    ],
)
def test_a_configured_address_is_recognised_however_it_is_written(
    machine: Machine, address: str, reached: bool
) -> None:
    machine.usb("1-1.4", 0x04B8, 0x0E28, (PRINTER_CLASS,), "J4FF012345")
    machine.usblp("1-1.4", "lp0")
    assert only(machine).is_reached_by(address.replace("{dev}", machine.dev("").rstrip("/"))) is reached


def test_a_serial_line_is_recognised_by_each_of_its_names_and_with_options(machine: Machine) -> None:
    machine.usb("1-3", 0x0403, 0x6001, (VENDOR_CLASS,), "A5")
    machine.tty("1-3", "ttyUSB0", by_id="usb-A5", by_path="pci-3")
    device = only(machine)
    for name in ("ttyUSB0", "serial/by-id/usb-A5", "serial/by-path/pci-3"):
        assert device.is_reached_by(f"serial://{machine.dev(name)}?baud=9600&flow=xonxoff")


def test_the_identity_outlives_a_driver_and_not_a_replug(machine: Machine) -> None:
    machine.usb("1-1", 0x04B8, 0x0E28, (PRINTER_CLASS,), "J4")
    bare = only(machine).identity
    machine.usblp("1-1", "lp0")
    assert only(machine).identity == bare
    (machine.root / "sys/devices/pci0000:00/usb1/1-1/devnum").write_text("9\n")
    assert only(machine).identity != bare


@given(st.lists(st.integers(0, 255), max_size=5), st.data())
def test_descriptors_cut_anywhere_never_add_a_class(classes: list[int], data: st.DataObject) -> None:
    whole = descriptors(*classes)
    assert interface_classes(whole) == frozenset(classes)
    assert interface_classes(whole[: data.draw(st.integers(0, len(whole)))]) <= frozenset(classes)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_to_an_end(noise: bytes) -> None:
    assert all(0 <= number <= 255 for number in interface_classes(noise))


def test_a_maker_of_printers_is_no_maker_of_adapters() -> None:
    assert not PRINTER_MAKERS.keys() & ADAPTERS.keys()
