"""The display's task: only the latest is shown, and it comes back after the cable did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

from drivers.display.actor import DisplayActor
from drivers.display.contract import Row, Screen
from drivers.display.protocols import DISPLAYS
from drivers.errors import Reason
from drivers.line import DeviceState, LineLimits
from drivers.virtual.display import VirtualDisplay
from drivers.virtual.small_device import SmallDeviceServer
from tests.drivers.known_state import until_online

QUICK = LineLimits(connect=2, send=0.2, close=0.2, retry_first=0.01, retry_most=0.05)
IDLE = Screen(Row("Herzlich willkommen"))


def price(cents: int) -> Screen:
    return Screen(Row("Artikel", f"{cents / 100:.2f}"))


@asynccontextmanager
async def served(
    language: str = "escpos", *, refresh: float = 30.0
) -> AsyncIterator[tuple[DisplayActor, SmallDeviceServer]]:
    async with SmallDeviceServer(VirtualDisplay(language)) as server:
        actor = DisplayActor("kunde", server.in_process(), DISPLAYS[language], idle=IDLE, limits=QUICK, refresh=refresh)
        running = asyncio.create_task(actor.run())
        try:
            yield actor, server
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


def reads(server: SmallDeviceServer, left: str, right: str = "") -> bool:
    display = server.device
    assert isinstance(display, VirtualDisplay)
    upper = display.lines[0]
    return upper.startswith(left) and upper.endswith(right)


async def test_it_shows_the_idle_text_then_what_it_is_told_then_the_idle_text_again() -> None:
    async with served() as (actor, server):
        await server.until(lambda: reads(server, "Herzlich"))
        actor.show(price(250))
        await server.until(lambda: reads(server, "Artikel", "2.50"))
        actor.clear()
        await server.until(lambda: reads(server, "Herzlich"))


async def test_a_display_that_was_away_shows_the_latest_and_none_of_the_prices_before() -> None:
    seen: set[str] = set()
    async with served() as (actor, server):
        await server.until(lambda: reads(server, "Herzlich"))
        server.switch("unplugged")
        for cents in range(100, 200):
            actor.show(price(cents))
            await asyncio.sleep(0)
        server.switch("unplugged", False)
        actor.reconnect()

        def last() -> bool:
            display = server.device
            assert isinstance(display, VirtualDisplay)
            seen.add(display.lines[0].strip())
            return reads(server, "Artikel", "1.99")

        await server.until(last)
    assert {line for line in seen if line.startswith("Artikel")} == {"Artikel         1.99"}


async def test_what_stands_on_the_display_is_written_again_after_it_was_plugged_in_again() -> None:
    async with served("cd5220") as (actor, server):
        actor.show(price(777))
        await server.until(lambda: reads(server, "Artikel", "7.77"))
        server.switch("unplugged")
        server.order({"do": "power_cycle"})
        assert reads(server, " ")
        server.switch("unplugged", False)
        await server.until(lambda: reads(server, "Artikel", "7.77"))


async def test_a_display_that_lost_its_power_unnoticed_is_written_again() -> None:
    async with served(refresh=0.02) as (actor, server):
        actor.show(price(42))
        await server.until(lambda: reads(server, "Artikel", "0.42"))
        server.order({"do": "power_cycle"})
        await server.until(lambda: reads(server, "Artikel", "0.42"))


async def test_a_connected_display_is_unknown_because_it_never_answers_and_a_missing_one_is_off() -> None:
    states: list[DeviceState] = []
    async with served() as (actor, server):
        actor.subscribe(states.append)
        await server.until(lambda: reads(server, "Herzlich"))
        server.switch("unplugged")
        await until_online(actor, False)
        server.switch("unplugged", False)
        actor.reconnect()
        await until_online(actor, None)
    known = [(state.online, state.reason) for state in states]
    assert known[0] == (None, None)
    assert (False, Reason.LINK_LOST) in known or (False, Reason.DEVICE_ABSENT) in known
    assert known[-1] == (None, None)
    assert all(a != b for a, b in pairwise(known)), "told once per change"


async def test_a_display_that_babbles_is_hung_up_on_and_still_shows_the_price() -> None:
    async with served() as (actor, server):
        server.switch("garbage")
        actor.show(price(1))
        await server.until(lambda: reads(server, "Artikel", "0.01"))
