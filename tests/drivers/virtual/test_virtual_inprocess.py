from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from drivers.errors import AddressInvalid, DeviceUnavailable, LinkLost, Reason
from drivers.escpos.profile import PROFILES
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.states import JobState, Proof
from drivers.transport.contract import Transport
from drivers.trial_page import trial_page
from drivers.virtual.faults import Faults
from drivers.virtual.inprocess import parse_virtual, virtual_factory
from tests.drivers.virtual.jobs import fence, fence_reply, receipt
from tests.rigs.patience import until


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def heard(transport: Transport, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += await transport.read(soon())
    return data


def test_everything_about_the_printer_stands_in_its_address(tmp_path: Path) -> None:
    address = parse_virtual(
        f"virtual:front?paper={tmp_path}&control={tmp_path}/c&columns=32&speed=150&baud=38400&buffer=45"
        "&drawer_shuts_after=0&fault=paper-out&fault=stall-after-bytes=4096"
    )
    assert (str(address), address.paper, address.control) == ("virtual:front", tmp_path, tmp_path / "c")
    assert (address.settings.columns, address.settings.speed_mm_s, address.baud) == (32, 150, 38400)
    assert (address.settings.buffer_bytes, address.settings.drawer_shuts_after_ms) == (45, None)
    assert address.faults == Faults(paper_out=True, stall_after_bytes=4096)


@pytest.mark.parametrize("text", ["virtual:front", "virtual://front", " VIRTUAL:front "])
def test_a_name_is_all_an_address_needs(text: str) -> None:
    assert str(parse_virtual(text)) == "virtual:front"


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("virtual:", "name", ""),
        ("virtual:front/left", "name", "front/left"),
        ("virtual:front?colums=32", "colums", "32"),
        ("virtual:front?columns=2", "columns", "2"),
        ("virtual:front?columns=32&columns=48", "columns", "48"),
        ("virtual:front?baud=fast", "baud", "fast"),
        ("virtual:front?paper=", "paper", ""),
        ("virtual:front?fault=paper", "fault", "paper"),
        ("tcp://front", "scheme", "tcp"),
        ("virtual://[", "address", "virtual://["),
    ],
)
def test_an_address_with_a_mistake_is_refused_and_the_mistake_named(text: str, field: str, value: str) -> None:
    with pytest.raises(AddressInvalid) as refused:
        parse_virtual(text)
    assert (refused.value.field, refused.value.value) == (field, value)


async def test_a_receipt_is_printed_into_the_folder_and_confirmed(tmp_path: Path) -> None:
    transport = transport_factory(f"virtual:front?paper={tmp_path}/paper")()
    await transport.open(soon())
    job = receipt(4711) + fence(b"AB01")
    assert await transport.send(job, soon()) == len(job)
    assert await heard(transport, 7) == fence_reply(b"AB01")
    assert await transport.close(soon()) == b""


async def test_an_actor_prints_on_it_as_on_any_printer() -> None:
    ledger = MemoryLedger()
    profile = PROFILES["generic-80"]
    actor = PrinterActor("theke", transport_factory("virtual:theke"), ledger, profile, lambda: 0)
    running = asyncio.create_task(actor.run())
    await until(lambda: actor.status.confirms_prints is not None, "a word on whether it confirms prints")
    ledger.add(MemoryJob(b"bon-1", trial_page("virtual:theke", profile)))
    actor.wake()
    await until(lambda: ledger.state(b"bon-1") is JobState.PRINTED, "the printed page")
    assert ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_one_factory_has_one_printer_however_often_it_is_opened() -> None:
    opened = transport_factory("virtual:front")
    counts = []
    for _ in range(2):
        transport = opened()
        await transport.open(soon())
        await transport.send(receipt(1) + b"\x1dg2\x00\xb2\x00", soon())
        counts.append(await heard(transport, 3))
        await transport.close(soon())
    assert counts == [b"\x5f1\x00", b"\x5f2\x00"]


async def test_two_factories_of_one_address_share_nothing() -> None:
    address = parse_virtual("virtual:front")
    counts = []
    for opened in (virtual_factory(address), virtual_factory(address)):
        transport = opened()
        await transport.open(soon())
        await transport.send(receipt(1) + b"\x1dg2\x00\xb2\x00", soon())
        counts.append(await heard(transport, 3))
        await transport.close(soon())
    assert counts == [b"\x5f1\x00", b"\x5f1\x00"]


async def test_a_second_host_is_refused_while_the_first_is_connected() -> None:
    opened = transport_factory("virtual:front")
    first, second = opened(), opened()
    await first.open(soon())
    with pytest.raises(DeviceUnavailable) as refused:
        await second.open(soon())
    assert refused.value.reason is Reason.CONNECTION_REFUSED
    await first.close(soon())
    await second.open(soon())
    await second.close(soon())


async def test_a_printer_out_of_paper_holds_the_host_and_counts_what_it_took() -> None:
    transport = transport_factory("virtual:front?fault=paper-out")()
    await transport.open(soon())
    accepted = await transport.send(b"x" * 100_000, soon(0.05))
    assert 4096 <= accepted <= 2 * 4096
    assert await transport.close(soon(0.05)) == b""


async def test_a_broken_link_is_lost_for_the_host_and_can_be_opened_again() -> None:
    opened = transport_factory("virtual:front?fault=disconnect-after-bytes=10")
    transport = opened()
    await transport.open(soon())
    assert await transport.send(b"Bon 1\n" * 100, soon()) > 0
    with pytest.raises(LinkLost):
        await transport.read(soon())
    with pytest.raises(LinkLost):
        await transport.send(b"x", soon())
    await transport.close(soon())
    again = opened()
    await again.open(soon())
    await again.send(b"\x10\x04\x04", soon())
    assert await heard(again, 1) == b"\x12"
    await again.close(soon())


async def test_a_printer_that_refuses_is_unavailable_until_it_is_mended_over_the_control_socket(tmp_path: Path) -> None:
    opened = transport_factory(f"virtual:front?control={tmp_path}/c&fault=refuse-connections")
    with pytest.raises(DeviceUnavailable, match="refuse_connections"):
        await opened().open(soon())
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "c"))
    writer.write(b'{"fault": "refuse_connections", "on": false}\n')
    assert json.loads(await reader.readline())["ok"]
    transport = opened()
    await transport.open(soon())
    await transport.close(soon())
    writer.close()
    await writer.wait_closed()


async def test_a_place_that_cannot_be_opened_is_named_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder")
    opened = transport_factory(f"virtual:front?paper={tmp_path}/taken")
    with pytest.raises(DeviceUnavailable, match="taken"):
        await opened().open(soon())
    (tmp_path / "taken").unlink()
    transport = opened()
    await transport.open(soon())
    await transport.close(soon())


def test_the_printer_is_put_away_with_the_event_loop_and_all_its_paper_is_written(tmp_path: Path) -> None:
    """The loop cancels the printer and its writer in one go: slips that were drawn last had been thrown away."""

    async def day() -> None:
        transport = opened()
        await transport.open(soon())
        await transport.send(b"".join(receipt(number) for number in range(20)) + b"Rest\n" + fence(b"AB01"), soon())
        await heard(transport, 7)

    opened = transport_factory(f"virtual:front?paper={tmp_path}&control={tmp_path}/c")
    for _ in range(2):
        asyncio.run(day())
        assert not (tmp_path / "c").exists()
    lines = (tmp_path / "paper.jsonl").read_text("utf-8").splitlines()
    slips = [record for record in map(json.loads, lines) if record["kind"] == "slip"]
    assert [slip["complete"] for slip in slips] == ([True] * 20 + [False]) * 2
    assert all((tmp_path / slip["png"]).exists() for slip in slips)
