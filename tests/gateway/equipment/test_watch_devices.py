"""`watch_devices()` of the client library, against the real service: everything as it stands, then every change, and clean ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import grpc.aio
import pytest

from branchgate.clock import SystemClock
from branchgate.errors import BranchgateError, TryAgain
from branchgate.register.calls import GatewayCalls
from branchgate.v1 import device_pb2, device_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from gateway.equipment import Board, BoardWatch, DeviceKind, DeviceState
from gateway.rpc.device import DeviceServicer

PRINTER = DeviceState("theke", DeviceKind.PRINTER, "tcp://h:9100", online=True)
SCALE = DeviceState("waage", DeviceKind.SCALE, "virtual:waage", online=True)
STRANGER = DeviceState("04b8:0e28@1-1.4", DeviceKind.UNKNOWN, "usb://04b8:0e28", reason="DEVICE_NOT_CONFIGURED")


class CountedBoard(Board):
    """Knows how many follow it."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.followers = 0
        self.left = asyncio.Event()

    def watch(self) -> BoardWatch:
        watch = super().watch()
        self.followers += 1
        close = watch.close

        def left() -> None:
            close()
            self.followers -= 1
            self.left.set()

        watch.close = left  # type: ignore[method-assign]
        return watch


@dataclass
class Followed:
    board: CountedBoard
    calls: GatewayCalls
    channel: grpc.aio.Channel
    server: grpc.aio.Server


@asynccontextmanager
async def followed(folder: Path, *states: DeviceState) -> AsyncIterator[Followed]:
    board = CountedBoard()
    for state in states:
        board.tell(state)
    server = make_server(Guard(SystemClock()))
    device_pb2_grpc.add_DeviceServiceServicer_to_server(DeviceServicer(board), server)
    listen_for_operator(server, folder / "s")
    await server.start()
    try:
        async with operator_channel(folder / "s") as channel:
            yield Followed(board, GatewayCalls(lambda: channel, "kasse-1"), channel, server)
    finally:
        await server.stop(None)


async def test_it_begins_with_every_device_and_goes_on_with_every_change(tmp_path: Path) -> None:
    async with (
        followed(tmp_path, PRINTER, SCALE) as branch,
        aclosing(branch.calls.watch_devices()) as watching,
    ):
        begun = [await anext(watching) for _ in range(2)]
        assert [(one.device.name, one.device.kind, one.gone) for one in begun] == [
            ("theke", "printer", False),
            ("waage", "scale", False),
        ]
        branch.board.tell(replace(PRINTER, online=False, paper_out=True, reason="PAPER_OUT"))
        changed = (await anext(watching)).device
        assert (changed.name, changed.paper_out, changed.reason) == ("theke", device_pb2.ANSWER_YES, "PAPER_OUT")
        assert "Rolle" in changed.advice_de
        assert changed.changed_at_ms >= begun[0].device.changed_at_ms > 0


async def test_an_unknown_device_that_is_pulled_out_is_gone(tmp_path: Path) -> None:
    async with followed(tmp_path, STRANGER) as branch, aclosing(branch.calls.watch_devices()) as watching:
        assert (await anext(watching)).gone is False
        branch.board.take_down(STRANGER.kind, STRANGER.name)
        pulled_out = await anext(watching)
        assert (pulled_out.device.name, pulled_out.gone) == (STRANGER.name, True)


async def test_a_caller_that_stops_is_followed_no_longer(tmp_path: Path) -> None:
    async with followed(tmp_path, PRINTER) as branch:
        watching = branch.calls.watch_devices()
        await anext(watching)
        assert branch.board.followers == 1
        await watching.aclose()
        await branch.board.left.wait()
        assert branch.board.followers == 0


async def test_a_gateway_that_stops_ends_it_with_an_error_of_ours(tmp_path: Path) -> None:
    async with followed(tmp_path, PRINTER) as branch, aclosing(branch.calls.watch_devices()) as watching:
        await anext(watching)
        await branch.server.stop(None)
        with pytest.raises(BranchgateError) as ended:
            await anext(watching)
        assert ended.value.reason


async def test_a_connection_that_is_replaced_ends_it_with_an_error_and_not_by_cancelling(tmp_path: Path) -> None:
    """The register replaces its channel when its certificate is renewed; whoever followed would have thought that he was stopped."""
    async with followed(tmp_path, PRINTER) as branch, aclosing(branch.calls.watch_devices()) as watching:
        await anext(watching)
        waiting = asyncio.ensure_future(anext(watching))
        await asyncio.sleep(0)
        await branch.channel.close()
        with pytest.raises(TryAgain) as ended:
            await waiting
        assert ended.value.reason == "NOT_REACHABLE"


async def test_a_caller_that_is_cancelled_is_cancelled(tmp_path: Path) -> None:
    async with followed(tmp_path, PRINTER) as branch:
        watching = branch.calls.watch_devices()
        await anext(watching)
        waiting = asyncio.ensure_future(anext(watching))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await branch.board.left.wait()
