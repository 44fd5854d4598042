"""Which printer serves which register."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.ids import new_event_id
from gateway.config import Device, DrawerWiring
from gateway.printing import PrintState
from gateway.printing.advice import advice
from gateway.routing import Routes
from gateway.rpc.printing import job_message
from tests.gateway.printing.shop import SETTINGS, device_at, open_shop, roles, virtual_printer


def device(name: str, *, drawer: bool = False) -> Device:
    return Device(name=name, address="tcp://127.0.0.1:9100", drawer=DrawerWiring() if drawer else None)


def test_a_register_s_own_role_wins_over_the_branch_s() -> None:
    routes = Routes(
        (device("a"), device("b"), device("c")),
        roles(("", "receipt", "a"), ("kasse-1", "receipt", "b"), ("", "kitchen", "c")),
    )
    assert routes.printer_for("kasse-1", "receipt") == "b"
    assert routes.printer_for("kasse-2", "receipt") == "a"
    assert routes.printer_for("kasse-2", "kitchen") == "c"
    assert routes.printer_for("kasse-2", "label") is None


def test_the_only_printer_needs_no_role_for_receipts_and_gets_nothing_else() -> None:
    routes = Routes((device("a"),), SETTINGS)
    assert routes.printer_for("kasse-1", "receipt") == "a"
    assert routes.printer_for("kasse-1", "kitchen") is None


def test_a_role_for_a_device_that_is_not_here_counts_for_nothing() -> None:
    settings = roles(("kasse-1", "receipt", "sold"), ("", "receipt", "b"))
    assert Routes((device("a"), device("b")), settings).printer_for("kasse-1", "receipt") == "b"


def test_the_drawer_hangs_where_its_role_says_or_at_the_receipt_printer() -> None:
    devices = (device("a", drawer=True), device("b", drawer=True), device("c"))
    assert Routes(devices, roles(("kasse-1", "drawer", "b"))).drawer_for("kasse-1") == "b"
    assert Routes(devices, roles(("kasse-1", "receipt", "a"))).drawer_for("kasse-1") == "a"
    assert Routes(devices, roles(("kasse-1", "receipt", "c"))).drawer_for("kasse-1") is None
    assert Routes((device("a", drawer=True), device("c")), None).drawer_for("kasse-1") == "a"


async def test_each_register_prints_where_its_role_says(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        devices = (device_at(front, "front"), device_at(back, "back"))
        async with open_shop(tmp_path, *devices, settings=roles(("", "receipt", "back"))) as shop:
            await shop.reaches(await shop.sell(), PrintState.PRINTED)
            assert (len(front.printer.slips), len(back.printer.slips)) == (0, 1)


THREE_REGISTERS = roles(
    ("", "receipt", "front"),
    ("kasse-3", "receipt", "back"),
    ("", "kitchen", "back"),
    ("kasse-2", "label", "front"),
)


@pytest.mark.parametrize(
    ("register", "role", "printer"),
    [
        ("kasse-1", "receipt", "front"),
        ("kasse-1", "kitchen", "back"),
        ("kasse-1", "label", ""),
        ("kasse-2", "receipt", "front"),
        ("kasse-2", "kitchen", "back"),
        ("kasse-2", "label", "front"),
        ("kasse-3", "receipt", "back"),
        ("kasse-3", "kitchen", "back"),
        ("kasse-3", "pickup", ""),
    ],
)
async def test_three_registers_share_two_printers_by_role(
    tmp_path: Path, register: str, role: str, printer: str
) -> None:
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        printers = {"front": front, "back": back}
        devices = (device_at(front, "front"), device_at(back, "back"))
        async with open_shop(tmp_path, *devices, settings=THREE_REGISTERS) as shop:
            event = await shop.sell(role=role, register_id=register)
            if not printer:
                (job,) = shop.jobs_of(event)
                assert (job.state, job.printer, job.reason) == (PrintState.BLOCKED, "", "NO_DEVICE_FOR_ROLE")
                assert f"für die Rolle „{role}“ kein Drucker zugeordnet" in advice(job, "de")
                return
            job = await shop.reaches(event, PrintState.PRINTED)
            assert (job.printer, job.role, job.register_id) == (printer, role, register)
            assert {name: len(server.printer.slips) for name, server in printers.items()} == {
                name: int(name == printer) for name in printers
            }


async def test_the_kitchen_gets_a_copy_of_a_receipt_that_was_printed(tmp_path: Path) -> None:
    """Whatever the role, one unmarked original: what is asked for next, on another printer, is marked."""
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        devices = (device_at(front, "front"), device_at(back, "back"))
        async with open_shop(tmp_path, *devices, settings=THREE_REGISTERS) as shop:
            event = await shop.sell()
            await shop.reaches(event, PrintState.PRINTED)
            await shop.desk.print_receipt(new_event_id(1), event, "kitchen", register_id="kasse-2")
            copy = await shop.reaches(event, PrintState.PRINTED, copy_number=1)
            assert (copy.printer, copy.role, copy.register_id) == ("back", "kitchen", "kasse-2")
            assert [slip.copy for slip in (*front.printer.slips, *back.printer.slips)] == [False, True]


async def test_a_receipt_that_waits_for_a_device_that_is_not_here_names_it(tmp_path: Path) -> None:
    """It said that no printer was assigned, although central had assigned one: by a name that the gateway does not have."""
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        devices = (device_at(front, "front"), device_at(back, "back"))
        async with open_shop(tmp_path, *devices, settings=roles(("", "receipt", "nix"))) as shop:
            (job,) = shop.jobs_of(await shop.sell())
            missing = shop.desk.routes.missing_for(job.register_id, job.role)
            assert (
                "den Drucker „nix“, der an diesem Gateway nicht eingerichtet ist" in job_message(job, missing).advice_de
            )
            await shop.desk.use_settings(roles(("", "receipt", "front")))
            await shop.reaches(job.event_id, PrintState.PRINTED)


async def test_a_wish_without_a_printer_waits_and_is_printed_once_there_is_a_role(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        devices = (device_at(front, "front"), device_at(back, "back"))
        async with open_shop(tmp_path, *devices) as shop:
            event = await shop.sell()
            (job,) = shop.jobs_of(event)
            assert (job.state, job.printer, job.reason) == (PrintState.BLOCKED, "", "NO_DEVICE_FOR_ROLE")
            assert "Bitte in der Zentrale eine Geräterolle setzen" in advice(job, "de")
            await shop.desk.use_settings(roles(("", "receipt", "front")))
            await shop.reaches(event, PrintState.PRINTED)
            assert (len(front.printer.slips), len(back.printer.slips)) == (1, 0)


async def test_a_waiting_receipt_follows_its_role_to_another_printer(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as broken, virtual_printer(tmp_path) as spare:
        broken.switch("cover_open", True)
        devices = (device_at(broken, "broken"), device_at(spare, "spare"))
        async with open_shop(tmp_path, *devices, settings=roles(("", "receipt", "broken"))) as shop:
            event = await shop.sell()
            await shop.until(lambda: shop.jobs_of(event)[0].reason == "COVER_OPEN")
            await shop.desk.use_settings(roles(("", "receipt", "spare")))
            await shop.reaches(event, PrintState.PRINTED)
            broken.switch("cover_open", False)
            await shop.reaches(await shop.sell(2), PrintState.PRINTED)
            assert (len(broken.printer.slips), len(spare.printer.slips)) == (0, 2)


async def test_without_the_shop_s_address_nothing_is_printed(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer), settings=None) as shop:
        event = await shop.sell()
        assert shop.jobs_of(event)[0].reason == "BRANCH_SETTINGS_MISSING"
        await shop.desk.use_settings(SETTINGS)
        await shop.reaches(event, PrintState.PRINTED)
