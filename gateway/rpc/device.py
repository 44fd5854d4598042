"""DrawerService and DeviceService: translations of the drawer desk and of the board of devices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from typing import Final

from branchgate.v1 import device_pb2, device_pb2_grpc
from branchgate.wire.callers import Context, caller
from gateway.drawers import DrawerDesk, DrawerResult
from gateway.equipment import Board, DeviceState
from gateway.equipment.advice import advice

_OUTCOMES: Final = {
    DrawerResult.OPENED: device_pb2.DRAWER_OUTCOME_OPENED,
    DrawerResult.NOT_OPENED: device_pb2.DRAWER_OUTCOME_NOT_OPENED,
    DrawerResult.UNKNOWN: device_pb2.DRAWER_OUTCOME_UNKNOWN,
    DrawerResult.EXPIRED: device_pb2.DRAWER_OUTCOME_EXPIRED,
}


class DrawerServicer(device_pb2_grpc.DrawerServiceServicer):
    """Opens drawers for registers of the branch and for operators."""

    def __init__(self, desk: DrawerDesk) -> None:
        self._desk = desk

    async def OpenDrawer(
        self, request: device_pb2.OpenDrawerRequest, context: Context
    ) -> device_pb2.OpenDrawerResponse:
        answer = await self._desk.open_drawer(
            request.command_id,
            caller(context).register_id,
            request.user_id,
            request.reason,
            drawer=request.drawer,
            lives_ms=request.lives_ms,
            receipt_event_id=request.receipt_event_id,
        )
        return device_pb2.OpenDrawerResponse(outcome=_OUTCOMES[answer.result], reason=answer.reason)


class DeviceServicer(device_pb2_grpc.DeviceServiceServicer):
    """Lists devices and lets them be followed."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def ListDevices(
        self, request: device_pb2.ListDevicesRequest, context: Context
    ) -> device_pb2.ListDevicesResponse:
        del request, context
        return device_pb2.ListDevicesResponse(devices=[device_message(state) for state in self._board.states])

    async def WatchDevices(
        self, request: device_pb2.WatchDevicesRequest, context: Context
    ) -> AsyncIterator[device_pb2.WatchDevicesResponse]:
        del request
        with closing(self._board.watch()) as watch:
            # From here on nothing is missed, and the caller may rely on it before the first device comes.
            await context.send_initial_metadata(())
            while True:
                notice = await watch.next()
                yield device_pb2.WatchDevicesResponse(device=device_message(notice.state), gone=notice.gone)


def device_message(state: DeviceState) -> device_pb2.Device:
    """A device as a message, with what to do about it."""
    return device_pb2.Device(
        name=state.name,
        kind=state.kind.value,
        address=state.address,
        online=_answer(state.online),
        cover_open=_answer(state.cover_open),
        paper_out=_answer(state.paper_out),
        paper_near_end=_answer(state.paper_near_end),
        drawer_open=_answer(state.drawer_open),
        reason=state.reason,
        confirms_prints=_answer(state.confirms_prints),
        cutter_error=_answer(state.cutter_error),
        head_hot=_answer(state.head_hot),
        error=_answer(state.error),
        drawer_open_too_long=_answer(state.open_too_long),
        drawer_open_since_ms=state.open_since_ms,
        drawer_open_level=state.open_level,
        drawer_level_source=state.level_source,
        drawer_learnt_level=state.learnt_level,
        changed_at_ms=state.changed_at_ms,
        advice_de=advice(state, "de"),
        advice_en=advice(state, "en"),
        medium=state.medium,
        maker=state.maker,
        model=state.model,
        serial=state.serial,
        fallback=state.fallback,
    )


def _answer(known: bool | None) -> device_pb2.Answer.ValueType:
    if known is None:
        return device_pb2.ANSWER_UNSPECIFIED
    return device_pb2.ANSWER_YES if known else device_pb2.ANSWER_NO
