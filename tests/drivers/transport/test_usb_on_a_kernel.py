"""USB printers on a real kernel: `usblp`, libusb, udevd and the kernel's own USB stack, both ways with the same promises."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.discovery.hotplug import Hotplug
from drivers.discovery.settling import ChangeKind
from drivers.errors import DeviceUnavailable, LinkLost, Reason
from drivers.media import transport_factory
from drivers.printing.job import JobLimits
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobState, Proof
from tests.drivers.transport.peers import soon
from tests.drivers.transport.till import Till, till
from tests.rigs.kernel.gadget import Plug, UsbPrinter, absent, plugged_in

pytestmark = pytest.mark.skipif(absent() is not None, reason=absent() or "")

SERIAL = "04b8:0e28?serial=J4FF012345"
MEDIA = ["usblp", "usb"]
LONG = bytes(range(32, 127)) * 420
LIMITS = ActorLimits(job=JobLimits(progress=5.0), close=0.5, retry_first=0.05, retry_most=0.2, look_blocked=1.0)


@pytest.fixture
async def printer() -> AsyncIterator[UsbPrinter]:
    async with plugged_in() as there:
        yield there


async def stopped_in_a_receipt(here: Till, printer: UsbPrinter) -> None:
    """One receipt is printed, the next one stops after 1,500 bytes."""
    await here.prints(b"bon-0")
    printer.server.switch("stall_after_bytes", 1500)
    here.submit(b"bon-1")
    await printer.stalled()


@pytest.mark.parametrize(
    "address", ["usblp:///dev/usb/lp0", f"usblp://{SERIAL}", "usblp://04b8:0e28?port=1-1", f"usb://{SERIAL}"]
)
async def test_a_receipt_is_printed_once_the_printer_says_so(printer: UsbPrinter, address: str) -> None:
    async with till(transport_factory(address), LIMITS) as here:
        assert (await here.prints(b"bon-1")).proof is Proof.PROCESS_ID
    assert printer.server.state().cuts == 1
    assert printer.server.dirt == (f"{printer.gadget.node.name} is still connected",)


@pytest.mark.parametrize("medium", MEDIA)
async def test_unplugged_in_the_middle_leaves_a_doubt_and_the_same_address_prints_after_the_replug(
    printer: UsbPrinter, medium: str
) -> None:
    async with till(transport_factory(f"{medium}://{SERIAL}"), LIMITS) as here:
        await stopped_in_a_receipt(here, printer)
        printer.pull()
        evidence = await here.ledger.reaches(b"bon-1", JobState.UNCERTAIN)
        assert (evidence.reason, evidence.proof) == (Reason.LINK_LOST, None)
        assert 1500 <= (evidence.bytes_accepted or 0) < 4096
        printer.server.power_cycle()
        printer.server.switch("stall_after_bytes", False)
        await printer.plug()
        assert (await here.prints(b"bon-2")).proof is Proof.PROCESS_ID
        assert here.ledger.state(b"bon-1") is JobState.UNCERTAIN


@pytest.mark.parametrize("medium", MEDIA)
async def test_a_printer_that_stops_taking_leaves_a_doubt(printer: UsbPrinter, medium: str) -> None:
    async with till(transport_factory(f"{medium}://{SERIAL}"), LIMITS) as here:
        await stopped_in_a_receipt(here, printer)
        evidence = await here.ledger.reaches(b"bon-1", JobState.UNCERTAIN)
        assert evidence.reason in {Reason.NOT_READING, Reason.ANSWER_OVERDUE}
        printer.server.switch("stall_after_bytes", False)
        assert (await here.prints(b"bon-2")).proof is Proof.PROCESS_ID


@pytest.mark.parametrize("medium", MEDIA)
async def test_every_byte_counted_while_the_printer_stalls_arrives_and_no_other(
    printer: UsbPrinter, medium: str
) -> None:
    """The kernel may have taken a block that the printer has not, and a transfer may be called back half way."""
    transport = transport_factory(f"{medium}://{SERIAL}")()
    await transport.open(soon())
    printer.server.switch("stall_after_bytes", 5000)
    accepted = await transport.send(LONG, soon(1.0))
    assert 5000 <= accepted < len(LONG)
    printer.server.switch("stall_after_bytes", False)
    accepted += await transport.send(LONG[accepted:], soon(30))
    assert accepted == len(LONG)
    await transport.close(soon())
    await printer.has_received(len(LONG))
    assert printer.link is not None
    assert printer.link.received == LONG


async def test_closing_waits_for_the_block_that_usblp_has_and_the_printer_has_not(printer: UsbPrinter) -> None:
    """The kernel calls back what is not on the wire when the file is closed, though it was counted as written."""
    transport = transport_factory(f"usblp://{SERIAL}")()
    await transport.open(soon())
    printer.server.switch("stall_after_bytes", 5000)
    accepted = await transport.send(LONG, soon(1.0))
    closing = asyncio.create_task(transport.close(soon(30)))
    done, _pending = await asyncio.wait({closing}, timeout=0.2)
    assert not done
    printer.server.switch("stall_after_bytes", False)
    await closing
    await printer.has_received(accepted)
    assert printer.link is not None
    assert printer.link.received == LONG[:accepted]


@pytest.mark.parametrize("medium", MEDIA)
async def test_unplugging_ends_a_read_and_a_closed_transport_opens_again_after_the_replug(
    printer: UsbPrinter, medium: str
) -> None:
    transport = transport_factory(f"{medium}://{SERIAL}")()
    await transport.open(soon())
    printer.pull()
    with pytest.raises(LinkLost):
        await transport.read(soon(10))
    await transport.close(soon(0.5))
    with pytest.raises(DeviceUnavailable) as caught:
        await transport.open(soon())
    assert caught.value.reason is Reason.DEVICE_ABSENT
    await printer.plug()
    await transport.open(soon())
    await transport.close(soon(0.5))


async def test_libusb_takes_the_printer_from_usblp_and_gives_it_back(printer: UsbPrinter) -> None:
    transport = transport_factory(f"usb://{SERIAL}")()
    assert lp_files() == ["lp0"]
    await transport.open(soon())
    assert lp_files() == []
    await transport.close(soon())
    assert lp_files() == ["lp0"]


def lp_files() -> list[str]:
    return sorted(path.name for path in Path("/dev/usb").glob("lp*"))


@pytest.mark.parametrize("medium", MEDIA)
async def test_who_holds_the_printer_keeps_it(printer: UsbPrinter, medium: str) -> None:
    first, second = transport_factory(f"{medium}://{SERIAL}")(), transport_factory(f"{medium}://{SERIAL}")()
    await first.open(soon())
    with pytest.raises(DeviceUnavailable) as caught:
        await second.open(soon())
    assert caught.value.reason is Reason.PORT_IN_USE
    await first.close(soon())


@pytest.mark.parametrize("medium", MEDIA)
async def test_two_equal_printers_are_told_apart(printer: UsbPrinter, medium: str) -> None:
    async with plugged_in(Plug(port=1, serial="J4FF099999")) as twin:
        for address, meant in (("serial=J4FF099999", twin), ("port=1-1", printer)):
            transport = transport_factory(f"{medium}://04b8:0e28?{address}")()
            await transport.open(soon())
            await transport.send(b"\x1b@receipt\n", soon())
            await transport.close(soon())
            await meant.has_received(10)
        assert [len(one.link.received) for one in (printer, twin) if one.link is not None] == [10, 10]


async def test_the_list_of_devices_names_it_by_a_stable_address(printer: UsbPrinter) -> None:
    listing = await asyncio.to_thread(run, sys.executable, "-m", "branchgate", "devices", "list", "--json")
    device = next(one for one in json.loads(listing)["devices"] if one["port"] == "1-1")
    assert (device["address"], device["maker"], device["model"]) == (f"usblp://{SERIAL}", "EPSON", "TM-T20III")
    assert device["addresses"] == [f"usblp://{SERIAL}", f"usb://{SERIAL}"]
    assert "/dev/usb/lp0" in device["nodes"]


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_following_devices_hears_a_replug(printer: UsbPrinter) -> None:
    async with Hotplug(quiet=0.2) as hotplug:
        assert "J4FF012345" in [device.serial for device in hotplug.present]
        changes = hotplug.changes()
        printer.pull()
        gone = await anext(changes)
        await printer.plug()
        back = await anext(changes)
        assert (gone.device.serial, back.device.serial) == ("J4FF012345", "J4FF012345")
        assert (gone.kind, back.kind) == (ChangeKind.UNPLUGGED, ChangeKind.PLUGGED)


async def test_udevd_takes_the_shipped_rules_and_gives_both_files_to_the_group(printer: UsbPrinter) -> None:
    file = Path("/dev/usb/lp0")
    device = Path("/sys/bus/usb/devices/1-1")
    number = int((device / "devnum").read_text())
    node = Path(f"/dev/bus/usb/001/{number:03}")
    assert [(one.group(), oct(one.stat().st_mode & 0o777)) for one in (file, node)] == [("lp", "0o660")] * 2
    told = await asyncio.to_thread(subprocess.run, ["udevadm", "test", str(device)], capture_output=True, text=True)
    assert told.returncode == 0
    assert "70-branchgate.rules" in told.stderr
    complaints = [line for line in told.stderr.splitlines() if "70-branchgate.rules" in line and "nvalid" in line]
    assert not complaints
    assert "ID_MM_DEVICE_IGNORE=1" in told.stdout
