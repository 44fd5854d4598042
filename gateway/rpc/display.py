"""DisplayService: translations of the display desk."""

from __future__ import annotations

from branchgate.v1 import display_pb2, display_pb2_grpc
from branchgate.wire.callers import Context, caller
from drivers.display.contract import Row
from gateway.displays import DisplayDesk
from gateway.rpc.device import device_message


class DisplayServicer(display_pb2_grpc.DisplayServiceServicer):
    """Shows lines and totals to customers."""

    def __init__(self, desk: DisplayDesk) -> None:
        self._desk = desk

    async def ShowOnDisplay(
        self, request: display_pb2.ShowOnDisplayRequest, context: Context
    ) -> display_pb2.ShowOnDisplayResponse:
        shown = self._desk.show(
            caller(context).register_id, _row(request.upper), _row(request.lower), display=request.display
        )
        return display_pb2.ShowOnDisplayResponse(device=device_message(shown))

    async def ClearDisplay(
        self, request: display_pb2.ClearDisplayRequest, context: Context
    ) -> display_pb2.ClearDisplayResponse:
        shown = self._desk.clear(caller(context).register_id, display=request.display)
        return display_pb2.ClearDisplayResponse(device=device_message(shown))


def _row(line: display_pb2.DisplayLine) -> Row:
    return Row(line.text, line.figure)
