"""Displays and scales that are plugged in again work at once, and not after the pause that grew while they were away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from branchgate.clock import SystemClock
from drivers.line import LineLimits
from drivers.virtual.display import VirtualDisplay
from drivers.virtual.scale import VirtualScale
from drivers.virtual.small_device import SmallDeviceServer, Sockets
from gateway.config import Display, Scale
from gateway.displays import DisplayDesk
from gateway.equipment import Board, DeviceKind
from gateway.scales import ScaleDesk

PATIENT = LineLimits(retry_first=3_600, retry_most=3_600)
"""Whoever waits for the end of this pause waits longer than the test may take."""


@asynccontextmanager
async def working(work: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(run()) for run in work.values()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_offline(board: Board, kind: DeviceKind, name: str) -> None:
    watch = board.watch()
    while (await watch.next()).state.online is not False:
        pass
    watch.close()
    state = board.state(kind, name)
    assert state is not None
    assert state.reason.endswith("_NOT_REACHABLE")


async def test_a_display_that_is_plugged_in_again_shows_the_latest(tmp_path: Path) -> None:
    display, board = VirtualDisplay(), Board(SystemClock())
    address = f"serial://{tmp_path}/vfd?baud=9600&flow=none"
    desk = DisplayDesk((Display(name="kunde", address=address, idle_upper="Hallo"),), lambda: None, board, PATIENT)
    async with working(desk.work()):
        await until_offline(board, DeviceKind.DISPLAY, "kunde")
        async with SmallDeviceServer(display, Sockets(pty=tmp_path / "vfd")) as server:
            desk.plugged("kunde")
            await server.until(lambda: display.lines[0].rstrip() == "Hallo")


async def test_a_scale_that_is_plugged_in_again_weighs(tmp_path: Path) -> None:
    board, scale = Board(SystemClock()), VirtualScale("sma", 250)
    address = f"serial://{tmp_path}/scale?baud=9600&flow=none"
    settings = (Scale(name="waage", address=address, protocol="sma"),)
    desk = ScaleDesk(settings, lambda: None, board, SystemClock(), PATIENT)
    async with working(desk.work()):
        await until_offline(board, DeviceKind.SCALE, "waage")
        async with SmallDeviceServer(scale, Sockets(pty=tmp_path / "scale")) as server:
            desk.plugged("waage")
            await server.until(lambda: scale.questions > 0)
            assert (await desk.weigh("kasse-1")).grams == 250
