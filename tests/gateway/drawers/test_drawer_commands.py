"""A drawer opens once per command, now or not at all, and the journal knows who and why."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from branchgate.errors import Refused, TryAgain
from branchgate.ids import new_event_id
from drivers.virtual.events import DrawerPulsed, PrinterEvent
from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings
from gateway.config import Device, DrawerWiring
from gateway.drawers import DrawerAnswer, DrawerResult
from gateway.drawers.commands import StoredCommand, insert
from gateway.drawers.desk import MOST_WAITING
from tests.gateway.printing.shop import REGISTER, WITH_DRAWER, Shop, device_at, open_shop, virtual_printer

STAYS_OPEN = PrinterSettings(drawer_shuts_after_ms=None)


async def opened(shop: Shop, command: bytes, **more: Any) -> DrawerAnswer:
    return await shop.drawers.open_drawer(command, REGISTER, "anna", "SALE", **more)


async def test_a_drawer_that_opens_is_seen_by_its_sensor_and_journaled(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
    ):
        await connected(shop)
        assert await opened(shop, new_event_id(1)) == DrawerAnswer(DrawerResult.OPENED)
        (opening,) = shop.openings()
        assert (opening.drawer, opening.user_id, opening.reason, opening.outcome) == (
            "bon",
            "anna",
            "SALE",
            "OPENED",
        )


async def test_the_same_command_again_gives_the_same_answer_and_no_second_pulse(tmp_path: Path) -> None:
    events: list[PrinterEvent] = []
    server = VirtualPrinterServer(VirtualPrinter(STAYS_OPEN), on_event=events.append)
    async with server, open_shop(tmp_path, device_at(server, drawer=WITH_DRAWER)) as shop:
        await connected(shop)
        command = new_event_id(1)
        both = await asyncio.gather(opened(shop, command), opened(shop, command))
        assert {answer.result for answer in (*both, await opened(shop, command))} == {DrawerResult.OPENED}
        assert sum(isinstance(event, DrawerPulsed) for event in events) == 1
        assert len(shop.openings()) == 1


async def test_a_locked_drawer_is_reported_as_not_opened(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
    ):
        await connected(shop)
        assert (await opened(shop, new_event_id(1))).result is DrawerResult.OPENED
        printer.move_drawer(open_it=False)
        printer.switch("drawer_never_opens", True)
        answer = await opened(shop, new_event_id(2))
        assert answer == DrawerAnswer(DrawerResult.NOT_OPENED, "DRAWER_DID_NOT_MOVE")


async def test_without_a_sensor_nobody_knows(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(drawer_no_sensor=True)) as printer,
        open_shop(tmp_path, device_at(printer, drawer=DrawerWiring(sensor="none"))) as shop,
    ):
        await connected(shop)
        answer = await opened(shop, new_event_id(1))
        assert answer == DrawerAnswer(DrawerResult.UNKNOWN, "DRAWER_WITHOUT_SENSOR")


async def test_a_command_that_nobody_obeys_in_time_is_dead(tmp_path: Path) -> None:
    """The printer's task is not running: nothing may open later, when somebody else stands there."""
    async with virtual_printer(tmp_path) as printer:
        device = device_at(printer, drawer=WITH_DRAWER)
        async with open_shop(tmp_path, device, running=False) as idle:
            answer = await opened(idle, new_event_id(1), lives_ms=20)
            assert answer.result is DrawerResult.EXPIRED
        async with open_shop(tmp_path, device) as shop:
            await connected(shop)
            assert not printer.state().drawer_open
            assert [opening.outcome for opening in shop.openings()] == ["EXPIRED"]


async def test_a_command_under_way_at_a_stop_is_unknown_and_never_obeyed_again(tmp_path: Path) -> None:
    command = StoredCommand(new_event_id(1), REGISTER, "bon", "SALE", "anna", b"", 1, 2**60)
    async with virtual_printer(tmp_path) as printer:
        device = device_at(printer, drawer=WITH_DRAWER)
        async with open_shop(tmp_path, device, running=False) as stopped:
            await stopped.writer.submit(lambda connection: insert(connection, command))
        async with open_shop(tmp_path, device) as shop:
            await connected(shop)
            assert await opened(shop, command.command_id) == DrawerAnswer(DrawerResult.UNKNOWN, "RESTARTED")
            assert [opening.outcome for opening in shop.openings()] == ["UNKNOWN"]
            assert not printer.state().drawer_open


async def test_commands_that_cannot_be_are_refused(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer), running=False) as shop:
        for more, reason in (
            ({"lives_ms": 10_001}, "INVALID_VALUE"),
            ({"receipt_event_id": b"x"}, "INVALID_VALUE"),
            ({"drawer": "cellar"}, "DEVICE_NOT_FOUND"),
            ({"drawer": "bon"}, "NO_DRAWER"),
            ({}, "NO_DRAWER"),
        ):
            with pytest.raises(Refused) as refused:
                await opened(shop, new_event_id(1), **more)
            assert refused.value.reason == reason
        with pytest.raises(Refused, match="INVALID_VALUE"):
            await opened(shop, b"short")


async def test_a_command_id_of_another_register_or_drawer_is_refused(tmp_path: Path) -> None:
    """It was answered with the other command's OPENED, although the drawer in question never moved."""
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(
            tmp_path,
            device_at(printer, drawer=WITH_DRAWER),
            Device(name="cellar", address="tcp://127.0.0.1:9", drawer=WITH_DRAWER),
            running=False,
        ) as shop,
    ):
        command = new_event_id(1)
        first = asyncio.create_task(opened(shop, command, drawer="bon", lives_ms=200))
        await asyncio.sleep(0)
        for _when in ("under way", "answered"):
            for register, drawer in (("kasse-2", "bon"), (REGISTER, "cellar")):
                with pytest.raises(Refused) as refused:
                    await shop.drawers.open_drawer(command, register, "berta", "SALE", drawer=drawer)
                assert (refused.value.reason, refused.value.field) == ("REQUEST_ID_REUSED", "command_id")
            assert await opened(shop, command, drawer="bon") == await first
        assert [opening.drawer for opening in shop.openings()] == ["bon"]


async def test_a_register_that_floods_a_drawer_is_told_to_wait_and_others_are_not(tmp_path: Path) -> None:
    """Two hundred commands of one register at once were all taken, and each of them came before the next receipt."""
    async with (
        virtual_printer(tmp_path) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER), running=False) as shop,
    ):
        taken = [asyncio.create_task(opened(shop, new_event_id(n), lives_ms=500)) for n in range(MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(TryAgain) as told:
            await opened(shop, new_event_id(100))
        assert (told.value.reason, told.value.value) == ("DRAWER_BUSY", "bon")
        other = await shop.drawers.open_drawer(new_event_id(101), "kasse-2", "berta", "SALE", lives_ms=20)
        assert {answer.result for answer in (*await asyncio.gather(*taken), other)} == {DrawerResult.EXPIRED}
        assert len(shop.openings()) == MOST_WAITING + 1


async def connected(shop: Shop) -> None:
    """A printed receipt is the sign that the printer's task has its link and knows the drawer's level."""
    event = await shop.sell()
    await shop.until(lambda: shop.jobs_of(event)[0].state.is_final)
