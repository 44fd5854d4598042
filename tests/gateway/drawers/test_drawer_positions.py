"""Drawers watched by the gateway: keys, hands, drawers left open, and what their sensors teach, over a real link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from branchgate.ids import new_event_id
from drivers.virtual.faults import Faults
from drivers.virtual.server import VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings
from gateway.config import Device, DrawerWiring
from gateway.drawers import DrawerAnswer, DrawerResult
from gateway.drawers.watch import FLUTTER_MS
from gateway.equipment import DeviceKind, DeviceState
from gateway.printing import PrintState
from tests.gateway.printing.shop import REGISTER, SOON_S, WITH_DRAWER, Shop, device_at, open_shop, virtual_printer
from tests.rigs.clock import TurnedClock

STAYS_OPEN = PrinterSettings(drawer_shuts_after_ms=None)
UNLEARNT = DrawerWiring()


def drawer(shop: Shop) -> DeviceState:
    state = shop.devices.board.state(DeviceKind.DRAWER, "bon")
    assert state is not None
    return state


async def until(shop: Shop, condition: Callable[[DeviceState], bool]) -> DeviceState:
    """Waits for the drawer on the board to be as wanted."""
    changed = asyncio.Event()
    stop = shop.devices.board.subscribe(lambda _notice: changed.set())
    try:
        async with asyncio.timeout(SOON_S):
            while not condition(drawer(shop)):
                changed.clear()
                await changed.wait()
    finally:
        stop()
    return drawer(shop)


async def journaled(shop: Shop, count: int) -> list[str]:
    """The outcomes of the journal's drawer events, once there are so many."""
    arrived = asyncio.Event()
    stop = shop.journal.follow(lambda _head: arrived.set())
    try:
        async with asyncio.timeout(SOON_S):
            while len(shop.openings()) < count:
                arrived.clear()
                await arrived.wait()
    finally:
        stop()
    return [opening.outcome for opening in shop.openings()]


def pass_time(shop: Shop, clock: TurnedClock, ms: int) -> None:
    """The gateway sleeps by another clock, so it is told to look."""
    clock.advance(ms)
    shop.drawers.positions.look()


async def acquainted(shop: Shop) -> None:
    """A printed receipt is the sign that the printer was asked everything and reports changes by itself."""
    await shop.reaches(await shop.sell(), PrintState.PRINTED)


async def kicked(shop: Shop, number: int) -> DrawerAnswer:
    return await shop.drawers.open_drawer(new_event_id(number), REGISTER, "anna", "NO_SALE")


async def test_a_drawer_opened_by_key_and_shut_again_stands_in_the_journal(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
    ):
        await until(shop, lambda state: state.drawer_open is False)
        await acquainted(shop)
        printer.move_drawer(open_it=True)
        state = await until(shop, lambda state: state.drawer_open is True)
        assert state.open_since_ms > 0
        printer.move_drawer(open_it=False)
        assert await journaled(shop, 2) == ["OPENED_BY_HAND", "SHUT"]
        opened, shut = shop.openings()
        assert (opened.drawer, opened.command_id, opened.user_id) == ("bon", b"", "")
        assert shut.opened_at_ms == opened.at_ms <= shut.at_ms


async def test_a_command_is_no_hand_and_its_end_is_journaled(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
    ):
        await until(shop, lambda state: state.drawer_open is False)
        await acquainted(shop)
        assert (await kicked(shop, 1)).result is DrawerResult.OPENED
        printer.move_drawer(open_it=False)
        assert await journaled(shop, 2) == ["OPENED", "SHUT"]
        command, end = shop.openings()
        assert end.command_id == command.command_id != b""


async def test_a_drawer_left_open_is_told_once_and_again_only_for_another_opening(tmp_path: Path) -> None:
    clock = TurnedClock()
    device_of = WITH_DRAWER.model_copy(update={"open_too_long_s": 60})
    async with virtual_printer(tmp_path, settings=STAYS_OPEN) as printer:
        async with open_shop(tmp_path, device_at(printer, drawer=device_of), clock=clock) as shop:
            await until(shop, lambda state: state.drawer_open is False)
            await acquainted(shop)
            printer.move_drawer(open_it=True)
            await until(shop, lambda state: state.drawer_open is True)
            pass_time(shop, clock, 60_000)
            state = await until(shop, lambda state: state.open_too_long is True)
            assert state.reason == "DRAWER_OPEN_TOO_LONG"
            assert await journaled(shop, 2) == ["OPENED_BY_HAND", "OPEN_TOO_LONG"]
        async with open_shop(tmp_path, device_at(printer, drawer=device_of), clock=clock) as shop:
            await until(shop, lambda state: state.open_too_long is True)
            clock.advance(600_000)
            printer.move_drawer(open_it=False)
            assert (await until(shop, lambda state: state.drawer_open is False)).reason == ""
            pass_time(shop, clock, FLUTTER_MS)
            assert await journaled(shop, 3) == ["OPENED_BY_HAND", "OPEN_TOO_LONG", "SHUT"]


async def test_a_contact_that_bounces_is_one_opening_in_the_journal(tmp_path: Path) -> None:
    """Five hands within a second would send somebody to look for a thief."""
    clock = TurnedClock()
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER), clock=clock) as shop,
    ):
        await until(shop, lambda state: state.drawer_open is False)
        await acquainted(shop)
        for _bounce in range(5):
            printer.move_drawer(open_it=True)
            await until(shop, lambda state: state.drawer_open is True)
            printer.move_drawer(open_it=False)
            await until(shop, lambda state: state.drawer_open is False)
            pass_time(shop, clock, FLUTTER_MS // 10)
        assert await journaled(shop, 1) == ["OPENED_BY_HAND"]
        pass_time(shop, clock, FLUTTER_MS)
        assert await journaled(shop, 2) == ["OPENED_BY_HAND", "SHUT"]


async def test_a_drawer_that_cannot_be_shut_is_told_once_until_it_can(tmp_path: Path) -> None:
    clock = TurnedClock()
    wiring = WITH_DRAWER.model_copy(update={"open_too_long_s": 60})
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=wiring), clock=clock) as shop,
    ):
        await until(shop, lambda state: state.drawer_open is False)
        await acquainted(shop)
        assert (await kicked(shop, 1)).result is DrawerResult.OPENED
        printer.switch("drawer_stuck", True)
        printer.move_drawer(open_it=False)
        assert await kicked(shop, 2) == DrawerAnswer(DrawerResult.OPENED, "DRAWER_ALREADY_OPEN")
        pass_time(shop, clock, 60_000)
        assert (await until(shop, lambda state: state.open_too_long is True)).reason == "DRAWER_OPEN_TOO_LONG"
        pass_time(shop, clock, 600_000)
        printer.switch("drawer_stuck", False)
        printer.move_drawer(open_it=False)
        assert (await until(shop, lambda state: state.drawer_open is False)).open_too_long is False
        pass_time(shop, clock, FLUTTER_MS)
        assert await journaled(shop, 4) == ["OPENED", "OPENED", "OPEN_TOO_LONG", "SHUT"]
        first, _second, late, end = shop.openings()
        assert late.command_id == end.command_id == first.command_id


@pytest.mark.parametrize(("inverted", "level"), [(False, "low"), (True, "high")])
async def test_two_openings_teach_the_level_and_a_restart_keeps_it(tmp_path: Path, inverted: bool, level: str) -> None:
    faults = Faults(drawer_inverted=inverted)
    async with virtual_printer(tmp_path, settings=STAYS_OPEN, faults=faults) as printer:
        async with open_shop(tmp_path, device_at(printer, drawer=UNLEARNT)) as shop:
            await acquainted(shop)
            assert await kicked(shop, 1) == DrawerAnswer(DrawerResult.UNKNOWN, "DRAWER_LEVEL_UNKNOWN")
            assert (drawer(shop).open_level, drawer(shop).drawer_open) == ("", None)
            await shut(printer)
            assert await kicked(shop, 2) == DrawerAnswer(DrawerResult.OPENED)
            state = drawer(shop)
            assert (state.open_level, state.level_source, state.drawer_open) == (level, "learnt", True)
            assert [opening.outcome for opening in shop.openings()] == ["UNKNOWN", "OPENED"]
        async with open_shop(tmp_path, device_at(printer, drawer=UNLEARNT)) as shop:
            assert (await until(shop, lambda state: state.drawer_open is True)).open_level == level


async def test_a_level_configured_the_wrong_way_round_is_told(tmp_path: Path) -> None:
    wrong = DrawerWiring(open_level="high")
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=wrong)) as shop,
    ):
        await acquainted(shop)
        assert (await kicked(shop, 1)).reason == "DRAWER_LEVEL_CONTRADICTED"
        assert drawer(shop).reason == ""
        await shut(printer)
        assert (await kicked(shop, 2)).reason == "DRAWER_LEVEL_CONTRADICTED"
        state = drawer(shop)
        assert (state.reason, state.open_level, state.learnt_level) == ("DRAWER_LEVEL_CONTRADICTED", "high", "low")


async def test_a_sensor_that_never_moves_is_told(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(drawer_no_sensor=True)) as printer,
        open_shop(tmp_path, device_at(printer, drawer=UNLEARNT)) as shop,
    ):
        await acquainted(shop)
        reasons = [(await kicked(shop, number)).reason for number in (1, 2, 3)]
        assert reasons == ["DRAWER_LEVEL_UNKNOWN", "DRAWER_LEVEL_UNKNOWN", "DRAWER_SENSOR_DEAD"]
        assert (drawer(shop).reason, drawer(shop).drawer_open) == ("DRAWER_SENSOR_DEAD", None)


@pytest.mark.parametrize(("fault", "reason"), [("paper_out", "PAPER_OUT"), ("cover_open", "COVER_OPEN")])
async def test_a_printer_that_cannot_print_opens_the_drawer_all_the_same(
    tmp_path: Path, fault: str, reason: str
) -> None:
    """ESC p would wait behind the missing paper and open the drawer minutes later."""
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
    ):
        await acquainted(shop)
        printer.switch(fault, True)
        await until(shop, lambda _state: shop.devices.status("bon").reason == reason)
        assert (await kicked(shop, 1)) == DrawerAnswer(DrawerResult.OPENED)
        assert drawer(shop).reason == ""


async def test_a_buffered_pulse_is_refused_where_it_would_wait_for_paper(tmp_path: Path) -> None:
    buffered = WITH_DRAWER.model_copy(update={"pulse": "buffered"})
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=buffered)) as shop,
    ):
        await acquainted(shop)
        printer.switch("paper_out", True)
        await until(shop, lambda _state: shop.devices.status("bon").paper_out is True)
        assert await kicked(shop, 1) == DrawerAnswer(DrawerResult.NOT_OPENED, "PAPER_OUT")
        printer.switch("paper_out", False)
        await shop.until_ready("bon")
        assert not printer.state().drawer_open
        assert (await kicked(shop, 2)).result is DrawerResult.OPENED


async def test_a_mute_printer_gets_no_pulse_and_its_drawer_is_unknown(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
    ):
        await acquainted(shop)
        printer.switch("mute_status", True)
        assert await kicked(shop, 1) == DrawerAnswer(DrawerResult.NOT_OPENED, "NO_ANSWER")
        state = drawer(shop)
        assert (state.online, state.drawer_open, state.reason) == (None, None, "NO_ANSWER")
        assert not printer.state().drawer_open


async def test_two_commands_at_once_are_two_pulses_one_after_the_other(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, settings=STAYS_OPEN) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
    ):
        await acquainted(shop)
        answers = await asyncio.gather(kicked(shop, 1), kicked(shop, 2))
        assert list(answers) == [
            DrawerAnswer(DrawerResult.OPENED),
            DrawerAnswer(DrawerResult.OPENED, "DRAWER_ALREADY_OPEN"),
        ]


async def shut(printer: VirtualPrinterServer) -> None:
    printer.move_drawer(open_it=False)


def test_a_drawer_without_sensor_has_no_level() -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        Device.model_validate({"name": "bon", "address": "tcp://h", "drawer": {"sensor": "none", "open_level": "low"}})
