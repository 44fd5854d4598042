"""A branch's counter: virtual displays and scales on real sockets, the desks that own them, and their services over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc.aio

from branchgate.catalogue import BranchSettings, DeviceRole
from branchgate.clock import SystemClock
from branchgate.v1 import display_pb2_grpc, scale_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from drivers.line import LineLimits
from drivers.scale.actor import Patience
from drivers.virtual.display import VirtualDisplay
from drivers.virtual.scale import VirtualScale
from drivers.virtual.small_device import SmallDeviceServer, Sockets
from gateway.config import Display, Scale
from gateway.displays import DisplayDesk
from gateway.equipment import Board
from gateway.rpc.display import DisplayServicer
from gateway.rpc.scale import ScaleServicer
from gateway.scales import ScaleDesk

QUICK = LineLimits(connect=2, send=0.2, close=0.2, retry_first=0.01, retry_most=0.05)
PATIENCE = Patience(answer=0.1, motion=0.005, silence=0.02, look=30)


def settings(*roles: tuple[str, str, str]) -> BranchSettings:
    return BranchSettings("mitte", "Mitte", device_roles=tuple(DeviceRole(*role) for role in roles))


@dataclass
class Counter:
    displays: DisplayDesk
    scales: ScaleDesk
    board: Board
    virtual: dict[str, SmallDeviceServer]
    channel: grpc.aio.Channel
    settings: BranchSettings | None = None

    def lines(self, name: str) -> tuple[str, str]:
        display = self.virtual[name].device
        assert isinstance(display, VirtualDisplay)
        return display.lines

    async def until_shown(self, name: str, upper: str) -> None:
        await self.virtual[name].until(lambda: self.lines(name)[0].rstrip() == upper)


@asynccontextmanager
async def open_counter(
    folder: Path, displays: tuple[str, ...] = (), scales: tuple[str, ...] = ()
) -> AsyncIterator[Counter]:
    async with AsyncExitStack() as opened:
        virtual: dict[str, SmallDeviceServer] = {}
        for name in (*displays, *scales):
            device = VirtualDisplay() if name in displays else VirtualScale()
            virtual[name] = await opened.enter_async_context(SmallDeviceServer(device, Sockets(("127.0.0.1", 0))))
        board = Board(SystemClock())
        known: list[Counter] = []
        display_desk = DisplayDesk(
            tuple(Display(name=name, address=_address(virtual[name]), idle_upper="Willkommen") for name in displays),
            lambda: known[0].settings,
            board,
            QUICK,
        )
        scale_desk = ScaleDesk(
            tuple(Scale(name=name, address=_address(virtual[name])) for name in scales),
            lambda: known[0].settings,
            board,
            SystemClock(),
            QUICK,
            PATIENCE,
        )
        work = [asyncio.ensure_future(run()) for run in {**display_desk.work(), **scale_desk.work()}.values()]
        server = make_server(Guard(SystemClock()))
        display_pb2_grpc.add_DisplayServiceServicer_to_server(DisplayServicer(display_desk), server)
        scale_pb2_grpc.add_ScaleServiceServicer_to_server(ScaleServicer(scale_desk), server)
        listen_for_operator(server, folder / "s")
        await server.start()
        channel = await opened.enter_async_context(operator_channel(folder / "s"))
        known.append(Counter(display_desk, scale_desk, board, virtual, channel))
        try:
            yield known[0]
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await server.stop(None)


def _address(server: SmallDeviceServer) -> str:
    assert server.tcp_address
    return f"tcp://{server.tcp_address[0]}:{server.tcp_address[1]}"
