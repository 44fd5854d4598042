"""DrawerService and DeviceService: translations of the drawer desk and of what is known about the devices."""

from __future__ import annotations

from typing import Final

from branchgate.v1 import device_pb2, device_pb2_grpc
from branchgate.wire.callers import Context, caller
from gateway.devices import Devices, DeviceView
from gateway.drawers import DrawerDesk, DrawerResult

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
    """Lists devices."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices

    async def ListDevices(
        self, request: device_pb2.ListDevicesRequest, context: Context
    ) -> device_pb2.ListDevicesResponse:
        del request, context
        return device_pb2.ListDevicesResponse(
            devices=[message for view in self._devices.view() for message in device_messages(view)]
        )


def device_messages(view: DeviceView) -> list[device_pb2.Device]:
    """A printer and, when it has one, its drawer."""
    device, status = view.device, view.status
    reason = "" if status.reason is None else status.reason.value
    printer = device_pb2.Device(
        name=device.name,
        kind="printer",
        address=device.address,
        online=_answer(status.online),
        cover_open=_answer(status.cover_open),
        paper_out=_answer(status.paper_out),
        paper_near_end=_answer(status.near_end),
        reason=reason,
        confirms_prints=_answer(view.confirms_prints),
    )
    if device.drawer is None:
        return [printer]
    drawer = device_pb2.Device(
        name=device.name,
        kind="drawer",
        address=device.address,
        online=_answer(status.online),
        drawer_open=_answer(status.drawer_open),
        reason=reason,
    )
    return [printer, drawer]


def _answer(known: bool | None) -> device_pb2.Answer.ValueType:
    if known is None:
        return device_pb2.ANSWER_UNSPECIFIED
    return device_pb2.ANSWER_YES if known else device_pb2.ANSWER_NO
